"""What the values of the terms are called, and how each is said."""

from collections.abc import Iterable, Mapping

from flask_babel import LazyString, ngettext
from flask_babel import gettext as translated
from flask_babel import lazy_gettext as _

from app.exports import amount
from app.labels import label
from loans.rules.due_dates import Basis, ClosedDayRule
from loans.rules.terms import UNLIMITED, LimitScope, TermsKey, Value
from loans.rules.terms_faults import BOUNDS
from schools.models.institution import CustomerClass
from schools.vocabularies.media_types import MediaCategory

NAMES: Mapping[str, LazyString] = {
    "loan_period": _("Loan period"),
    "basis": _("Counted in"),
    "closed_day_rule": _("If the end falls on a closed day"),
    "renewals": _("Renewals"),
    "renewal_period": _("Renewal period"),
    "renewal_window": _("Renewable from so many days before the end"),
    "limit_open_loans": _("Open loans of a person"),
    "limit_open_bookings": _("Open bookings of a person"),
    "limit_school_loans": _("Open loans of a school"),
    "limit_school_bookings": _("Open bookings of a school"),
    "booking_horizon": _("Bookable so many days ahead"),
    "lead_time": _("Lead time before pick-up"),
    "service_days_before": _("Service days before"),
    "service_days_after": _("Service days after"),
    "needs_approval": _("Bookings need approval"),
    "needs_briefing": _("Only after a briefing"),
    "personal_pickup": _("Only handed out in person"),
    "reminder_level_1": _("First reminder"),
    "reminder_level_2": _("Second reminder"),
    "reminder_level_3": _("Third reminder"),
    "block_level": _("Blocked from reminder"),
    "fee_cents": _("Fee for each open day overdue"),
}
HINTS: Mapping[str, LazyString] = {
    "loan_period": _("Days. Without a loan period nothing is lent; 0 means the same."),
    "renewal_period": _("Days. Empty everywhere: as long as the loan period. 0: not renewable."),
    "renewal_window": _("Calendar days."),
    "booking_horizon": _("Calendar days from today."),
    "lead_time": _("Days on which orders are processed."),
    "service_days_before": _("Open days to prepare a copy."),
    "service_days_after": _("Open days to check a copy that came back."),
    "reminder_level_1": _("Days overdue."),
    "reminder_level_2": _("Days overdue."),
    "reminder_level_3": _("Days overdue."),
    "block_level": _("1, 2 or 3."),
    "fee_cents": _("Euros. 0: none."),
}
GROUPS: tuple[tuple[LazyString, tuple[str, ...]], ...] = (
    (_("Loan"), ("loan_period", "basis", "closed_day_rule")),
    (_("Renewal"), ("renewals", "renewal_period", "renewal_window")),
    (
        _("Limits"),
        ("limit_open_loans", "limit_open_bookings", "limit_school_loans", "limit_school_bookings"),
    ),
    (
        _("Booking"),
        ("booking_horizon", "lead_time", "service_days_before", "service_days_after"),
    ),
    (_("Conditions"), ("needs_approval", "needs_briefing", "personal_pickup")),
    (
        _("Overdue"),
        ("reminder_level_1", "reminder_level_2", "reminder_level_3", "block_level", "fee_cents"),
    ),
)
"""Every value once, in the order of the pages."""

REMINDED = ("reminder_level_1", "reminder_level_2", "reminder_level_3", "block_level")
LIMITLESS: Mapping[str, LazyString] = {
    name: _("never") if name in REMINDED else _("unlimited") for name in BOUNDS
}
DAYS = frozenset(
    {
        "loan_period",
        "renewal_period",
        "renewal_window",
        "booking_horizon",
        "lead_time",
        "service_days_before",
        "service_days_after",
    }
)


def gettext(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(translated(text, **values))


def said(name: str, value: Value) -> str:
    """Return an effective value in words, with its unit."""
    if value is None:
        return gettext("as long as the loan period") if name == "renewal_period" else "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Basis | ClosedDayRule):
        return label(value)
    return _number_said(name, value)


def said_shortly(name: str, value: int) -> str:
    """Return a number as it is typed, without its unit."""
    return str(LIMITLESS[name]) if value == UNLIMITED else str(value)


def row_name(key: TermsKey, centres: Mapping[int, str]) -> str:
    """Return what a row holds for, as «centre · customers · media»."""
    centre = (
        gettext("Whole installation") if key.centre_id is None else centres.get(key.centre_id, "")
    )
    return f"{centre} · {for_whom(key)}"


def for_whom(key: TermsKey) -> str:
    """Return what a row holds for at its centre, as «customers · media»."""
    return f"{class_name(key.customer_class)} · {category_name(key.media_category)}"


def class_name(code: str | None) -> str:
    """Return the name of a customer class; None is all of them."""
    return label(CustomerClass(code)) if code in set(CustomerClass) else gettext("all customers")


def category_name(code: str | None) -> str:
    """Return the name of a media category; None is all of them."""
    return label(MediaCategory(code)) if code in set(MediaCategory) else gettext("all media")


def counted(name: str, scope: LimitScope) -> str:
    """Say what counts against a limit; empty for values that are none.

    Source:
        docs/rules.md, Lending 2.4.
    """
    if not name.startswith("limit_"):
        return ""
    where = gettext("at this centre") if scope.centre_id else gettext("at every centre")
    return gettext(
        "counts %(what)s, %(where)s", what=category_name(scope.media_category), where=where
    )


def summary(values: Iterable[tuple[str, Value]]) -> list[tuple[str, str]]:
    """Return name and value in words of those that are set, in the order of the pages."""
    known = dict(values)
    return [
        (str(NAMES[name]), said(name, known[name]))
        for _heading, names in GROUPS
        for name in names
        if known.get(name) is not None
    ]


def _number_said(name: str, value: int) -> str:
    if value == UNLIMITED:
        return str(LIMITLESS[name])
    if name == "fee_cents":
        return f"{amount(value)} €" if value else gettext("none")
    if name in DAYS:
        return str(ngettext("%(num)s day", "%(num)s days", value))
    if name == "block_level":
        return gettext("reminder %(level)s", level=value)
    if name in REMINDED:
        return str(ngettext("after %(num)s day", "after %(num)s days", value))
    return str(value) if value else gettext("none allowed")
