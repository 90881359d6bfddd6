"""A booking lives on with what it names, though that is gone meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import (
    NotFoundError,
    RefusedError,
)
from loans.models.booking import Booking
from loans.operations.book_by import book_by
from loans.operations.cancel import cancel
from loans.operations.revive import revive
from loans.queries.wishes import LineWish
from loans.rules.booking_states import BookingState
from loans.rules.codes import Refusal
from schools.models.person import Person
from schools.rules.roles import Actor, Role
from tests.loans.operations.edits.editing import DAYS, Edits, codes, days
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("5.3")
def test_the_booking_of_somebody_who_left_is_refused_with_the_day(
    make: Make, edits: Edits
) -> None:
    """S52."""
    yesterday = MONDAY - timedelta(days=1)
    booking = make.booking(make.holding(copies=1), DAYS, person=make.person(until=yesterday))
    with pytest.raises(RefusedError) as refused:
        edits(booking, by=make.actor(Role.STAFF), period=days(9, 11))
    (reason,) = refused.value.refusals
    assert (reason.code, reason.facts) == (Refusal.MEMBERSHIP_ENDED, {"until": yesterday})
    head = make.actor(Role.CENTRE_ADMIN)
    moved = edits(booking, by=head, period=days(9, 11), overruling="Die Klasse holt es ab.")
    assert moved.first == MONDAY + timedelta(days=9)


@pytest.mark.lending("5.3")
def test_a_booking_lives_on_with_what_is_hidden_meanwhile(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, person=person)
    holding.visible = False
    session.commit()
    assert edits(booking, period=days(8, 11)).last == MONDAY + timedelta(days=11)


@pytest.mark.lending("5.3", "6.1")
def test_a_booking_lives_on_with_a_unit_that_is_retired_but_takes_no_other(
    session: Session, make: Make, edits: Edits, teacher: Actor, person: Person
) -> None:
    unit, other = make.unit(), make.unit()
    booking = make.booking(
        make.holding(copies=1), DAYS, person=person, unit_id=unit.id, reason=None
    )
    unit.retired_on = other.retired_on = MONDAY
    session.commit()
    assert edits(booking, period=days(9, 11)).unit_id == unit.id
    with pytest.raises(NotFoundError):
        edits(booking, period=days(8, 10), unit_id=other.id)
    with unit_of_work(session):
        cancel(session, booking.number, teacher, NOW)
    with unit_of_work(session):
        revived = revive(session, booking.number, teacher, MONDAY, NOW)
    assert revived.state is BookingState.CONFIRMED


def numbered(make: Make, person: Person) -> Booking:
    """Book the first of two copies by its number."""
    holding = make.holding(booked_by=BookedBy.NUMBER)
    first, _second = make.copy(holding, numbered=True), make.copy(holding, numbered=True)
    booking = make.booking(holding, DAYS, person=person)
    booking.lines[0].copy_id = first.id
    make.session.commit()
    return booking


@pytest.mark.lending("3.3", "5.3")
def test_a_copy_that_was_withdrawn_is_free_on_no_other_days(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    booking = numbered(make, person)
    (line,) = booking.lines
    session.get_one(Copy, line.copy_id).state = CopyState.WITHDRAWN
    session.commit()
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(9, 11))
    assert codes(refused) == [Refusal.NOT_FREE]
    assert edits(booking, period=days(8, 9)).last == MONDAY + timedelta(days=9)
    other = booking.lines[0].holding.copies[1].id
    swapped = {line.id: LineWish(line.holding_id, 1, other)}
    assert edits(booking, period=days(9, 11), lines=swapped).lines[0].copy_id == other


@pytest.mark.lending("3.3", "5.3")
def test_a_copy_that_belongs_to_a_pool_meanwhile_counts_there(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    booking, head = numbered(make, person), make.actor(Role.CENTRE_ADMIN)
    holding = booking.lines[0].holding
    session.rollback()
    with unit_of_work(session):
        book_by(session, holding.id, BookedBy.POOL, head, NOW)
    make.booking(holding, days(15, 17), 2)
    assert edits(booking, period=days(22, 24)).first == MONDAY + timedelta(days=22)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(16, 18))
    assert codes(refused) == [Refusal.NOT_FREE]


@pytest.mark.lending("5.3")
def test_what_was_to_be_handed_over_at_a_closed_place_is_not_taken_up_again(
    session: Session, make: Make, teacher: Actor, person: Person
) -> None:
    place = make.place_at(make.other_branch())
    booking = make.booking(
        make.holding(copies=1),
        DAYS,
        person=person,
        place_id=place.id,
        state=BookingState.CANCELLED,
    )
    place.active = False
    session.commit()
    number = booking.number
    session.rollback()
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        revive(session, number, teacher, MONDAY, NOW)
    assert codes(refused) == [Refusal.PLACE_CLOSED]
