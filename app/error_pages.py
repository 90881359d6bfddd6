"""The words of the error pages: what happened, and what to do now."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Page:
    """What an error page says: what happened, and what to do now."""

    heading: LazyString
    sentence: LazyString


PAGES: dict[int, Page] = {
    400: Page(
        _("This request cannot be understood"),
        _("Go back, reload the page and try again. Nothing was changed."),
    ),
    401: Page(_("Please sign in"), _("You have to sign in for this. Nothing was changed.")),
    403: Page(
        _("You may not open this"),
        _("Your account has no right for this. If you need it, ask your media centre."),
    ),
    404: Page(
        _("There is nothing here"),
        _("The address may be mistyped, or the page is gone. Try the search."),
    ),
    405: Page(
        _("This does not work here"),
        _("The page exists but cannot be used this way. Go back and use its buttons."),
    ),
    409: Page(
        _("This does not go together"),
        _("Something stands against it or has changed meanwhile. Nothing was changed."),
    ),
    413: Page(
        _("This is too large"),
        _("The file or text is larger than we take. Send a smaller one."),
    ),
    422: Page(
        _("Something is missing or wrong"),
        _("Go back and check what you entered. Nothing was changed."),
    ),
    429: Page(_("Too many attempts"), _("Wait a few minutes, then try again.")),
    500: Page(
        _("Something went wrong on our side"),
        _("What you just sent was not saved. We have noted the error; please try again later."),
    ),
    503: Page(
        _("Just now we cannot answer"),
        _("The store is busy or cannot be reached. Nothing was saved; try again in a moment."),
    ),
}
TOKEN_PAGE = Page(
    _("This form has expired"),
    _("You were signed out meanwhile, or cookies are off. Go back, reload and send it again."),
)

REFUSED_PAGE = Page(_("This is not possible"), _("Nothing was changed."))
LINK_PAGE = Page(
    _("This link no longer works"),
    _("It was used already, is too old, or was cut off. Ask for a new one."),
)
TITLE_PAGE = Page(
    _("This title is not in your catalogue"),
    _("It was withdrawn, or only another media centre has it. Search for something like it."),
)
CHANGED_PAGE = Page(
    _("This was changed meanwhile"),
    _("Somebody else saved it since you opened it. Open it again; nothing of yours was saved."),
)
INDEX_PAGE = Page(
    _("The search does not answer"),
    _("The search index is being built or repaired. Please try again in a few minutes."),
)


def never_open(near: str) -> Page:
    """Return the page for a calendar without an open day from a day on.

    Source:
        docs/rules.md, Lending 1.4.
    """
    return Page(
        _("No open day"),
        _(
            "In the 366 days from %(day)s on this place is never open. "
            "Opening hours and closures must be checked. Nothing was changed.",
            day=near,
        ),
    )
