"""What staff must look at: holdings promised too often, and bookings on closed days."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking
from loans.models.closure import Closure, OpeningHours
from loans.models.terms import Terms
from loans.queries.availability import availability
from loans.queries.bookings import facts_of
from loans.queries.closed_bookings import closed_bookings
from loans.queries.overbooked import overbooked
from loans.queries.overbooked_bookings import overbooked_among
from loans.queries.viewpoint import Viewpoint
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Scope
from tests.loans.queries.conftest import See
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)
EVERYTHING = Scope(everything=True)


def days(first: int, last: int) -> Period:
    return Period(date(2026, 12, first), date(2026, 12, last))


@pytest.fixture
def everything(see: See) -> Viewpoint:
    return see(EVERYTHING)


@pytest.mark.lending("1.7", "4.4")
def test_a_holding_is_named_with_its_short_days_and_all_that_keeps_it_on_them(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(make.title("Kamera", media_type="camera"), copies=1)
    lent = make.copy(holding)
    make.loan(lent, due_on=FRIDAY)
    project = make.booking(holding, days(3, 7), 2, overbooked_reason="Projektwoche")
    single = make.booking(holding, days(7, 8))
    make.booking(holding, days(9, 9))
    (found,) = overbooked(session, see(EVERYTHING))
    assert (found.title, found.capacity, found.free) == ("Kamera", 2, -1)
    assert found.days == (days(3, 4), days(7, 7))
    assert [(each.number, each.code, each.quantity) for each in found.promises] == [
        (project.number, "", 2),
        (single.number, "", 1),
        ("", lent.barcode, 1),
    ]
    assert [each.reason for each in found.promises] == ["Projektwoche", "", ""]


@pytest.mark.lending("4.4")
def test_nothing_is_named_while_everything_can_be_kept(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, days(1, 2))
    make.booking(holding, days(3, 4))
    make.booking(holding, days(1, 4), state=BookingState.CANCELLED)
    assert overbooked(session, see(EVERYTHING)) == ()


def by_number(make: Make, copies: int) -> Holding:
    """A holding whose copies are booked each by itself."""
    holding = make.holding(booked_by=BookedBy.NUMBER)
    for _ in range(copies):
        make.copy(holding, numbered=True)
    return holding


def booked_copy(make: Make, copy: Copy, period: Period) -> Booking:
    booking = make.booking(copy.holding, period)
    booking.lines[0].copy_id = copy.id
    make.session.commit()
    return booking


@pytest.mark.lending("3.3", "4.4")
def test_a_numbered_copy_promised_twice_is_named_whatever_else_is_free(
    session: Session, make: Make, see: See
) -> None:
    holding = by_number(make, copies=3)
    copy, other, _free = holding.copies
    first = booked_copy(make, copy, days(3, 7))
    booked_copy(make, other, days(3, 7))
    second = booked_copy(make, copy, days(7, 8))
    (found,) = overbooked(session, see(EVERYTHING))
    assert (found.capacity, found.free, found.days) == (3, -1, (days(7, 7),))
    assert [each.number for each in found.promises] == [first.number, second.number]


@pytest.mark.lending("3.3", "4.2", "4.4")
@pytest.mark.parametrize(
    "gone",
    [
        pytest.param({"state": CopyState.LOST}, id="lost"),
        pytest.param({"state": CopyState.IN_REPAIR}, id="in repair"),
        pytest.param({"state": CopyState.WITHDRAWN}, id="withdrawn"),
        pytest.param({"lendable": False}, id="blocked"),
    ],
)
def test_a_booking_whose_numbered_copy_cannot_be_lent_any_more_is_named(
    session: Session, make: Make, see: See, gone: dict[str, Any]
) -> None:
    holding = by_number(make, copies=2)
    copy = holding.copies[0]
    booking = booked_copy(make, copy, days(3, 4))
    assert overbooked(session, see(EVERYTHING)) == ()
    for name, value in gone.items():
        setattr(copy, name, value)
    session.commit()
    (found,) = overbooked(session, see(EVERYTHING))
    assert (found.capacity, found.free, found.days) == (1, -1, (days(3, 4),))
    assert [each.number for each in found.promises] == [booking.number]
    told = overbooked_among(session, EVERYTHING, [facts_of(booking)], MONDAY, NOW)
    assert told == {booking.id}


@pytest.mark.lending("3.3", "4.4")
def test_a_wish_for_a_copy_that_became_one_of_many_counts_though_the_copy_is_lost(
    session: Session, make: Make, see: See
) -> None:
    holding = by_number(make, copies=2)
    copy, other = holding.copies
    booking = booked_copy(make, copy, days(3, 4))
    holding.booked_by, holding.lendable = BookedBy.POOL, 1
    copy.numbered = other.numbered = False
    copy.state = CopyState.LOST
    session.commit()
    assert overbooked(session, see(EVERYTHING)) == ()
    also = make.booking(holding, days(4, 5))
    (found,) = overbooked(session, see(EVERYTHING))
    assert (found.capacity, found.free, found.days) == (1, -1, (days(4, 4),))
    assert {each.number for each in found.promises} == {booking.number, also.number}


@pytest.mark.lending("3.3", "4.4")
def test_a_placed_copy_that_is_booked_by_number_is_named(
    session: Session, make: Make, see: See
) -> None:
    (copy,) = by_number(make, copies=1).copies
    booked_copy(make, copy, days(3, 4))
    make.loan(copy, placed=True, due_on=None)
    (found,) = overbooked(session, see(EVERYTHING))
    assert (found.capacity, found.free) == (0, -1)


@pytest.mark.lending("3.3", "4.4")
def test_a_numbered_copy_out_beyond_its_next_booking_is_named(
    session: Session, make: Make, see: See
) -> None:
    (copy,) = by_number(make, copies=1).copies
    booking = booked_copy(make, copy, days(3, 4))
    make.loan(copy, due_on=THURSDAY)
    (found,) = overbooked(session, see(EVERYTHING))
    assert found.days == (days(3, 3),)
    assert [(each.number, each.code) for each in found.promises] == [
        (booking.number, ""),
        ("", copy.barcode),
    ]


@pytest.mark.lending("3.3", "4.4")
def test_more_than_there_are_numbered_copies_is_named(
    session: Session, make: Make, see: See
) -> None:
    holding = by_number(make, copies=1)
    booked_copy(make, holding.copies[0], days(3, 4))
    unnamed = make.booking(holding, days(3, 4), 2)
    (found,) = overbooked(session, see(EVERYTHING))
    assert found.free == -2
    assert [each.number for each in found.promises] == [unnamed.number]


@pytest.mark.lending("1.7")
def test_a_preview_tells_what_moved_dates_would_overbook(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=0)
    loan = make.loan(make.copy(holding), due_on=THURSDAY)
    make.booking(holding, days(7, 9))
    view = see(EVERYTHING)
    assert overbooked(session, view) == ()
    (found,) = overbooked(session, view, {loan.id: date(2026, 12, 7)})
    assert (found.free, found.days) == (-1, (days(7, 7),))


def test_every_short_day_that_is_shown_is_named_and_no_other(
    session: Session, make: Make, see: See
) -> None:
    holdings: list[Holding] = []
    for number in range(4):
        holding = make.holding(copies=1)
        holdings.append(holding)
        for start in range(number):
            make.booking(holding, days(1 + 2 * start, 3 + 2 * start))
    numbered = by_number(make, copies=3)
    holdings.append(numbered)
    for first, last, copy in ((1, 3, 0), (3, 4, 0), (1, 4, 1), (8, 9, 1), (9, 9, 1)):
        booked_copy(make, numbered.copies[copy], days(first, last))
    view = see(EVERYTHING)
    period = Period(MONDAY, MONDAY + timedelta(days=40))
    shown = availability(session, view, [each.id for each in holdings], period)
    short = {key: {day for day in period if each.lacking_on(day)} for key, each in shown.items()}
    named = {
        each.holding_id: {day for stretch in each.days for day in stretch}
        for each in overbooked(session, view)
    }
    assert named == {key: found for key, found in short.items() if found}
    assert named


def test_whoever_does_not_see_the_centre_is_told_nothing(
    session: Session, make: Make, see: See
) -> None:
    make.booking(make.holding(copies=0), days(1, 2))
    with_closure(session, make)
    make.booking(make.holding(copies=1), days(3, 9))
    for scope in (Scope(), Scope(institution_ids=frozenset({make.the_school().id}))):
        assert overbooked(session, see(scope)) == ()
        assert closed_bookings(session, see(scope)) == ()


def with_closure(session: Session, make: Make) -> None:
    session.add(Closure(centre_id=make.the_centre().id, name="Umzug", first=THURSDAY, last=FRIDAY))
    session.commit()


@pytest.mark.lending("1.7")
def test_bookings_with_a_closed_day_at_an_end_ahead_are_named(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=9)
    begins, ends = (make.booking(holding, each) for each in (days(3, 9), days(1, 4)))
    runs = make.booking(
        holding, Period(date(2026, 11, 22), FRIDAY), state=BookingState.PARTLY_COLLECTED
    )
    make.booking(holding, days(1, 9))
    make.booking(holding, days(3, 4), state=BookingState.COLLECTED)
    with_closure(session, make)
    found = closed_bookings(session, see(EVERYTHING))
    assert [
        (each.number, each.first and each.first.name, each.last and each.last.name)
        for each in found
    ] == [
        (runs.number, None, "Umzug"),
        (ends.number, None, "Umzug"),
        (begins.number, "Umzug", None),
    ]


def test_statements_stay_the_same_however_much_is_wrong(
    engine: Engine, session: Session, make: Make, see: See
) -> None:
    def statements() -> tuple[int, int]:
        view = see(EVERYTHING)
        with counted(engine) as short:
            overbooked(session, view)
        with counted(engine) as closed:
            closed_bookings(session, view)
        session.rollback()
        return short.count, closed.count

    def fill(number: int) -> None:
        for _ in range(number):
            holding = make.holding(copies=0)
            make.loan(make.copy(holding), due_on=FRIDAY)
            make.booking(holding, days(3, 9))
            (copy,) = by_number(make, copies=1).copies
            for _ in range(2):
                booked_copy(make, copy, days(3, 9))

    with_closure(session, make)
    fill(1)
    few = statements()
    fill(5)
    assert statements() == few
    assert few <= (8, 2)


@pytest.mark.lending("4.3", "4.4")
def test_what_follows_at_a_branch_open_on_saturdays_is_overbooked_nowhere(
    session: Session, make: Make, see: See
) -> None:
    """It is looked over there on the Saturday, whatever days the first branch is open."""
    branch = make.other_branch()
    session.add(OpeningHours(branch_id=branch.id, weekday=5, opens=time(9), closes=time(12)))
    session.scalars(select(Terms)).one().service_days_after = 1
    session.commit()
    holding, place = make.holding(copies=1), make.place_at(branch)
    first = make.booking(holding, days(3, 4), place_id=place.id)
    make.booking(holding, days(7, 8), place_id=place.id)
    assert overbooked(session, see(EVERYTHING)) == ()
    among = overbooked_among(session, EVERYTHING, [facts_of(first)], MONDAY, NOW)
    assert among == frozenset()
