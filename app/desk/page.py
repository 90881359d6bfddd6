"""From the desk's rows to finished values for its page and its JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm

from app.desk.newcomer_form import NewcomerForm
from app.desk.words import details, extra, refusals_of, said
from app.forms import sentences_of
from app.labels import label
from app.reasons import About, Reason, reasons
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from catalogue.models.defect import DefectKind
from loans.models.desk_session import DeskMode, DeskScan, DeskSession, ScanOutcome
from loans.operations.brief import wants_briefing
from loans.queries.borrowers import Borrower
from loans.queries.desk import (
    NEWEST_LINES,
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
from loans.queries.parked import Parked, parked_at
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
UNLISTED = frozenset(
    {DeskAct.PARK, DeskAct.RESUME, DeskAct.RECEIPT, DeskAct.SEARCH, DeskAct.BRIEFED}
)
"""Acts whose lines stand in the status line only, whatever came of them."""

CALM = frozenset({DeskAct.LEND, DeskAct.RETURN, DeskAct.WHOSE, DeskAct.UNKNOWN})
"""Acts after which nothing changed but the newest lines and the open questions."""

GO: Mapping[str, str] = {DeskAct.SEARCH: "search", DeskAct.RECEIPT: "receipt"}
"""Commands that lead our script somewhere."""

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
class Said:
    """The status line.

    Attributes:
        style: class of its colour.
        icon: its drawing.
        sound: how it is heard.
        code: what was scanned, where that is worth saying.
        sentence: what happened.
        extra: what follows the sentence.
        receipt: the session whose receipt can be printed now.
        go: where our script leads: ``search`` or ``receipt``.
    """

    style: str
    icon: str
    sound: str
    code: str
    sentence: str
    extra: str = ""
    receipt: int | None = None
    go: str = ""

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


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows: a session, with its lines down from the newest."""

    session_id: int
    newest: int


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Everything the page of the desk shows.

    Attributes:
        dropped_on: since when what the return box holds is back.
        due_on: until when staff chose to lend to this customer.
        counters: those that may be served; empty in a fragment.
        session_id: of the desk's session; 0 without one.
        partly: only the newest entries are here, the older ones are as they were.
        parked: customers who wait; None in a fragment after which they are as they were.
        found: people that were searched for; None without a search.
        asked: what was searched for.
        newcomer: the form for somebody nobody knows, beside `found`.
    """

    counters: tuple[Counter, ...]
    branch_id: int
    mode: DeskMode
    said: Said | None
    entries: tuple[Entry, ...] = ()
    customer: Customer | None = None
    todo: tuple[Todo, ...] = ()
    session_id: int = 0
    partly: bool = False
    parked: tuple[Parked, ...] | None = ()
    found: tuple[Borrower, ...] | None = None
    asked: str = ""
    dropped_on: date | None = None
    due_on: date | None = None
    newcomer: NewcomerForm | None = None


def desk_page(
    branch_id: int | None = None,
    *,
    found: tuple[Borrower, ...] | None = None,
    asked: str = "",
    newcomer: NewcomerForm | None = None,
) -> DeskPage:
    """Return the page of the visitor's desk.

    Args:
        branch_id: the counter; the one served last without.
        found: people that were searched for; None without a search.
        asked: what was searched for.
        newcomer: the form for somebody nobody knows.
    """
    by = actor()
    known = counters(session(), by.scope(Right.LEND))
    desk = current_desk(session(), by.account_id, now(), branch_id)
    chosen = chosen_counter(known, branch_id, desk)
    spoken = last_word(session(), by.account_id, now())
    said = None if spoken is None else status_line(spoken)
    if found is not None:
        said = _found_said(found)
    page = DeskPage(
        counters=known,
        branch_id=chosen,
        mode=DeskMode.LEND if desk is None else desk.mode,
        said=said,
        parked=parked_at(session(), by.account_id, chosen, now()),
        found=found,
        asked=asked,
        newcomer=newcomer,
    )
    return page if desk is None else replace(page, **_served(desk, log_of(session(), desk)))


def desk_fragment(line: DeskScan, shown: Shown | None = None) -> DeskPage:
    """Return what changed on the page by one line of the log, for our script.

    Args:
        line: what the status line says.
        shown: what the script says that its page shows; without it everything is returned.
    """
    by = actor()
    desk = current_desk(session(), by.account_id, now())
    said = status_line(line)
    if desk is None:
        waiting = parked_at(session(), by.account_id, _branch_of(line), now())
        return DeskPage((), 0, DeskMode.LEND, said, parked=waiting)
    if shown is not None and shown.session_id == desk.id and line.act in CALM:
        page = DeskPage((), desk.branch_id, desk.mode, said, partly=True, parked=None)
        rows = log_of(session(), desk, NEWEST_LINES, shown.newest)
    else:
        waiting = parked_at(session(), by.account_id, desk.branch_id, now())
        page = DeskPage((), desk.branch_id, desk.mode, said, parked=waiting)
        rows = log_of(session(), desk)
    return replace(page, **_served(desk, rows))


def _branch_of(line: DeskScan) -> int:
    return session().get_one(DeskSession, line.session_id).branch_id


def _served(desk: DeskSession, rows: Sequence[DeskScan]) -> dict[str, Any]:
    scope = actor().scope(Right.LEND)
    return {
        "session_id": desk.id,
        "dropped_on": desk.dropped_on,
        "due_on": desk.due_on,
        "entries": tuple(_entries(rows, desk.institution_id)),
        "customer": customer_at(session(), scope, desk, today()),
        "todo": todo_at(session(), scope, desk, today()),
    }


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
    return Said(
        style, drawing, sound, code, said(row), extra(row), _receipt_of(row), GO.get(row.act, "")
    )


def _receipt_of(row: DeskScan) -> int | None:
    """Return the session whose receipt a line offers."""
    if row.act == DeskAct.FINISH and row.facts["lent"] + row.facts["returned"]:
        return row.session_id
    found: int | None = row.facts.get("receipt")
    return found


def faulty(form: FlaskForm) -> Said:
    """Return what the status line says of a form that was not understood."""
    faults = sentences_of(form)
    return Said("say-no", "stop", "no", "", next(iter(faults.values()), str(_("Not recorded"))))


def _found_said(found: tuple[Borrower, ...]) -> Said:
    if not found:
        return Said("say-no", "stop", "no", "", str(_("Nobody is called so here")))
    return Said("say-again", "question", "again", "", str(_("Who is it? Choose below")))


def _entries(rows: Iterable[DeskScan], institution_id: int | None) -> Iterable[Entry]:
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
