"""Find the booking an act is about, within the actor's reach, and lock what belongs to it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.errors import NotFoundError
from loans.models.booking import Booking, BookingLine
from loans.operations.lock import lock
from loans.queries.borrowers import within
from schools.models.person import Person
from schools.rules.roles import Actor, Right


def own_booking(session: Session, number: str, by: Actor) -> Booking:
    """Return a booking of the actor's own, or of a centre of the actor's; not locked.

    Raises:
        NotFoundError: no such booking within the actor's reach.
    """
    named = Booking.number == number.strip().upper()
    found = session.scalar(select(Booking).where(named, _own(by)))
    if found is None:
        raise NotFoundError("booking", number)
    return found


def own_bookings(session: Session, group_key: str, by: Actor) -> Sequence[Booking]:
    """Return the bookings within the actor's reach that were made in one go; not locked."""
    together = Booking.group_key == group_key
    return session.scalars(select(Booking).where(together, _own(by)).order_by(Booking.id)).all()


def _own(by: Actor) -> ColumnElement[bool]:
    scope = by.scope(Right.BOOK)
    near = within(scope, Booking.centre_id, Booking.institution_id)
    own = [] if scope.person_id is None else [Booking.person_id == scope.person_id]
    return or_(near, *own)


def centre_booking(session: Session, number: str, by: Actor) -> Booking:
    """Return a booking of a centre whose staff the actor is; not locked.

    Raises:
        NotFoundError: no such booking at a centre of the actor.
    """
    found = session.scalar(select(Booking).where(Booking.number == number.strip().upper()))
    scope = by.scope(Right.RESERVE_FOR_OTHERS)
    if found is None or not scope.covers_centre(found.centre_id):
        raise NotFoundError("booking", number)
    return found


def lock_booking(session: Session, found: Booking) -> Booking:
    """Lock a booking's holdings, its person and then itself, and read it afresh.

    Its lines are not read before that: an act before might have changed them.
    """
    holding_ids = select(BookingLine.holding_id).where(BookingLine.booking_id == found.id)
    lock(session, Holding, set(session.scalars(holding_ids)))
    if found.person_id is not None:
        lock(session, Person, {found.person_id})
    (booking,) = lock(session, Booking, {found.id})
    return booking
