"""Bookings that nobody collected in time, for the night on which they lapse."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.rules.booking_states import BookingState
from schools.rules.roles import Scope


def uncollected(
    session: Session, scope: Scope, centre_id: int, today: date, *, lapses: bool
) -> Sequence[int]:
    """Return the keys of a centre's bookings that lapse tonight, the oldest first.

    Args:
        session: the session.
        scope: must cover the centre.
        centre_id: the centre.
        today: the day.
        lapses: the centre chose that what nobody collected lapses.

    Source:
        docs/rules.md, Lending 4.3 and 5.1, and docs/decisions/0016-nights.md.
    """
    if not scope.covers_centre(centre_id):
        return ()
    over = or_(*_over(today, lapses=lapses))
    query = select(Booking.id).where(Booking.centre_id == centre_id, over)
    return session.scalars(query.order_by(Booking.first, Booking.id)).all()


def _over(today: date, *, lapses: bool) -> Iterable[ColumnElement[bool]]:
    """Yield what may be over: by its last day, a request by its first.

    A request that was changed may be a booking that was asked for anew while it ran: it stays
    until its last day, so that nobody loses what was granted.
    """
    kept = {BookingState.PARTLY_COLLECTED}
    if lapses:
        kept |= {BookingState.CONFIRMED, BookingState.READY}
    yield and_(Booking.state.in_(kept), Booking.last < today)
    over = or_(and_(Booking.first < today, Booking.sequence == 0), Booking.last < today)
    yield and_(Booking.state == BookingState.REQUESTED, over)
