"""What the pick list and the packing table say of each scan."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext

from app.courier.answers import Said, again, done, refused
from app.dates import day
from app.refusals import sentence, sentences
from loans.errors import Fact, Refused
from loans.rules.codes import Refusal
from loans.rules.packing import PackNote
from loans.rules.picking import PickNote

Answer = Mapping[str, Any]
"""Plain values: `note`, `code`, and what its sentence needs; kept for repeats of a request."""

NO_COPY = "no_copy"
"""A code that is no copy, scanned where only copies are taken."""


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(gettext(text, **values))


def said_of_pick(answer: Answer) -> Said:
    """Return what the pick list says of a scan."""
    return _PICKS.get(answer["note"], _unknown)(answer)


def said_of_pack(answer: Answer) -> Said:
    """Return what a tour says of a scan."""
    return _PACKS.get(answer["note"], _unknown)(answer)


def kept_refusals(found: tuple[Refused, ...]) -> list[dict[str, Any]]:
    """Return reasons as plain values."""
    return [
        {
            "code": str(each.code),
            "facts": {k: v for k, v in each.facts.items() if not isinstance(v, date)},
            "days": {k: v.isoformat() for k, v in each.facts.items() if isinstance(v, date)},
        }
        for each in found
    ]


def _picked(answer: Answer) -> Said:
    words = _(
        "%(title)s: picked for %(number)s, %(school)s",
        title=answer["title"],
        number=answer["number"],
        school=answer["school"],
    )
    return done(answer["code"], _with_ready(answer, words))


def _with_ready(answer: Answer, words: str) -> str:
    """Return what is said of a copy, and that its booking has just become ready."""
    if not answer["is_ready"]:
        return words
    ready = _("%(number)s is ready", number=answer["number"])
    return f"{words}. {ready}"


def _picked_already(answer: Answer) -> Said:
    words = _(
        "%(title)s lies ready for %(number)s already",
        title=answer["title"],
        number=answer["number"],
    )
    return again(answer["code"], _with_ready(answer, words))


def _put_back(answer: Answer) -> Said:
    if answer["shelf"]:
        words = _(
            "%(title)s is not needed any more: back to shelf %(shelf)s",
            title=answer["title"],
            shelf=answer["shelf"],
        )
    else:
        words = _("%(title)s is not needed any more: back to its shelf", title=answer["title"])
    return done(answer["code"], words)


def _enough(answer: Answer) -> Said:
    words = _("%(title)s: as many as booked lie ready. Put this one back", title=answer["title"])
    return refused(answer["code"], words)


def _not_wanted(answer: Answer) -> Said:
    words = _("Nothing on this list asks for %(title)s. Put it back", title=answer["title"])
    return refused(answer["code"], words)


def _not_lent(answer: Answer) -> Said:
    reasons = _reasons(answer)
    if not reasons:
        reasons = _("It is on its way between branches; take it back at the desk first.")
    words = _("%(title)s cannot go out. %(reasons)s", title=answer["title"], reasons=reasons)
    return refused(answer["code"], words)


def _loaded(answer: Answer) -> Said:
    words = _(
        "%(title)s: box %(box)s for %(place)s",
        title=answer["title"],
        box=answer["box"],
        place=answer["place"],
    )
    return done(answer["code"], words)


def _loaded_already(answer: Answer) -> Said:
    words = _(
        "%(title)s lies in box %(box)s for %(place)s already",
        title=answer["title"],
        box=answer["box"],
        place=answer["place"],
    )
    return again(answer["code"], words)


def _box(answer: Answer) -> Said:
    words = _("Packing into box %(box)s for %(place)s", box=answer["box"], place=answer["place"])
    return done(answer["code"], words)


def _parts(answer: Answer) -> Said:
    words = _("%(title)s: count the parts, then it is packed", title=answer["title"])
    return again(answer["code"], words)


def _other_tour(answer: Answer) -> Said:
    if not answer.get("route"):
        return refused(answer["code"], _("This belongs to another tour, whose day is past"))
    words = _(
        "Wrong tour: %(title)s goes with “%(route)s” on %(day)s to %(place)s",
        title=answer["title"],
        route=answer["route"],
        day=day(date.fromisoformat(answer["day"]), "weekday"),
        place=answer["place"],
    )
    return refused(answer["code"], words)


def _counter(answer: Answer) -> Said:
    words = _(
        "%(title)s is not for the courier: %(number)s is collected at %(place)s",
        title=answer["title"],
        number=answer["number"],
        place=answer["place"],
    )
    return refused(answer["code"], words)


def _not_booked(answer: Answer) -> Said:
    words = _(
        "No booking that the courier brings asks for %(title)s. Put it back", title=answer["title"]
    )
    return refused(answer["code"], words)


def _under_way(answer: Answer) -> Said:
    return refused(answer["code"], _("This tour is on the road already; nothing more is packed"))


def _not_packed(answer: Answer) -> Said:
    words = _(
        "%(title)s is not packed. %(reasons)s", title=answer["title"], reasons=_reasons(answer)
    )
    return refused(answer["code"], words)


def _unknown(answer: Answer) -> Said:
    if answer["note"] == NO_COPY:
        words = _("This is the code of no medium. Scan the label of a medium")
        return refused(answer["code"], words, 422)
    reason = sentence(Refused(Refusal.UNKNOWN))
    words = _("%(reason)s Check the label and try again", reason=reason)
    return refused(answer["code"], words, 422)


def _reasons(answer: Answer) -> str:
    return " ".join(sentences([_refusal(kept) for kept in answer["refusals"]]))


def _refusal(kept: Mapping[str, Any]) -> Refused:
    days = {name: date.fromisoformat(value) for name, value in kept["days"].items()}
    facts: dict[str, Fact] = {**kept["facts"], **days}
    return Refused(Refusal(kept["code"]), facts)


_PICKS: Mapping[str, Callable[[Answer], Said]] = {
    PickNote.PICKED: _picked,
    PickNote.AGAIN: _picked_already,
    PickNote.PUT_BACK: _put_back,
    PickNote.ENOUGH: _enough,
    PickNote.NOT_WANTED: _not_wanted,
    PickNote.REFUSED: _not_lent,
}
_PACKS: Mapping[str, Callable[[Answer], Said]] = {
    PackNote.LOADED: _loaded,
    PackNote.AGAIN: _loaded_already,
    PackNote.BOX: _box,
    PackNote.PARTS: _parts,
    PackNote.OTHER_TOUR: _other_tour,
    PackNote.COUNTER: _counter,
    PackNote.NOT_BOOKED: _not_booked,
    PackNote.UNDER_WAY: _under_way,
    PackNote.REFUSED: _not_packed,
}
