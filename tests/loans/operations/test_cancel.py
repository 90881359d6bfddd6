"""Cancelling gives a booking up at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError
from loans.operations.cancel import cancel
from loans.rules.booking_states import BookingState
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.lending("5.1"), pytest.mark.both_stores]

DAYS = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))


def test_the_borrower_cancels_and_is_told_once(session: Session, make: Make) -> None:
    person = make.person()
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    by = make.actor(Role.TEACHER, person=person)
    with unit_of_work(session):
        cancelled = cancel(session, booking.number.lower(), by, NOW)
    assert (cancelled.state, cancelled.sequence) == (BookingState.CANCELLED, 1)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_CANCELLED
    with pytest.raises(ImpossibleStepError), unit_of_work(session):
        cancel(session, booking.number, by, NOW)


def test_staff_cancel_bookings_of_their_centre_only(session: Session, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), DAYS)
    staff, others = make.actor(Role.STAFF), make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError), unit_of_work(session):
        cancel(session, booking.number, others, NOW)
    with unit_of_work(session):
        cancelled = cancel(session, booking.number, staff, NOW)
    assert cancelled.state is BookingState.CANCELLED


def test_a_colleague_cannot_cancel(session: Session, make: Make) -> None:
    booking, colleague = make.booking(make.holding(copies=1), DAYS), make.actor(Role.TEACHER)
    with pytest.raises(NotFoundError), unit_of_work(session):
        cancel(session, booking.number, colleague, NOW)


def test_of_a_partly_collected_booking_only_the_rest_is_given_up(
    session: Session, make: Make
) -> None:
    state = BookingState.PARTLY_COLLECTED
    booking = make.booking(make.holding(copies=2), DAYS, 2, state=state)
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        cancelled = cancel(session, booking.number, staff, NOW)
    assert cancelled.state is BookingState.COLLECTED


@pytest.mark.parametrize("own", [True, False], ids=["the borrower", "staff"])
def test_who_wants_no_letters_is_told_what_staff_cancelled_only(
    session: Session, make: Make, *, own: bool
) -> None:
    person = make.person()
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    by = make.actor(Role.TEACHER, person=person) if own else make.actor(Role.STAFF)
    session.add(LetterChoice(person_id=person.id, topic=LetterTopic.BOOKINGS, mode=LetterMode.OFF))
    session.commit()
    with unit_of_work(session):
        cancel(session, booking.number, by, NOW)
    assert len(session.scalars(select(OwedLetter)).all()) == (0 if own else 1)
