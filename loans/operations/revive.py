"""Revive: a booking that was cancelled or lapsed is taken up again, if it still can be had."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, RefusedError
from loans.models.booking import Booking
from loans.operations.book import overbooked_reason
from loans.operations.find_booking import lock_booking, own_booking
from loans.operations.tell_bookings import tell_about_new
from loans.queries.edits import answer_to, unchanged
from loans.queries.preview import WishAnswer
from loans.queries.wishes import NOTHING_ASIDE
from loans.rules.booking_states import BookingState, BookingStep, next_state
from schools.rules.roles import Actor, Right


def revive(session: Session, number: str, by: Actor, today: date, now: datetime) -> Booking:
    """Take up again a booking of one's own, or of the centre; it is checked like a new one.

    Locks its holdings, its person, then the booking. One letter is owed, unless
    staff have to confirm it first.

    Raises:
        NotFoundError: no such booking within the actor's reach.
        ImpossibleStepError: it was neither cancelled nor lapsed.
        RefusedError: it cannot be had any more; carries every reason.

    Source:
        docs/rules.md, Lending 5.1 and 5.3.
    """
    found = own_booking(session, number, by)
    booking = lock_booking(session, found)
    state = next_state(booking.state, BookingStep.REVIVE)
    if state is None or booking.person_id is None:
        raise ImpossibleStepError("booking", booking.state, BookingStep.REVIVE)
    wish = unchanged(booking).wish(booking)
    answer = answer_to(session, booking, wish, NOTHING_ASIDE, (by, today, now))
    if not answer.granted:
        raise RefusedError(answer.refusals)
    before = booking.state
    booking.state = BookingState.REQUESTED if _asks(answer, booking, by) else state
    booking.cancelled_at, booking.overbooked_reason = None, overbooked_reason(answer)
    booking.sequence += 1
    change = Change("revive", {"state": before.value}, {"state": booking.state.value})
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)
    tell_about_new(session, [booking], now)
    return booking


def _asks(answer: WishAnswer, booking: Booking, by: Actor) -> bool:
    staff = by.scope(Right.RESERVE_FOR_OTHERS).covers_centre(booking.centre_id)
    return answer.needs_approval and not staff
