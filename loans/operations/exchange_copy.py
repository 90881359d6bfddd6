"""Exchange the wrong copy of a running loan for the one that is really out."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import Change
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.claim import ClaimKind
from loans.models.loan import Loan
from loans.operations.drop_pick import drop_pick
from loans.operations.end_loan import end_loan, settle_claims
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.locked_loan import locked_loan, record_loan
from loans.operations.pass_on import pass_on
from loans.operations.route import leave_the_road, route
from loans.operations.serve_hold import put_back
from loans.queries.hand_out import hold_on, lacks_critical, open_loan_of
from loans.queries.scanned import ScannedCopy, scanned
from loans.rules.codes import LoanRefusal, Refusal
from loans.rules.returns import ReturnCase
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Exchange:
    """A running loan, what stands on the label of what is really out, and why."""

    loan_id: int
    barcode: str
    reason: str


def exchange_copy(session: Session, wish: Exchange, by: Actor, today: date, now: datetime) -> Loan:
    """Let a loan name the copy that is really out; the other one is in the house again.

    Both are of the same holding. Locks holding, both copies and the loan. Whoever the right
    copy was kept for waits again; the wrong one serves the first in line. That the wrong one was
    lost is settled: nobody has said so of the right one.

    Raises:
        loans.errors.NotFoundError: no such loan, or no such copy, at a centre of the actor.
        loans.errors.RefusedError: `ON_LOAN`, `WITHDRAWN`, another title, the same copy, or it
            came back already.

    Source:
        docs/rules.md, Lending 8.8.
    """
    act = Act(session, by, today, now)
    loan, wrong = locked_loan(session, wish.loan_id, by, Right.OVERRIDE)
    if loan.received_on is not None:
        raise RefusedError((Refused(LoanRefusal.LOAN_OVER),))
    right = _named(act, wish, wrong)
    _check(right, wrong)
    before = {"copy": wrong.barcode}
    _take_out(act, right, loan)
    loan.copy_id = right.id
    settle_claims(act, loan, (ClaimKind.LOST,))
    session.flush()
    _bring_in(act, wrong, loan)
    change = Change("exchange_copy", before, {"copy": right.barcode}, wish.reason)
    record_loan(act, loan, change)
    session.flush()
    return loan


def _named(act: Act, wish: Exchange, wrong: Copy) -> Copy:
    scope = act.by.scope(Right.OVERRIDE)
    found = scanned(act.session, scope, wrong.centre_id, wish.barcode)
    if isinstance(found, ScannedCopy):
        for copy in lock(act.session, Copy, [found.id]):
            return copy
    raise NotFoundError("copy", wish.barcode)


def _check(right: Copy, wrong: Copy) -> None:
    if right.id == wrong.id:
        raise RefusedError((Refused(LoanRefusal.SAME_COPY),))
    if right.holding_id != wrong.holding_id:
        raise RefusedError((Refused(LoanRefusal.OTHER_TITLE),))
    if right.state is CopyState.ON_LOAN:
        raise RefusedError((Refused(Refusal.ON_LOAN),))
    if right.state is CopyState.WITHDRAWN:
        raise RefusedError((Refused(Refusal.WITHDRAWN),))


def _take_out(act: Act, copy: Copy, loan: Loan) -> None:
    """Let a copy be out with the loan's borrower, whatever it was thought to be doing."""
    locked = lock_copy(act.session, copy.id)
    left_open = open_loan_of(act.session, copy.id)
    if left_open is not None:
        end_loan(act, left_open, left_open.received_on or act.today)
    drop_pick(act.session, copy.id)
    hold = hold_on(act.session, copy.id)
    if hold is not None:
        put_back(act, hold)
    if locked.state is CopyState.IN_TRANSIT:
        leave_the_road(act, locked, locked.stands_at)
    move_copy(locked, CopyState.ON_LOAN, is_placed=loan.placed)
    locked.branch_id = None


def _bring_in(act: Act, copy: Copy, loan: Loan) -> None:
    """Let the wrong copy be where it was lent from, free for whoever waits, if it is whole."""
    locked = lock_copy(act.session, copy.id)
    act.journal.watch(locked)
    was = locked.state
    if lacks_critical(act.session, copy.id):
        move_copy(locked, CopyState.INCOMPLETE, was_placed=loan.placed)
        locked.branch_id = loan.branch_id
        route(act, locked, loan.branch_id, None)
        return
    move_copy(locked, CopyState.AVAILABLE, was_placed=loan.placed)
    if was is CopyState.LOST:
        was = CopyState.ON_LOAN
    pass_on(act, locked, ReturnCase(was, loan.branch_id, locked.home_branch_id))
