"""What the desk says of what comes back: where it goes, for whom, what is wrong with it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import ngettext as plural

from app import dates
from app.labels import label
from app.money import euros
from app.refusals import sentences
from catalogue.models.defect import DefectKind
from catalogue.rules.completeness import Completeness
from catalogue.rules.copy_states import CopyState
from loans.errors import Refused
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.rules.returns import ReturnNote


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language; Flask-Babel's own has no type."""
    return str(gettext(text, **values))


def said_of_return(row: DeskScan, refused: list[Refused]) -> str:
    """Return the sentence for a return that was done, refused, or changed nothing."""
    title = row.facts["title"]
    if row.outcome is ScanOutcome.REFUSED:
        reasons = " ".join(sentences(refused))
        return _("%(title)s is not taken back. %(reasons)s", title=title, reasons=reasons)
    kept = row.facts.get("kept_for")
    note = ReturnNote(row.facts["note"])
    if kept and note not in _SAID_OF_KEPT:
        if row.facts["sent_to"]:
            return _("%(title)s goes to somebody who waits", title=title)
        return _("%(title)s is to be set aside for somebody who waits", title=title)
    return _NOTES[note](title)


def details_of_return(row: DeskScan, refused: list[Refused]) -> Iterator[str]:
    """Go through the small text of a return."""
    facts = row.facts
    if row.outcome is ScanOutcome.REFUSED:
        yield from sentences(refused)
        return
    yield from _where_to(facts)
    if facts.get("back_on"):
        back = dates.day(date.fromisoformat(facts["back_on"]), "weekday")
        yield _("back since %(day)s", day=back)
    if facts["late"]:
        yield str(plural("%(num)s day late", "%(num)s days late", facts["late"]))
    if facts.get("fee_cents"):
        yield _("late fee %(amount)s", amount=euros(facts["fee_cents"]))
    if facts.get("missing"):
        yield _("missing: %(parts)s", parts=", ".join(facts["missing"]))
    if facts.get("completeness") == Completeness.INCOMPLETE:
        yield _("is not lent until it is complete")
    yield from short_words(facts)


def said_of_damage(row: DeskScan) -> str:
    """Return the sentence for a damage that was noted."""
    kind = label(DefectKind(row.facts["kind"]))
    return _("%(title)s: noted, %(kind)s", title=row.facts["title"], kind=kind)


def details_of_damage(row: DeskScan) -> Iterator[str]:
    """Go through the small text of a damage."""
    facts = row.facts
    if facts["text"]:
        yield facts["text"]
    if facts["state"] == CopyState.IN_REPAIR:
        yield _("goes to repair")
    yield from short_words(facts)


def short_words(facts: Mapping[str, Any]) -> Iterator[str]:
    """Name the bookings ahead that lack a copy now."""
    for number, first in facts.get("short", ()):
        begins = dates.day(date.fromisoformat(first), "weekday")
        yield _("booking %(number)s from %(day)s lacks a copy now", number=number, day=begins)


def _where_to(facts: Mapping[str, Any]) -> Iterator[str]:
    if facts["sent_to"]:
        yield _("goes to %(branch)s", branch=facts["sent_to"])
    elif facts.get("kept_for"):
        yield _for_whom(facts)
    elif facts["state"] != CopyState.AVAILABLE:
        yield label(CopyState(facts["state"]))
    elif facts.get("ready_for"):
        yield _("lies ready for %(number)s, %(school)s", **facts["ready_for"])
    elif facts["shelf"]:
        yield _("shelf %(shelf)s", shelf=facts["shelf"])
    else:
        yield _("back on its shelf")


def _for_whom(facts: Mapping[str, Any]) -> str:
    whose = {"person": facts["kept_for"], "school": facts["kept_school"]}
    if not facts["kept_until"]:
        return _("for %(person)s, %(school)s", **whose)
    until = dates.day(date.fromisoformat(facts["kept_until"]), "weekday")
    return _("set aside for %(person)s, %(school)s, until %(day)s", day=until, **whose)


_SAID_OF_KEPT = frozenset(
    {
        ReturnNote.ARRIVED,
        ReturnNote.READDRESSED,
        ReturnNote.STILL_SET_ASIDE,
        ReturnNote.STILL_ON_ITS_WAY,
    }
)
"""Notes that say themselves that somebody waits."""

_NOTES: Mapping[ReturnNote, Callable[[str], str]] = {
    ReturnNote.RETURNED: lambda title: _("%(title)s taken back", title=title),
    ReturnNote.RECEIVED: lambda title: _("%(title)s received, to be checked", title=title),
    ReturnNote.CHECKED: lambda title: _("%(title)s checked and taken back", title=title),
    ReturnNote.COMPLETED: lambda title: _("%(title)s is complete again", title=title),
    ReturnNote.FOUND: lambda title: _("%(title)s was missing and is found", title=title),
    ReturnNote.ARRIVED: lambda title: _("%(title)s has arrived", title=title),
    ReturnNote.READDRESSED: lambda title: _("%(title)s goes to somebody who waits", title=title),
    ReturnNote.STILL_ON_ITS_WAY: lambda title: _("%(title)s is still on its way", title=title),
    ReturnNote.STILL_SET_ASIDE: lambda title: _("%(title)s is set aside here", title=title),
    ReturnNote.NOT_ON_LOAN: lambda title: _("%(title)s is not on loan", title=title),
    ReturnNote.NOT_LENDABLE: lambda title: _(
        "%(title)s was not on loan and stays out of lending", title=title
    ),
}
