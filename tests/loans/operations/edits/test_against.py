"""What stands against an edit, and what does not."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.errors import (
    RefusedError,
)
from loans.models.terms import Terms
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal
from schools.models.media_centre import Branch, PickupPlace
from schools.models.person import Person
from tests.loans.operations.desks import counter
from tests.loans.operations.edits.editing import DAYS, Edits, codes, days, letters
from tests.make import Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("5.3")
def test_an_edit_does_not_collide_with_itself(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    """Case 92."""
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    moved = edits(booking, period=days(9, 11))
    assert (moved.first, moved.last, moved.state) == (
        days(9, 11).first,
        days(9, 11).last,
        BookingState.CONFIRMED,
    )


@pytest.mark.lending("4.5", "5.3")
def test_an_edit_does_not_collide_with_its_own_visits(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    other = PickupPlace(centre_id=make.the_centre().id, branch_id=make.branch().id, name="Theke 2")
    session.add(other)
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    assert edits(booking, place_id=other.id).place_id == other.id
    assert edits(booking, period=days(10, 14)).first == DAYS.last


@pytest.mark.lending("4.5", "5.3")
def test_an_earlier_first_day_may_make_it_too_long(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    session.scalars(select(Terms)).one().loan_period = 4
    session.commit()
    booking = make.booking(make.holding(copies=1), days(17, 18), person=person)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(7, 18))
    assert codes(refused) == [DayReason.TOO_LONG]
    assert edits(booking, period=days(15, 18)).first == days(15, 18).first


@pytest.mark.lending("4.5", "5.3")
def test_what_runs_uncollected_may_be_collected_elsewhere(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    other = PickupPlace(centre_id=make.the_centre().id, branch_id=make.branch().id, name="Theke 2")
    session.add(other)
    session.commit()
    booking = make.booking(make.holding(copies=1), days(-3, 4), person=person)
    assert edits(booking, place_id=other.id).place_id == other.id


@pytest.mark.lending("4.3", "5.3")
def test_the_rest_of_a_booking_is_extended_though_what_came_back_is_booked_by_others(
    make: Make, edits: Edits, person: Person
) -> None:
    """S62: what was returned is others' to book; only the rest must be free."""
    holding, desk = make.holding(copies=2), counter(make)
    booking = make.booking(holding, days(0, 3), 2, person=person)
    desk.lend(holding.copies[0], person)
    desk.take_back(holding.copies[0])
    make.booking(holding, days(1, 9))
    assert edits(booking, period=days(0, 4)).last == days(0, 4).last
    with pytest.raises(RefusedError) as refused:
        edits(booking, quantity=3)
    assert codes(refused) == [Refusal.NOT_FREE]


@pytest.mark.lending("5.3")
def test_bookings_that_are_off_or_over_never_block(
    make: Make, edits: Edits, person: Person
) -> None:
    """Case 92."""
    holding = make.holding(copies=1)
    for state in (
        BookingState.CANCELLED,
        BookingState.DECLINED,
        BookingState.LAPSED,
        BookingState.CLOSED,
    ):
        make.booking(holding, days(9, 11), state=state)
    booking = make.booking(holding, DAYS, person=person)
    assert edits(booking, period=days(9, 11)).first == days(9, 11).first


@pytest.mark.lending("5.3", "5.2")
def test_others_refuse_a_longer_booking_with_every_reason_at_once(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, person=person)
    make.booking(holding, days(11, 11))
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(8, 12), reason=None)
    assert set(codes(refused)) == {DayReason.CLOSED, Refusal.NOT_FREE, Refusal.NO_PURPOSE}
    session.expire_all()
    assert (booking.last, booking.sequence) == (DAYS.last, 0)
    assert letters(session) == []


@pytest.mark.lending("5.3")
def test_shortening_and_reducing_go_whatever_stands_against_it(
    session: Session, make: Make, edits: Edits, person: Person
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, days(8, 14), 2, person=person)
    make.booking(holding, days(8, 14), 2)
    person.blocked = True
    session.commit()
    shorter = edits(booking, period=days(8, 12), quantity=1)
    assert (shorter.last, shorter.lines[0].quantity) == (days(8, 12).last, 1)


@pytest.mark.lending("5.3")
def test_nothing_is_shortened_into_the_past(make: Make, edits: Edits, person: Person) -> None:
    booking = make.booking(make.holding(copies=1), days(-3, 3), person=person)
    with pytest.raises(RefusedError) as refused:
        edits(booking, period=days(-3, -1))
    assert codes(refused) == [DayReason.PAST]


@pytest.mark.lending("4.3", "5.3")
def test_more_of_a_partly_collected_booking_comes_beside_what_is_out(
    make: Make, edits: Edits, person: Person
) -> None:
    holding, desk = make.holding(copies=2), counter(make)
    booking = make.booking(holding, days(0, 3), 2, person=person)
    desk.lend(holding.copies[0], person)
    with pytest.raises(RefusedError) as refused:
        edits(booking, quantity=3)
    assert codes(refused) == [Refusal.NOT_FREE]
