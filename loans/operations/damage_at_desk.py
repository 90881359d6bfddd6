"""Note a damage of what was just taken back, from its line of the desk's log."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.loan import Loan
from loans.operations.end_loan import end_loan
from loans.operations.journal import Act
from loans.operations.keep_log import Line, Turn, note, open_desk, reached_branch
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.note_damage import Found, note_damage
from loans.operations.pass_on import release
from loans.queries.hand_out import open_loan_of
from loans.queries.short_bookings import ShortBooking, short_bookings
from loans.rules.desk import DeskAct
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class DamageWish:
    """A damage of the copy of a line, at a counter."""

    line_id: int
    branch_id: int
    idem: str
    found: Found


def note_damage_here(
    session: Session, wish: DamageWish, by: Actor, today: date, now: datetime
) -> DeskScan:
    """Write a damage down for the copy of a return, with its borrower, and log it.

    Locks the desk's session, holding and copy. What goes to repair is not lent from now on;
    whoever it was kept for waits again. What was only received is looked over by that: its loan
    ends the day it was received.

    Raises:
        loans.errors.NotFoundError: no such return in a log of this account.

    Source:
        docs/rules.md, Lending 3.2 and 8.4.
    """
    branch = reached_branch(session, by, wish.branch_id)
    desk = open_desk(session, by, branch, now)
    turn = Turn(session, branch, desk, by, today, now, idem=wish.idem)
    row = _return_of(turn, wish.line_id)
    act = Act(session, by, today, now, branch.id)
    copy = lock_copy(session, row.copy_id or 0)
    loan = None if row.loan_id is None else session.get(Loan, row.loan_id)
    act.journal.watch(copy)
    if wish.found.repair:
        _look_over(act, copy)
    defect = note_damage(act, copy, loan, wish.found)
    short: tuple[ShortBooking, ...] = ()
    if wish.found.repair and copy.state not in {CopyState.ON_LOAN, CopyState.WITHDRAWN}:
        release(act, copy)
        move_copy(copy, CopyState.IN_REPAIR, journal=act.journal)
        short = short_bookings(session, by.scope(Right.LEND), copy.holding, today, now)
    session.flush()
    facts = {
        **{name: row.facts.get(name, "") for name in ("title", "barcode", "shelf")},
        "kind": defect.kind.value,
        "text": defect.text[:200],
        "defect": defect.id,
        "state": copy.state.value,
        "short": [[each.number, each.first.isoformat()] for each in short],
    }
    line = Line(
        DeskAct.DAMAGE,
        ScanOutcome.DONE,
        facts,
        copy_id=copy.id,
        loan_id=row.loan_id,
        effects=act.journal.effects(),
    )
    return note(turn, line)


def _look_over(act: Act, copy: Copy) -> None:
    """End the loan of a copy that was received."""
    loan = open_loan_of(act.session, copy.id) if copy.state is CopyState.RECEIVED else None
    if loan is None:
        return
    end_loan(act, loan, loan.received_on or act.today)
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    after = {"state": CopyState.IN_REPAIR.value, "copy": copy.barcode, "branch_id": act.here}
    change = Change("check_in", before={"state": copy.state.value}, after=after)
    record(act.session, act.by, subject, change, act.now)


def _return_of(turn: Turn, line_id: int) -> DeskScan:
    row = turn.session.scalar(
        select(DeskScan)
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .where(DeskScan.id == line_id, DeskSession.account_id == turn.by.account_id)
        .where(DeskScan.act == DeskAct.RETURN, DeskScan.outcome == ScanOutcome.DONE)
        .where(~DeskScan.void, DeskScan.copy_id.is_not(None))
    )
    if row is None:
        raise NotFoundError("line", line_id)
    return row
