"""Correct the days of a running loan, by hand."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.audit import Change
from loans.errors import RefusedError
from loans.models.loan import Loan
from loans.operations.journal import Act
from loans.operations.locked_loan import locked_loan, record_loan
from loans.queries.short_bookings import ShortBooking, short_bookings
from loans.rules.loan_dates import DatesCase, date_faults
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Correction:
    """The days a loan shall have.

    Attributes:
        loan_id: a running loan.
        lent_on: its first day.
        due_on: its last day in time; None for a placement.
        reason: why, for the log.
    """

    loan_id: int
    lent_on: date
    due_on: date | None
    reason: str


def correct_dates(
    session: Session, wish: Correction, by: Actor, today: date, now: datetime
) -> tuple[Loan, tuple[ShortBooking, ...]]:
    """Give a running loan other days; the new due date counts at once.

    Locks holding, copy and loan.

    Returns:
        The loan, and the bookings ahead that lack a copy now.

    Raises:
        loans.errors.NotFoundError: no such loan at a centre of the actor.
        loans.errors.RefusedError: it is over, or the days cannot be.

    Source:
        docs/rules.md, Lending 4.3 and 8.8.
    """
    act = Act(session, by, today, now)
    loan, copy = locked_loan(session, wish.loan_id, by)
    due_on = None if loan.placed else wish.due_on or loan.due_on
    latest = min(today, loan.received_on or today)
    faults = date_faults(DatesCase(latest, wish.lent_on, due_on, _back_before(session, loan)))
    if faults:
        raise RefusedError(faults)
    before = {"lent_on": loan.lent_on.isoformat(), "due_on": _day(loan.due_on)}
    loan.lent_on, loan.due_on = wish.lent_on, due_on
    after = {"lent_on": loan.lent_on.isoformat(), "due_on": _day(loan.due_on)}
    record_loan(act, loan, Change("correct_dates", before, after, wish.reason))
    session.flush()
    short = short_bookings(session, by.scope(Right.LEND), copy.holding, today, now)
    return loan, short


def _back_before(session: Session, loan: Loan) -> date | None:
    """Return when the copy came back from the loan before, undone ones left out."""
    return session.scalar(
        select(func.max(Loan.returned_on)).where(
            Loan.copy_id == loan.copy_id,
            Loan.id != loan.id,
            ~Loan.void,
            Loan.lent_at < loan.lent_at,
        )
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
