"""From the desk's rows to finished values for its page and its JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.desk.entries import Entry, entries_of
from app.desk.newcomer_form import NewcomerForm
from app.desk.words import extra, said
from app.forms import sentences_of
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.models.desk_session import DeskMode, DeskScan, DeskSession, ScanOutcome
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
from loans.rules.desk import DeskAct
from schools.rules.roles import Right

SAY = {
    ScanOutcome.DONE: ("say-ok", "check-circle", "ok"),
    ScanOutcome.AGAIN: ("say-again", "again", "again"),
    ScanOutcome.QUESTION: ("say-again", "question", "again"),
    ScanOutcome.REFUSED: ("say-no", "stop", "no"),
}
"""Colour, drawing and sound of each outcome."""

CALM = frozenset({DeskAct.LEND, DeskAct.RETURN, DeskAct.WHOSE, DeskAct.UNKNOWN})
"""Acts after which nothing changed but the newest lines and the open questions."""

GO: Mapping[str, str] = {DeskAct.SEARCH: "search", DeskAct.RECEIPT: "receipt"}
"""Commands that lead our script somewhere."""


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
        "entries": tuple(entries_of(rows, desk.institution_id)),
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
