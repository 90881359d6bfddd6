"""Revive: a booking that was cancelled or lapsed is taken up again, if it still can be had."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, RefusedError
from loans.models.booking import Booking, BookingLine
from loans.models.collective_order import OrderState
from loans.operations.book import overbooked_reason
from loans.operations.find_booking import lock_booking, own_booking
from loans.operations.lock import hold_order
from loans.operations.tell_bookings import tell_about_new
from loans.queries.edits import answer_to, unchanged
from loans.queries.preview import WishAnswer
from loans.queries.wishes import NOTHING_ASIDE
from loans.rules.booking_states import BookingState, BookingStep, next_state
from schools.rules.roles import Actor, Right


def revive(session: Session, number: str, by: Actor, today: date, now: datetime) -> Booking:
    """Take up again a booking of one's own, or of the centre; it is checked like a new one.

    Locks its holdings, its person, then the booking, then its collective order: closed meanwhile,
    that takes nothing up any more. Of what is booked by number meanwhile copies are named. One
    letter is owed, unless staff have to confirm it first.

    Raises:
        NotFoundError: no such booking within the actor's reach.
        ImpossibleStepError: it was neither cancelled nor lapsed.
        RefusedError: it cannot be had any more; carries every reason.

    Source:
        docs/rules.md, Lending 3.3, 5.1, 5.3 and 5.8.
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
    _name_copies(booking, answer)
    if booking.order_id is not None and not _is_open(session, booking.order_id):
        booking.order_id = None
    change = Change("revive", {"state": before.value}, {"state": booking.state.value})
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)
    tell_about_new(session, [booking], now)
    return booking


def _asks(answer: WishAnswer, booking: Booking, by: Actor) -> bool:
    staff = by.scope(Right.RESERVE_FOR_OTHERS).covers_centre(booking.centre_id)
    return answer.needs_approval and not staff


def _name_copies(booking: Booking, answer: WishAnswer) -> None:
    """Let lines name the copies found for them where a pool is booked by number by now."""
    known = {line.copy_id for line in booking.lines}
    for line in list(booking.lines):
        found = [
            each
            for each in answer.asked.lines
            if each.holding_id == line.holding_id and each.copy_id not in {None, *known}
        ]
        if line.copy_id is None and found:
            line.copy_id, line.quantity = found[0].copy_id, found[0].quantity
            booking.lines += [
                BookingLine(holding_id=line.holding_id, copy_id=each.copy_id, quantity=1)
                for each in found[1:]
            ]


def _is_open(session: Session, order_id: int) -> bool:
    order = hold_order(session, order_id)
    return order is not None and order.state is OrderState.OPEN
