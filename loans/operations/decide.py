"""Decide about a requested booking: confirm it, or decline it with a reason."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.booking import Booking
from loans.operations.lock import lock
from loans.operations.tell import tell_about_booking
from loans.rules.booking_states import BookingStep, next_state
from schools.models.owed_letter import LetterKind
from schools.rules.roles import Actor, Right


def confirm(session: Session, number: str, by: Actor, now: datetime) -> Booking:
    """Confirm what was requested; its copies were kept since the request. One letter is owed.

    Raises:
        NotFoundError: no such booking at a centre of the actor.
        ImpossibleStepError: it is not a request (any more).

    Source:
        docs/rules.md, Lending 5.1.
    """
    booking = _decided(session, number, by, BookingStep.CONFIRM)
    _record(session, booking, by, Change("confirm", after={"state": booking.state.value}), now)
    tell_about_booking(session, booking, LetterKind.BOOKING_CONFIRMED, now)
    return booking


def decline(session: Session, number: str, by: Actor, now: datetime, *, reason: str) -> Booking:
    """Decline what was requested and free it at once; one letter with the reason is owed.

    Raises:
        NotFoundError: no such booking at a centre of the actor.
        ImpossibleStepError: it is not a request (any more).

    Source:
        docs/rules.md, Lending 4.3 and 5.1.
    """
    booking = _decided(session, number, by, BookingStep.DECLINE)
    change = Change("decline", after={"state": booking.state.value}, reason=reason)
    _record(session, booking, by, change, now)
    tell_about_booking(session, booking, LetterKind.BOOKING_CANCELLED, now, reason=reason)
    booking.sequence += 1
    return booking


def _decided(session: Session, number: str, by: Actor, step: BookingStep) -> Booking:
    found = session.scalar(select(Booking).where(Booking.number == number.strip().upper()))
    scope = by.scope(Right.RESERVE_FOR_OTHERS)
    if found is None or not scope.covers_centre(found.centre_id):
        raise NotFoundError("booking", number)
    lock(session, Holding, {line.holding_id for line in found.lines})
    (booking,) = lock(session, Booking, {found.id})
    state = next_state(booking.state, step)
    if state is None:
        raise ImpossibleStepError("booking", booking.state, step)
    booking.state = state
    return booking


def _record(session: Session, booking: Booking, by: Actor, change: Change, now: datetime) -> None:
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)
