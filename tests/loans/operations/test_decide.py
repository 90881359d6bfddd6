"""Requested bookings are confirmed or declined by the staff of their centre."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError
from loans.operations.decide import confirm, decline
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.make import MONDAY, NOW, Make

DAYS = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))


def test_staff_confirm_a_request_once(session: Session, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, state=BookingState.REQUESTED)
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        assert confirm(session, booking.number, staff, NOW).state is BookingState.CONFIRMED
    assert session.scalars(select(OwedLetter)).one().kind is LetterKind.BOOKING_CONFIRMED
    with pytest.raises(ImpossibleStepError), unit_of_work(session):
        confirm(session, booking.number, staff, NOW)


def test_who_is_declined_is_told_why(session: Session, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, state=BookingState.REQUESTED)
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        declined = decline(session, booking.number, staff, NOW, reason="Nur mit Einweisung.")
    assert declined.state is BookingState.DECLINED
    assert session.scalars(select(OwedLetter)).one().facts["reason"] == "Nur mit Einweisung."


def test_teachers_and_other_centres_decide_nothing(session: Session, make: Make) -> None:
    person = make.person()
    booking = make.booking(
        make.holding(copies=1), DAYS, person=person, state=BookingState.REQUESTED
    )
    for by in (
        make.actor(Role.TEACHER, person=person),
        make.actor(Role.STAFF, centre=make.centre()),
    ):
        with pytest.raises(NotFoundError), unit_of_work(session):
            confirm(session, booking.number, by, NOW)
