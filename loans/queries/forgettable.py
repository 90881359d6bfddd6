"""What is old enough for the night to cut its borrower from it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, case, exists, or_, select
from sqlalchemy.orm import Session

from catalogue.models.defect import Defect
from catalogue.rules.defect_states import STILL_OPEN
from loans.models.booking import Booking, BookingLine
from loans.models.claim import LoanClaim
from loans.models.desk_session import DeskSession
from loans.models.loan import Loan
from loans.rules.booking_states import BookingState
from schools.models.media_centre import Branch
from schools.models.person import Person
from schools.rules.roles import Scope

GIVEN_UP = frozenset({BookingState.CANCELLED, BookingState.DECLINED})
"""Over from the day they were given up, however far their own days are."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Before when things of a centre are forgotten.

    Attributes:
        centre_id: the centre.
        loans: what was checked in before this instant loses its borrower.
        bookings: what ended before this day loses its borrower.
        bookings_at: the beginning of that day.
        desk: the desk's log from before this instant is deleted.
    """

    centre_id: int
    loans: datetime
    bookings: date
    bookings_at: datetime
    desk: datetime


Among = Collection[int] | None
"""Only these rows are asked for; None for all."""


def loans_to_forget(
    session: Session, scope: Scope, horizon: Horizon, among: Among = None
) -> Sequence[int]:
    """Return the loans whose borrower is to be cut, by key.

    Kept is a borrower who consented to a history, and where a claim or a defect is still open.

    Source:
        docs/rules.md, Lending 12.1.
    """
    if not scope.covers_centre(horizon.centre_id):
        return ()
    query = _loans(horizon).order_by(Loan.id)
    return session.scalars(query if among is None else query.where(Loan.id.in_(among))).all()


def bookings_to_forget(
    session: Session, scope: Scope, horizon: Horizon, among: Among = None
) -> Sequence[int]:
    """Return the bookings whose borrower is to be cut, by key; nothing of them is still out."""
    if not scope.covers_centre(horizon.centre_id):
        return ()
    query = _bookings(horizon).order_by(Booking.id)
    return session.scalars(query if among is None else query.where(Booking.id.in_(among))).all()


def desks_to_forget(session: Session, scope: Scope, horizon: Horizon) -> Sequence[int]:
    """Return the sessions of the desk that are to be deleted with their log, by key."""
    if not scope.covers_centre(horizon.centre_id):
        return ()
    query = (
        select(DeskSession.id)
        .join(Branch, Branch.id == DeskSession.branch_id)
        .where(Branch.centre_id == horizon.centre_id, DeskSession.started_at < horizon.desk)
    )
    return session.scalars(query.order_by(DeskSession.id)).all()


def _loans(horizon: Horizon) -> Select[int]:
    checked = case((Loan.void, Loan.returned_at), else_=Loan.checked_at)
    claimed = exists().where(LoanClaim.loan_id == Loan.id, LoanClaim.settled_at.is_(None))
    theirs = or_(
        Defect.person_id == Loan.person_id,
        and_(Defect.person_id.is_(None), Defect.institution_id == Loan.institution_id),
    )
    defect = exists().where(Defect.copy_id == Loan.copy_id, Defect.state.in_(STILL_OPEN), theirs)
    return (
        select(Loan.id)
        .join(Person, Person.id == Loan.person_id)
        .where(Loan.centre_id == horizon.centre_id, Loan.returned_on.is_not(None))
        .where(checked < horizon.loans, ~Person.keeps_history, ~claimed, ~defect)
    )


def _bookings(horizon: Horizon) -> Select[int]:
    given_up = and_(Booking.state.in_(GIVEN_UP), Booking.cancelled_at < horizon.bookings_at)
    out = exists().where(
        BookingLine.booking_id == Booking.id,
        Loan.line_id == BookingLine.id,
        Loan.returned_on.is_(None),
    )
    return (
        select(Booking.id)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.centre_id == horizon.centre_id, ~Person.keeps_history)
        .where(or_(Booking.last < horizon.bookings, given_up), ~out)
    )
