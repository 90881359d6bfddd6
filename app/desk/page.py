"""From the desk's rows to finished values for its page and its JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.desk.words import details, extra, refusals_of, said
from app.reasons import About, Reason, reasons
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.models.desk_session import DeskMode, DeskScan, DeskSession, ScanOutcome
from loans.queries.borrowers import Borrower
from loans.queries.desk import (
    Counter,
    Customer,
    Todo,
    counters,
    current_desk,
    customer_at,
    last_word,
    log_of,
    todo_at,
)
from loans.rules.codes import Refusal, may_override
from loans.rules.desk import DeskAct
from schools.rules.roles import Right

SAY = {
    ScanOutcome.DONE: ("say-ok", "check-circle", "ok"),
    ScanOutcome.AGAIN: ("say-again", "again", "again"),
    ScanOutcome.QUESTION: ("say-again", "question", "again"),
    ScanOutcome.REFUSED: ("say-no", "stop", "no"),
}
"""Colour, drawing and sound of each outcome."""

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
SILENT = frozenset({DeskAct.MODE, DeskAct.FINISH, DeskAct.PERSON, DeskAct.BOOKING})
"""Acts whose lines stand in the status line only, unless they ask or refuse."""


@dataclass(frozen=True, slots=True)
class Said:
    """The status line."""

    style: str
    icon: str
    sound: str
    code: str
    sentence: str
    extra: str = ""

    @property
    def whole(self) -> str:
        """The sentence with what follows it."""
        return f"{self.sentence} · {self.extra}" if self.extra else self.sentence


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
        parts: name, count, how many should be there, critical, id.
        choices: pairs of number and name, of a question for the institution.
        may_override: whoever looks may lend it all the same.
        reasons: why it was refused, with who may overrule each.
        purpose: where what a loan is for can be named; empty where it is.
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
    parts: tuple[Mapping[str, Any], ...] = ()
    choices: tuple[tuple[int, str], ...] = ()
    may_override: bool = False
    reasons: tuple[Reason, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything the page of the desk shows."""

    counters: tuple[Counter, ...]
    branch_id: int
    mode: DeskMode
    said: Said | None
    entries: tuple[Entry, ...]
    customer: Customer | None
    todo: tuple[Todo, ...]
    found: tuple[Borrower, ...] | None = None
    asked: str = ""


def desk_page(
    branch_id: int | None = None,
    *,
    line: DeskScan | None = None,
    found: tuple[Borrower, ...] | None = None,
    asked: str = "",
) -> DeskPage:
    """Return the page of the visitor's desk.

    Args:
        branch_id: the counter; the one served last without.
        line: what the status line says; the newest without.
        found: people that were searched for; None without a search.
        asked: what was searched for.
    """
    by = actor()
    scope = by.scope(Right.LEND)
    known = counters(session(), scope)
    desk = current_desk(session(), by.account_id, now(), branch_id)
    chosen = chosen_counter(known, branch_id, desk)
    spoken = line or last_word(session(), by.account_id, now())
    shown = None if spoken is None else status_line(spoken)
    if found is not None:
        shown = _found_said(found)
    if desk is None:
        return DeskPage(known, chosen, DeskMode.LEND, shown, (), None, (), found, asked)
    return DeskPage(
        counters=known,
        branch_id=chosen,
        mode=desk.mode,
        said=shown,
        entries=tuple(_entries(log_of(session(), desk), desk.institution_id)),
        customer=customer_at(session(), scope, desk, today()),
        todo=todo_at(session(), scope, desk, today()),
        found=found,
        asked=asked,
    )


def chosen_counter(
    known: Sequence[Counter], branch_id: int | None, desk: DeskSession | None
) -> int:
    """Return the branch to serve: the one named, the one served last, or the first; 0 if none."""
    if branch_id in {counter.branch_id for counter in known}:
        return branch_id or 0
    if desk is not None:
        return desk.branch_id
    return known[0].branch_id if known else 0


def own_rights() -> frozenset[Right]:
    """Return the visitor's rights among those that overrule refusals."""
    return frozenset(right for right in (Right.OVERRIDE,) if actor().may(right))


def status_line(row: DeskScan) -> Said:
    """Return what the status line says of a line of the log."""
    style, drawing, sound = SAY[row.outcome]
    code = row.facts.get("barcode", "") or (row.scanned if row.act == DeskAct.UNKNOWN else "")
    return Said(style, drawing, sound, code, said(row), extra(row))


def _found_said(found: tuple[Borrower, ...]) -> Said:
    if not found:
        return Said("say-no", "stop", "no", "", str(_("Nobody is called so here")))
    return Said("say-again", "question", "again", "", str(_("Who is it? Choose below")))


def _entries(rows: Iterable[DeskScan], institution_id: int | None) -> Iterable[Entry]:
    for row in rows:
        asks_or_refuses = row.outcome in {ScanOutcome.QUESTION, ScanOutcome.REFUSED}
        if asks_or_refuses or (row.act not in SILENT and _is_about_something(row)):
            yield _entry(row, institution_id)


def _is_about_something(row: DeskScan) -> bool:
    return row.act != DeskAct.ANSWER or bool(row.facts.get("dropped"))


def _entry(row: DeskScan, institution_id: int | None) -> Entry:
    style, drawing = LINE[row.outcome]
    why = _reasons(row, institution_id)
    told = {each.sentence for each in why}
    asks = row.outcome is ScanOutcome.QUESTION
    choices = row.facts.get("choices", ()) if asks else ()
    return Entry(
        id=row.id,
        style=style,
        icon=drawing,
        meaning=_meaning(row.outcome),
        title=row.facts.get("title") or _subject(row),
        code=row.facts.get("barcode") or row.scanned,
        details=tuple(words for words in details(row) if words not in told),
        is_calm=not asks and row.outcome is not ScanOutcome.REFUSED,
        is_question=asks,
        is_count=asks and "parts" in row.facts,
        parts=tuple(row.facts.get("parts", ())) if asks else (),
        choices=tuple((n, each["name"]) for n, each in enumerate(choices, start=1)),
        may_override=_may_override(row),
        reasons=why,
        purpose=_purpose_address(row),
    )


def _purpose_address(row: DeskScan) -> str:
    lacks = row.act == DeskAct.LEND and row.facts.get("purpose") is False
    if row.loan_id is None or row.outcome is not ScanOutcome.DONE or not lacks:
        return ""
    return f"/loans/{row.loan_id}/purpose?back=/desk"


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
