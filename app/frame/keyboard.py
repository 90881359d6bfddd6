"""The keys that do something, by where they do it."""

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that work at one place.

    Attributes:
        name: of the place.
        keys: pairs of the keys, parted by blanks, and what they do.
        right: who meets them.
    """

    name: LazyString
    keys: tuple[tuple[str | LazyString, LazyString], ...]
    right: Right


GROUPS = (
    KeyGroup(
        _("At the desk"),
        (
            ("F2", _("Lend")),
            ("F3", _("Take back")),
            ("F4", _("Park the customer; with nobody served, take up the last one parked")),
            ("F9", _("Finish")),
            (_("Ctrl+Z"), _("Undo the last scan, from the empty scan field")),
            ("Esc", _("Back to the scan field")),
            ("/", _("Search, from the empty scan field")),
            ("Enter", _("Record what was typed; a scanner does so by itself")),
        ),
        Right.LEND,
    ),
    KeyGroup(
        _("On every page, outside fields"),
        (
            ("/", _("To the search field")),
            ("?", _("These keys")),
            ("j k", _("To the next, to the previous row of a list")),
            ("x", _("Tick the row")),
        ),
        Right.VISIT,
    ),
    KeyGroup(
        _("To another page"),
        (("g d", _("Start page")),),
        Right.VISIT,
    ),
    KeyGroup(
        _("To the desk"),
        (("g t", _("Desk")), ("g r", _("Desk, taking back"))),
        Right.LEND,
    ),
)


def key_groups(actor: Actor) -> tuple[KeyGroup, ...]:
    """Return the groups that concern whoever looks."""
    return tuple(group for group in GROUPS if actor.may(group.right))
