"""Cancel: what is not collected yet is given up, freeing it at once; one booking, or a group."""

from collections.abc import Container, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.booking import Booking, BookingLine
from loans.operations.find_booking import lock_booking, own_booking, own_bookings
from loans.operations.lock import lock
from loans.operations.tell_bookings import GivenUp, tell_about_cancelled
from loans.operations.tell_courier import take_back_ready
from loans.queries.still_out import still_out
from loans.rules.booking_states import BookingState, BookingStep, next_state
from schools.models.person import Person
from schools.rules.roles import Actor


def cancel(
    session: Session, number: str, by: Actor, now: datetime, *, reason: str = ""
) -> Booking:
    """Cancel a booking, or what is left to collect of it.

    Locks its holdings, its person, then the booking. The borrower is told by one letter. Where
    all that was collected is back, the booking closes.

    Raises:
        NotFoundError: no such booking within the actor's reach.
        ImpossibleStepError: it is collected, over or cancelled already.

    Source:
        docs/rules.md, Lending 5.1 and 4.3: what is cancelled keeps nothing.
    """
    booking = lock_booking(session, own_booking(session, number, by))
    if next_state(booking.state, BookingStep.CANCEL) is None:
        raise ImpossibleStepError("booking", booking.state, BookingStep.CANCEL)
    out, requests = still_out(session, [booking.id]), _requests([booking])
    _cancel(session, booking, by, now, reason, out=out)
    given_up = GivenUp((booking,), due=out, reason=reason, requests=requests)
    tell_about_cancelled(session, given_up, by, now)
    booking.sequence += 1
    return booking


def cancel_together(
    session: Session, group_key: str, by: Actor, now: datetime
) -> tuple[Booking, ...]:
    """Cancel what is left to collect of bookings that were made in one go.

    Locks all their holdings, their people, then the bookings. Each borrower is told by one
    letter. Those that are collected or over stay as they are.

    Returns:
        Those that were cancelled.

    Raises:
        NotFoundError: no such bookings within the actor's reach.

    Source:
        docs/rules.md, Lending 5.1 and 5.4.
    """
    found = own_bookings(session, group_key, by)
    if not found:
        raise NotFoundError("group", group_key)
    ids = {booking.id for booking in found}
    of_lines = select(BookingLine.holding_id).where(BookingLine.booking_id.in_(ids))
    lock(session, Holding, set(session.scalars(of_lines)))
    lock(session, Person, {each.person_id for each in found if each.person_id is not None})
    given_up = [
        booking
        for booking in lock(session, Booking, ids)
        if next_state(booking.state, BookingStep.CANCEL) is not None
    ]
    out, requests = still_out(session, [each.id for each in given_up]), _requests(given_up)
    for booking in given_up:
        _cancel(session, booking, by, now, "", out=out)
    tell_about_cancelled(session, GivenUp(given_up, due=out, requests=requests), by, now)
    for booking in given_up:
        booking.sequence += 1
    return tuple(given_up)


def _requests(bookings: Iterable[Booking]) -> frozenset[int]:
    return frozenset(each.id for each in bookings if each.state is BookingState.REQUESTED)


def _cancel(  # noqa: PLR0913  # what, who, when, why
    session: Session,
    booking: Booking,
    by: Actor,
    now: datetime,
    reason: str,
    *,
    out: Container[int],
) -> None:
    state = next_state(booking.state, BookingStep.CANCEL)
    if state is None:
        raise ImpossibleStepError("booking", booking.state, BookingStep.CANCEL)
    if state is BookingState.COLLECTED and booking.id not in out:
        state = next_state(state, BookingStep.CLOSE) or state
    before = {"state": booking.state.value}
    change = Change("cancel", before=before, after={"state": state.value}, reason=reason)
    if booking.state is BookingState.READY:
        take_back_ready(session, booking)
    booking.state, booking.cancelled_at = state, now
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)
