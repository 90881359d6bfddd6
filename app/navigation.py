"""The main menu: what this visitor may open, the most wanted first."""

from dataclasses import dataclass

from flask import Flask, current_app, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from schools.rules.roles import Actor, Right

PHONE_ENTRIES = 5
"""As many fit in the bar at the foot of a phone; the others stand in the account menu."""

BELOW = {
    "/titles": "/search",
    "/new": "/search",
    "/searches": "/lists",
    "/codes": "/lists",
    "/orders": "/bookings",
    "/plan": "/mine",
    "/units": "/mine",
    "/wishes": "/mine",
    "/purchases": "/catalogue",
    "/tours": "/desk",
}
"""Pages that belong to an entry of another path."""

PATHS = "medienbruecke_paths"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu.

    Attributes:
        path: where it leads; also current on every page below.
        words: what it says.
        icon: its drawing, shown on phones.
        right: who sees it.
    """

    path: str
    words: LazyString
    icon: str
    right: Right


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as this page shows it; `more` ones are left out of the phone's bar."""

    entry: Entry
    current: bool
    more: bool


MENU = (
    Entry("/desk", _("Desk"), "scan", Right.LEND),
    Entry("/mine", _("Today"), "home", Right.RESERVE),
    Entry("/search", _("Search"), "search", Right.VISIT),
    Entry("/bookings", _("Bookings"), "calendar", Right.RESERVE),
    Entry("/bookings/all", _("Bookings"), "calendar", Right.RESERVE_FOR_OTHERS),
    Entry("/catalogue", _("Catalogue"), "book", Right.CATALOGUE),
    Entry("/overdue", _("Overdue"), "clock", Right.LEND),
    Entry("/catalogue/imports", _("Imports"), "down", Right.IMPORT),
    Entry("/lists", _("Lists"), "star", Right.KEEP_LISTS),
    Entry("/school", _("Devices"), "school", Right.SEE_SCHOOL_DEVICES),
    Entry("/school/defects", _("Defects"), "wrench", Right.REPORT_DEFECT),
    Entry("/school/members", _("Members"), "user", Right.MANAGE_MEMBERS),
    Entry("/office", _("Office"), "grid", Right.MANAGE_CENTRE),
)


def remember_paths(app: Flask) -> None:
    """Note which pages exist, once all are registered; the menu shows no others."""
    app.extensions[PATHS] = frozenset(rule.rule for rule in app.url_map.iter_rules())


def has_page(path: str) -> bool:
    """Tell whether there is a page at `path`."""
    paths: frozenset[str] = current_app.extensions[PATHS]
    return path in paths


def menu(actor: Actor) -> list[Shown]:
    """Return the entries `actor` may open, the current one marked."""
    entries = [each for each in MENU if actor.may(each.right) and has_page(each.path)]
    current = _current(entries)
    return [
        Shown(each, current=each is current, more=place >= PHONE_ENTRIES)
        for place, each in enumerate(entries)
    ]


def home(actor: Actor) -> str:
    """Return the page where this visitor's work begins."""
    for path, right in (("/desk", Right.LEND), ("/mine", Right.RESERVE)):
        if actor.may(right) and has_page(path):
            return path
    return "/search"


def _current(entries: list[Entry]) -> Entry | None:
    """Return the entry with the longest path that this page lies at or below."""
    first = f"/{request.path.split('/')[1]}"
    path = f"{BELOW.get(first, first)}{request.path.removeprefix(first)}"
    here = [e for e in entries if path == e.path or path.startswith(f"{e.path}/")]
    return max(here, key=lambda entry: len(entry.path), default=None)
