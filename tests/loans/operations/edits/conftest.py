"""A teacher who edits bookings."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.models.booking import Booking
from loans.operations.edit_booking import edit_booking
from loans.queries.edits import unchanged
from schools.models.person import Person
from schools.rules.roles import Actor, Role
from tests.loans.operations.edits.editing import Edits
from tests.make import MONDAY, NOW, Make


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(Role.TEACHER, person=person)


@pytest.fixture
def edits(session: Session, teacher: Actor) -> Edits:
    """Edit a booking; what the test does not name stays as it is."""

    def edits(booking: Booking, by: Actor = teacher, **change: Any) -> Booking:
        session.rollback()
        quantity = change.pop("quantity", None)
        wished = unchanged(booking)
        if quantity is not None:
            lines = {key: replace(line, quantity=quantity) for key, line in wished.lines.items()}
            wished = replace(wished, lines=lines)
        with unit_of_work(session):
            return edit_booking(session, replace(wished, **change), by, MONDAY, NOW)

    return edits
