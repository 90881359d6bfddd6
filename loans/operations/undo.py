"""Undo a scan: its line is void, its effects reversed, unless a later act stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.models.copy import Copy
from database.audit import AuditEntry, Change, Subject, record
from loans.errors import NotFoundError
from loans.models.booking import BookingLine, BookingPick
from loans.models.claim import LoanClaim
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.hold import STILL_OPEN, Hold
from loans.models.loan import Loan
from loans.models.tour import TourLoad
from loans.operations.journal import Act, Effects
from loans.operations.keep_log import Facts, Line, Turn, note, open_desk, reached_branch
from loans.operations.reverse import Touched, ids_of, reverse, touched_by
from loans.operations.tell_receipt import occasion_of, tell_receipt
from loans.operations.withdraw_letters import withdraw_letters
from loans.rules.desk import SESSION_LASTS, DeskAct
from schools.models.media_centre import Branch
from schools.rules.roles import Actor

NAMED = ("copy", "loan", "hold", "booking", "defect")
"""Kinds of rows on which a later act stands in the way."""

LONGEST_TRAIL = 20
"""Later lines and entries that are looked through for the act to name."""


@dataclass(frozen=True, slots=True)
class UndoWish:
    """A line of one's own log to undo; None for the newest at that branch that can be.

    Attributes:
        idem: the request's key.
        branch_id: the counter.
        line_id: the line.
    """

    idem: str
    branch_id: int
    line_id: int | None = None


def undo(session: Session, wish: UndoWish, by: Actor, today: date, now: datetime) -> DeskScan:
    """Undo a line of one's own log, and write that into the log.

    Locks the desk's session, then all the scan had touched. Where a later act stands on the same
    copy, hold or booking, the line says which, and nothing changes.

    Raises:
        loans.errors.NotFoundError: no such line in a log of this account, or the branch lies
            out of reach.

    Source:
        docs/rules.md, Lending 8.6.
    """
    branch = reached_branch(session, by, wish.branch_id)
    desk = open_desk(session, by, branch, now)
    return undo_here(Turn(session, branch, desk, by, today, now, idem=wish.idem), wish.line_id)


def undo_here(turn: Turn, line_id: int | None = None) -> DeskScan:
    """Undo a line at the desk of a turn; without one the newest that can be undone."""
    row = _newest(turn) if line_id is None else _own_line(turn, line_id)
    if row is None:
        return note(turn, Line(DeskAct.UNDO, ScanOutcome.AGAIN, {"why": "nothing"}))
    facts: Facts = {
        **{name: row.facts.get(name, "") for name in ("title", "barcode")},
        "undone": row.act,
    }
    if row.void or not row.effects:
        why = "void" if row.void else "nothing"
        return note(turn, Line(DeskAct.UNDO, ScanOutcome.AGAIN, {**facts, "why": why}))
    act = Act(turn.session, turn.by, turn.today, turn.now, turn.branch.id)
    touched = touched_by(turn.session, row.effects)
    later = _later(turn, row, touched)
    if touched is None or later is not None:
        refused = {**facts, "why": "later", "later": later or {}}
        return note(turn, Line(DeskAct.UNDO, ScanOutcome.REFUSED, refused, copy_id=row.copy_id))
    photos = reverse(act, row.effects, touched)
    row.void = True
    _tell_anew(act, row)
    _record(act, row)
    done = {**facts, "photos": photos}
    return note(turn, Line(DeskAct.UNDO, ScanOutcome.DONE, done, copy_id=row.copy_id))


def _own_line(turn: Turn, line_id: int) -> DeskScan:
    row = turn.session.scalar(
        select(DeskScan)
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .where(DeskScan.id == line_id, DeskSession.account_id == turn.by.account_id)
    )
    if row is None:
        raise NotFoundError("line", line_id)
    return row


def _newest(turn: Turn) -> DeskScan | None:
    """Return the newest line of the account at the branch that changed anything."""
    asked = {
        "account_id": turn.by.account_id,
        "branch_id": turn.branch.id,
        "since": turn.now - SESSION_LASTS,
    }
    rows = turn.session.scalars(_newest_lines(), asked)
    return next((row for row in rows if row.effects and _was_before(turn, row)), None)


def _was_before(turn: Turn, row: DeskScan) -> bool:
    """Say whether a line was there at the turn; an undoing may come late, as any scan may."""
    return (row.scanned_at or row.at) <= turn.now


@cache
def _newest_lines() -> Select[DeskScan]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(DeskScan)
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .where(DeskSession.account_id == bindparam("account_id"))
        .where(DeskSession.branch_id == bindparam("branch_id"))
        .where(DeskScan.at > bindparam("since"), ~DeskScan.void)
        .where(DeskScan.act.in_(UNDONE_ACTS))
        .order_by(DeskScan.id.desc())
        .limit(LONGEST_TRAIL)
    )


UNDONE_ACTS = (DeskAct.LEND, DeskAct.RETURN, DeskAct.DAMAGE)
"""Acts of the log that change more than the log."""


def _later(turn: Turn, row: DeskScan, touched: list[Touched] | None) -> Facts | None:
    """Return the act that stands in the way, None if there is none."""
    line = _later_line(turn, row)
    if line is not None:
        return {"act": line.act, "at": line.at.isoformat(), "title": line.facts.get("title", "")}
    as_left = touched is not None and all(each.is_as_left for each in touched)
    beside = _beside(turn, row)
    if as_left and not beside and not _something_since(turn, row):
        return None
    entry = _later_entry(turn, row, beside)
    return {} if entry is None else {"act": entry.act, "at": entry.at.isoformat()}


def _later_line(turn: Turn, row: DeskScan) -> DeskScan | None:
    """Return the newest later scan that stands on the same copy, hold or booking."""
    copies = ids_of(row.effects, "copy") or [row.copy_id or 0]
    rows = turn.session.scalars(
        select(DeskScan)
        .where(DeskScan.copy_id.in_(copies), DeskScan.id > row.id, ~DeskScan.void)
        .order_by(DeskScan.id.desc())
        .limit(LONGEST_TRAIL)
    )
    for each in rows:
        if each.effects:
            return each
    return _line_on_the_same(turn, row)


def _line_on_the_same(turn: Turn, row: DeskScan) -> DeskScan | None:
    """Return a later scan of another copy, at any counter, on the same hold or booking."""
    ours = _shared(row.effects)
    if not ours:
        return None
    rows = turn.session.scalars(
        select(DeskScan)
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .join(Branch, Branch.id == DeskSession.branch_id)
        .where(Branch.centre_id == turn.branch.centre_id)
        .where(DeskScan.id > row.id, ~DeskScan.void, DeskScan.act.in_(UNDONE_ACTS))
        .order_by(DeskScan.id.desc())
        .limit(LONGEST_TRAIL)
    )
    return next((each for each in rows if ours & _shared(each.effects)), None)


def _shared(effects: Effects) -> set[tuple[str, int]]:
    """Return what scans of different copies can have in common."""
    changed = {(kind, key) for kind in ("hold", "booking") for key in ids_of(effects, kind)}
    return changed | {(kind, key) for kind, key in effects.get("about", ())}


def _something_since(turn: Turn, row: DeskScan) -> bool:
    """Say whether the loan of a copy was claimed or packed since."""
    loans = ids_of(row.effects, "loan")
    claimed = select(LoanClaim.id).where(LoanClaim.loan_id.in_(loans), LoanClaim.made_at > row.at)
    packed = select(TourLoad.id).where(TourLoad.loan_id.in_(loans), TourLoad.packed_at > row.at)
    return any(turn.session.scalar(each.limit(1)) for each in (claimed, packed))


def _beside(turn: Turn, row: DeskScan) -> dict[str, list[int]]:
    """Return by kind what stands in the way beside the rows of the act.

    Bookings for which a copy was picked since, loans of it since, though it be back by now, and
    holds of somebody who waits anew: of a title a person has one place in line.
    """
    copies, holds = ids_of(row.effects, "copy"), ids_of(row.effects, "hold")
    ended = aliased(Hold)
    found = {
        "booking": select(BookingLine.booking_id)
        .join(BookingPick, BookingPick.line_id == BookingLine.id)
        .where(BookingPick.copy_id.in_(copies), BookingPick.picked_at > row.at),
        "loan": select(Loan.id).where(Loan.copy_id.in_(copies), ~Loan.void, Loan.lent_at > row.at),
        "hold": select(Hold.id)
        .join(ended, (ended.holding_id == Hold.holding_id) & (ended.person_id == Hold.person_id))
        .where(ended.id.in_(holds), Hold.id.not_in(holds), Hold.state.in_(STILL_OPEN)),
    }
    asked = {kind: list(turn.session.scalars(query)) for kind, query in found.items()}
    return {kind: keys for kind, keys in asked.items() if keys}


def _later_entry(turn: Turn, row: DeskScan, beside: Mapping[str, list[int]]) -> AuditEntry | None:
    """Return the newest entry of the log about the same things, and what stands beside them.

    Of their holdings it looks for another way of booking, which is another of every copy.
    """
    asked: list[Any] = [
        (AuditEntry.subject_kind == kind) & AuditEntry.subject_id.in_(keys)
        for kind in NAMED
        for keys in [[*ids_of(row.effects, kind), *beside.get(kind, ())]]
        if keys
    ]
    if not asked:
        return None
    holdings = select(Copy.holding_id).where(Copy.id.in_(ids_of(row.effects, "copy")))
    of_holding = (AuditEntry.subject_kind == "holding") & AuditEntry.subject_id.in_(holdings)
    asked.append(of_holding & (AuditEntry.act == "book_by"))
    query = select(AuditEntry).where(or_(*asked), AuditEntry.at > row.at)
    return turn.session.scalar(query.order_by(AuditEntry.id.desc()).limit(1))


def _tell_anew(act: Act, row: DeskScan) -> None:
    """Take back the receipt that named an undone scan, and owe one of what is left."""
    desk = act.session.get_one(DeskSession, row.session_id)
    if desk.ended_at is not None:
        act.session.flush()
        withdraw_letters(act, {occasion_of(desk.id)})
        tell_receipt(act.session, desk, act.now)


def _record(act: Act, row: DeskScan) -> None:
    kind, key = ("loan", row.loan_id) if row.loan_id else ("copy", row.copy_id or 0)
    copy = None if row.copy_id is None else act.session.get(Copy, row.copy_id)
    centre_id = None if copy is None else copy.centre_id
    change = Change("undo", before={"act": row.act, "line": row.id})
    record(act.session, act.by, Subject(kind, key, centre_id), change, act.now)
