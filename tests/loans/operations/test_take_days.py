"""The days of a hold become a booking as soon as they can be had; nothing is lost if not."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.booking import Booking
from loans.models.hold import Hold, HoldState
from loans.models.purpose import OtherReason
from loans.operations.take_days import DaysWish, take_days
from loans.rules.booking_states import BookingState
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor
from tests.loans.operations.desks import counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

DAYS = Period(MONDAY + timedelta(days=21), MONDAY + timedelta(days=25))


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(person=person)


@pytest.fixture
def holding(make: Make) -> Holding:
    return make.holding(copies=1)


def wait(make: Make, holding: Holding, person: Person | None = None) -> Hold:
    return make.hold(holding, person, first=DAYS.first, last=DAYS.last)


def take(session: Session, hold: Hold, by: Actor) -> Booking:
    wish = DaysWish(hold.id, reason=OtherReason.PREVIEW, class_name="7b")
    with unit_of_work(session):
        return take_days(session, wish, by, MONDAY, NOW)


@pytest.mark.lending("5.2", "7.1")
def test_days_that_are_free_become_a_booking_and_the_hold_is_fulfilled(
    make: Make, holding: Holding, person: Person, teacher: Actor, session: Session
) -> None:
    hold, second = wait(make, holding, person), make.hold(holding)
    booking = take(session, hold, teacher)
    assert (booking.first, booking.last, booking.person_id) == (DAYS.first, DAYS.last, person.id)
    assert (booking.state, booking.class_name) == (BookingState.CONFIRMED, "7b")
    assert booking.place_id == hold.place_id
    assert hold.state is HoldState.FULFILLED
    assert second.rank == 1


@pytest.mark.lending("7.1")
def test_days_to_be_fetched_at_a_counter_that_is_closed_are_fetched_at_another_there(
    make: Make, holding: Holding, person: Person, teacher: Actor, session: Session
) -> None:
    branch = make.other_branch()
    closed, hold = make.place_at(branch), wait(make, holding, person)
    open_one = PickupPlace(centre_id=closed.centre_id, branch_id=branch.id, name="Theke 2")
    hold.place_id, closed.active = closed.id, False
    session.add(open_one)
    session.commit()
    assert take(session, hold, teacher).place_id == open_one.id


@pytest.mark.lending("5.2", "7.1")
def test_days_that_are_booked_by_others_cost_nobody_the_place_in_line(
    make: Make, holding: Holding, person: Person, teacher: Actor, session: Session
) -> None:
    make.booking(holding, DAYS)
    hold = wait(make, holding, person)
    with pytest.raises(RefusedError) as error:
        take(session, hold, teacher)
    assert list(error.value.codes) == ["NOT_FREE"]
    session.rollback()
    assert (hold.state, hold.rank) == (HoldState.WAITING, 1)
    assert len(session.scalars(select(Booking)).all()) == 1


@pytest.mark.lending("7.2")
def test_the_copy_that_was_kept_does_not_stand_in_its_own_way_and_serves_the_next(
    make: Make, holding: Holding, person: Person, teacher: Actor, session: Session
) -> None:
    copy = holding.copies[0]
    make.loan(copy)
    desk = counter(make)
    hold, second = wait(make, holding, person), make.hold(holding)
    desk.take_back(copy)
    states = [hold.state]
    take(session, hold, teacher)
    assert [*states, hold.state] == [HoldState.SET_ASIDE, HoldState.FULFILLED]
    assert (second.state, second.copy_id) == (HoldState.SET_ASIDE, copy.id)
    assert copy.state is CopyState.SET_ASIDE
    told = session.scalars(select(OwedLetter).where(OwedLetter.kind == LetterKind.HOLD_READY))
    assert [each.to_address for each in told if each.state is LetterState.OWED] == [
        second.person.email
    ]


@pytest.mark.lending("7.1")
def test_a_hold_without_days_or_that_is_over_has_none_to_take(
    make: Make, holding: Holding, person: Person, teacher: Actor, session: Session
) -> None:
    whenever = make.hold(holding, person)
    over = make.hold(
        holding, person, first=DAYS.first, last=DAYS.last, state=HoldState.CANCELLED, rank=2
    )
    for hold in (whenever, over):
        with pytest.raises(RefusedError) as error:
            take(session, hold, teacher)
        assert list(error.value.codes) == ["HOLD_OVER"]


@pytest.mark.lending("12.1")
def test_nobody_takes_the_days_of_somebody_else(
    make: Make, holding: Holding, teacher: Actor, session: Session
) -> None:
    hold = wait(make, holding)
    with pytest.raises(NotFoundError):
        take(session, hold, teacher)
