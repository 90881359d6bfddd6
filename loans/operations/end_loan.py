"""End a loan: it is back, or settled without coming back."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from loans.models.booking import Booking, BookingLine
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.loan import Loan
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.withdraw_reminders import void_reminders
from loans.rules.booking_states import BookingStep, next_state

ENDED_BY_RETURN = (ClaimKind.RETURNED, ClaimKind.LOST)
"""Claims that are settled by the thing itself turning up; damage is not."""


def end_loan(act: Act, loan: Loan, on: date) -> Loan:
    """End an open loan of a locked copy on a day, and its booking with the last of it.

    Locks booking and loan in this order. Claims that it was returned or lost are settled;
    reminders written after that day are void.

    Args:
        act: the act.
        loan: open.
        on: since when it is back, not after today.

    Source:
        docs/rules.md, Lending 5.1, 8.4 and 10.4.
    """
    _close_booking(act, loan)
    (locked,) = lock(act.session, Loan, [loan.id])
    act.journal.watch(locked)
    locked.returned_on = on
    locked.returned_at = act.now
    locked.returned_by = act.by.account_id
    locked.checked_at = act.now
    void_reminders(act, locked, on)
    settle_claims(act, locked, ENDED_BY_RETURN)
    return locked


def _close_booking(act: Act, loan: Loan) -> None:
    """Close the loan's booking if nothing but this copy is still out and nothing is to come."""
    if loan.line_id is None:
        return
    session = act.session
    line = session.get_one(BookingLine, loan.line_id)
    (booking,) = lock(session, Booking, [line.booking_id])
    others = session.scalar(
        select(func.count(Loan.id))
        .join(BookingLine, BookingLine.id == Loan.line_id)
        .where(BookingLine.booking_id == booking.id, Loan.returned_on.is_(None))
        .where(Loan.id != loan.id)
    )
    state = next_state(booking.state, BookingStep.CLOSE)
    if state is not None and not others:
        act.journal.watch(booking)
        booking.state = state


def settle_claims(act: Act, loan: Loan, kinds: Collection[ClaimKind]) -> None:
    """Settle the open claims about a locked loan that its copy, in the house, has answered."""
    query = select(LoanClaim).where(
        LoanClaim.loan_id == loan.id,
        LoanClaim.settled_at.is_(None),
        LoanClaim.kind.in_(kinds),
    )
    for claim in act.session.scalars(query):
        act.journal.watch(claim)
        claim.settled_at, claim.settled_by = act.now, act.by.account_id
