"""From lines of the desk's log to the entries of its page, with what can be done about each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.desk.words import details, refusals_of
from app.labels import label
from app.reasons import About, Reason, reasons
from app.visitor import actor
from catalogue.models.defect import DefectKind
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.operations.brief import wants_briefing
from loans.rules.codes import Refusal, may_override
from loans.rules.desk import DeskAct
from schools.rules.roles import Right

LINE = {
    ScanOutcome.DONE: ("l-ok", "check-circle"),
    ScanOutcome.AGAIN: ("l-ask", "again"),
    ScanOutcome.QUESTION: ("l-ask l-q", "question"),
    ScanOutcome.REFUSED: ("l-no", "stop"),
}
MEANINGS = {
    ScanOutcome.DONE: lazy_gettext("Done"),
    ScanOutcome.AGAIN: lazy_gettext("Nothing changed"),
    ScanOutcome.QUESTION: lazy_gettext("Question"),
    ScanOutcome.REFUSED: lazy_gettext("Refused"),
}
UNLISTED = frozenset(
    {DeskAct.PARK, DeskAct.RESUME, DeskAct.RECEIPT, DeskAct.SEARCH, DeskAct.BRIEFED}
)
"""Acts whose lines stand in the status line only, whatever came of them."""

SILENT = frozenset(
    {
        DeskAct.MODE,
        DeskAct.DUE,
        DeskAct.FINISH,
        DeskAct.PERSON,
        DeskAct.BOOKING,
        DeskAct.UNDO,
    }
)
"""Acts whose lines stand in the status line only, unless they ask or refuse."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log.

    Attributes:
        id: of the row, for answers.
        style: classes of its colour.
        icon: its drawing.
        meaning: what the drawing says.
        title: what was scanned.
        code: its number.
        details: pieces of small text.
        is_calm: nobody need act on it.
        is_question: waits for an answer.
        is_count: asks to count the parts of `parts`.
        comes_back: what is counted comes back from a loan.
        parts: name, count, how many should be there, critical, id.
        choices: pairs of number and name, of a question for the institution.
        may_override: whoever looks may lend it all the same.
        may_brief: a briefing is all that is missing, or one of the things.
        reasons: why it was refused, with who may overrule each.
        purpose: where what a loan is for can be named; empty where it is.
        can_undo: it changed something and is not undone.
        can_damage: something came back; what is wrong with it can be noted.
        damage_kinds: pairs of value and words, where a damage can be noted.
        loan_id: of a loan that has a page of its own.
    """

    id: int
    style: str
    icon: str
    meaning: str
    title: str
    code: str
    details: tuple[str, ...]
    is_calm: bool = True
    is_question: bool = False
    is_count: bool = False
    comes_back: bool = False
    parts: tuple[Mapping[str, Any], ...] = ()
    choices: tuple[tuple[int, str], ...] = ()
    may_override: bool = False
    may_brief: bool = False
    reasons: tuple[Reason, ...] = ()
    purpose: str = ""
    can_undo: bool = False
    can_damage: bool = False
    damage_kinds: tuple[tuple[str, str], ...] = ()
    loan_id: int | None = None


def entries_of(rows: Iterable[DeskScan], institution_id: int | None) -> Iterable[Entry]:
    """Yield the entries that lines make, in their order.

    Args:
        rows: lines of one session.
        institution_id: of the customer who is served.
    """
    for row in rows:
        if row.act in UNLISTED:
            continue
        asks_or_refuses = row.outcome in {ScanOutcome.QUESTION, ScanOutcome.REFUSED}
        if asks_or_refuses or (row.act not in SILENT and _is_about_something(row)):
            yield _entry(row, institution_id)


def _is_about_something(row: DeskScan) -> bool:
    return row.act != DeskAct.ANSWER or bool(row.facts.get("dropped"))


def _entry(row: DeskScan, institution_id: int | None) -> Entry:
    style, drawing = ("l-void", "undo") if row.void else LINE[row.outcome]
    why = _reasons(row, institution_id)
    told = {each.sentence for each in why}
    asks = row.outcome is ScanOutcome.QUESTION
    choices = row.facts.get("choices", ()) if asks else ()
    return Entry(
        id=row.id,
        style=style,
        icon=drawing,
        meaning=str(_("Undone")) if row.void else _meaning(row.outcome),
        title=row.facts.get("title") or _subject(row),
        code=row.facts.get("barcode") or row.scanned,
        details=tuple(words for words in details(row) if words not in told),
        is_calm=not asks and row.outcome is not ScanOutcome.REFUSED,
        is_question=asks,
        is_count=asks and "parts" in row.facts,
        comes_back=row.act == DeskAct.RETURN,
        parts=tuple(row.facts.get("parts", ())) if asks else (),
        choices=tuple((n, each["name"]) for n, each in enumerate(choices, start=1)),
        may_override=_may_override(row) and not row.void,
        may_brief=wants_briefing(row),
        reasons=why,
        purpose=_purpose_address(row),
        can_undo=bool(row.effects) and not row.void,
        can_damage=_came_back(row),
        damage_kinds=_damage_kinds() if row.act == DeskAct.RETURN else (),
        loan_id=row.loan_id,
    )


def _purpose_address(row: DeskScan) -> str:
    lacks = row.act == DeskAct.LEND and row.facts.get("purpose") is False
    if row.loan_id is None or row.outcome is not ScanOutcome.DONE or row.void or not lacks:
        return ""
    return f"/loans/{row.loan_id}/purpose?back=/desk"


def _damage_kinds() -> tuple[tuple[str, str], ...]:
    """Return what can be wrong with a thing besides a missing part, which is counted."""
    kinds = (kind for kind in DefectKind if kind is not DefectKind.PART_MISSING)
    return tuple((kind.value, label(kind)) for kind in kinds)


def _came_back(row: DeskScan) -> bool:
    done = row.act == DeskAct.RETURN and row.outcome is ScanOutcome.DONE
    return done and not row.void and row.copy_id is not None


def _meaning(outcome: ScanOutcome) -> str:
    return str(MEANINGS[outcome])


def _subject(row: DeskScan) -> str:
    match row.act:
        case DeskAct.PERSON:
            return str(_("Card"))
        case DeskAct.BOOKING:
            return str(_("Booking"))
        case DeskAct.TOUR_BOX:
            return str(_("Box of a tour"))
    return str(_("Unknown code"))


def _may_override(row: DeskScan) -> bool:
    return not row.facts.get("answered") and _is_overridable(row, own_rights())


def _reasons(row: DeskScan, institution_id: int | None) -> tuple[Reason, ...]:
    """Return why a line was refused, each with who may overrule it and where it is set."""
    if row.outcome is not ScanOutcome.REFUSED:
        return ()
    about = About(institution_id, copy_id=row.copy_id)
    return tuple(reasons(refusals_of(row), about))


def _is_overridable(row: DeskScan, rights: frozenset[Right]) -> bool:
    """Say whether these rights overrule every reason but that the parts must be counted."""
    if row.outcome is not ScanOutcome.REFUSED or row.act != DeskAct.LEND:
        return False
    reasons = [each for each in refusals_of(row) if each.code is not Refusal.PARTS_UNCOUNTED]
    return bool(reasons) and may_override(reasons, rights)


def own_rights() -> frozenset[Right]:
    """Return the visitor's rights among those that overrule refusals."""
    return frozenset(right for right in (Right.OVERRIDE,) if actor().may(right))
