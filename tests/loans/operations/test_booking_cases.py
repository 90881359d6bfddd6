"""Worked cases of advance booking from the tests of peers, end to end over both stores."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.booking import Booking
from loans.models.closure import Closure, Holiday
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.operations.book import book
from loans.operations.edit_booking import edit_booking
from loans.queries.availability import availability
from loans.queries.edits import unchanged
from loans.queries.viewpoint import Where, viewpoint_of
from loans.queries.wishes import BookingWish, LineWish
from loans.rules.codes import DayReason, Refusal
from schools.models.media_centre import Branch
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from schools.vocabularies.holidays import HolidayKind
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

Refuses = Callable[..., list[str]]


def days(first: int, last: int) -> Period:
    """Days from the Monday on that is today."""
    return Period(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


@pytest.fixture
def head(make: Make) -> Actor:
    make.centre()
    return make.actor(Role.CENTRE_ADMIN)


@pytest.fixture
def desk(make: Make, head: Actor) -> Counter:
    return counter(make)


@pytest.fixture
def refuses(session: Session, make: Make, head: Actor) -> Refuses:
    """Book for a teacher at a day; the codes of every refusal, none if it was booked."""

    def refuses(
        holding: Holding,
        period: Period,
        quantity: int = 1,
        *,
        overruling: str = "",
        place_id: int | None = None,
        today: date = MONDAY,
    ) -> list[str]:
        wish = BookingWish(
            lines=(LineWish(holding.id, quantity),),
            person_id=make.person().id,
            period=period,
            reason=OtherReason.TEST,
            place_id=place_id,
            overruling=overruling,
        )
        try:
            with unit_of_work(session):
                book(session, wish, head, today, NOW)
        except RefusedError as error:
            return [str(code) for code in error.codes]
        return []

    return refuses


def free(session: Session, head: Actor, holding: Holding, period: Period) -> int:
    """How many staff see free all over a period."""
    where = Where(holding.centre_id)
    view = viewpoint_of(session, head.scope(Right.BOOK), where, MONDAY, NOW)
    return availability(session, view, [holding.id], period)[holding.id].free_in(period)


@pytest.mark.lending("4.1")
def test_loans_count(make: Make, refuses: Refuses) -> None:
    """Case 94: a copy that is lent until Friday week is free from the Monday after it."""
    holding = make.holding(copies=1)
    holding.booked_by = BookedBy.NUMBER
    holding.copies[0].numbered, holding.lendable = True, 0
    make.loan(holding.copies[0], days=11)
    assert refuses(holding, days(7, 9)) == [Refusal.NOT_FREE]
    assert refuses(holding, days(14, 18)) == []


@pytest.mark.lending("5.3", "5.6")
def test_who_comes_to_the_desk_gets_what_a_moved_booking_leaves(
    session: Session, make: Make, desk: Counter
) -> None:
    """Case 96: refused as long as it is booked for others, then lent until the day before."""
    holding = make.holding()
    copy = make.copy(holding, numbered=True)
    booking = make.booking(holding, days(0, 7))
    booking.lines[0].copy_id = copy.id
    session.commit()
    assert desk.refused(copy, make.person()) == ["RESERVED"]
    with unit_of_work(session):
        edit_booking(session, replace(unchanged(booking), period=days(3, 7)), desk.by, MONDAY, NOW)
    lent = desk.lend(copy, make.person())
    assert lent.promised_from == days(3, 7).first
    assert lent.loan.due_on == MONDAY + timedelta(days=2)


@pytest.mark.lending("4.5")
def test_a_minimum_notice_is_kept_when_it_is_submitted(
    session: Session, make: Make, refuses: Refuses
) -> None:
    """Case 106: two working days from Friday are Tuesday, not Monday."""
    holding = make.holding(copies=1)
    session.scalars(select(Terms)).one().lead_time = 2
    session.commit()
    friday = MONDAY + timedelta(days=4)
    assert refuses(holding, days(7, 8), today=friday) == [DayReason.LEAD_TIME]
    assert refuses(holding, days(8, 9), today=friday) == []


@pytest.mark.lending("4.5")
def test_a_full_day_is_refused_as_start_and_as_end(
    session: Session, make: Make, refuses: Refuses
) -> None:
    """S30: one visit a day, and one pick-up that day."""
    holding = make.holding(copies=5)
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    make.booking(holding, days(8, 10))
    assert refuses(holding, days(8, 9)) == [DayReason.VISITS_FULL]
    assert refuses(holding, days(7, 8)) == [DayReason.VISITS_FULL]
    assert refuses(holding, days(7, 9)) == []


@pytest.mark.lending("4.5")
def test_what_the_courier_drives_is_no_visit(
    session: Session, make: Make, refuses: Refuses
) -> None:
    holding = make.holding(copies=5)
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    stop = make.courier_stop(make.the_school())
    make.booking(holding, days(8, 10), place_id=stop.id)
    assert refuses(holding, days(8, 9)) == []
    assert refuses(holding, days(8, 9)) == [DayReason.VISITS_FULL, DayReason.VISITS_FULL]
    assert refuses(holding, days(8, 10), place_id=stop.id) == []


@pytest.mark.lending("4.5")
def test_who_has_collected_early_does_not_come_again(
    session: Session, make: Make, refuses: Refuses, desk: Counter
) -> None:
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    person, holding = make.person(), make.holding(copies=2)
    make.booking(holding, days(2, 4), person=person)
    assert refuses(holding, days(2, 3)) == [DayReason.VISITS_FULL]
    desk.lend(holding.copies[0], person)
    assert refuses(holding, days(2, 3)) == []


@pytest.mark.lending("4.5")
def test_who_has_collected_for_one_day_early_comes_on_it_to_bring_it_back(
    session: Session, make: Make, refuses: Refuses, desk: Counter
) -> None:
    session.scalars(select(Branch)).one().visits_a_day = 1
    session.commit()
    person, holding = make.person(), make.holding(copies=2)
    make.booking(holding, days(2, 2), person=person)
    desk.lend(holding.copies[0], person)
    assert refuses(holding, days(2, 3)) == [DayReason.VISITS_FULL]
    desk.take_back(holding.copies[0])
    assert refuses(holding, days(2, 3)) == []


@pytest.mark.lending("1.2", "4.5")
def test_closed_days_are_known_for_as_long_ahead_as_one_may_book(
    session: Session, make: Make, refuses: Refuses
) -> None:
    holding, soon = make.holding(copies=1), days(497, 498)
    feast = MONDAY + timedelta(days=1099)
    session.scalars(select(Terms)).one().booking_horizon = None
    session.add_all(
        [
            Closure(
                centre_id=make.the_centre().id, name="Umbau", first=soon.first, last=soon.last
            ),
            Holiday(kind=HolidayKind.PUBLIC, name="Feiertag", first=feast, last=feast),
        ]
    )
    session.commit()
    assert refuses(holding, soon) == [DayReason.CLOSED, DayReason.CLOSED]
    assert refuses(holding, Period(feast, feast)) == [DayReason.HOLIDAY]


@pytest.mark.lending("4.4")
def test_the_worst_day_decides_and_exactly_full_is_no_conflict(
    session: Session, make: Make, refuses: Refuses, head: Actor
) -> None:
    """S58: seven of ten twice in a row leave three all along; six and four of ten go."""
    holding = make.holding(copies=10)
    make.booking(holding, days(7, 8), 7)
    make.booking(holding, days(9, 11), 7)
    assert free(session, head, holding, days(7, 11)) == 3
    assert refuses(holding, days(7, 11), 4) == [Refusal.NOT_FREE]
    assert refuses(holding, days(7, 11), 3) == []
    other = make.holding(copies=10)
    make.booking(other, days(8, 10), 6)
    assert refuses(other, days(9, 11), 5) == [Refusal.NOT_FREE]
    assert refuses(other, days(9, 11), 4) == []


@pytest.mark.lending("4.4")
def test_overbooked_by_one_shows_as_one_too_few(
    session: Session, make: Make, refuses: Refuses, head: Actor
) -> None:
    """S58: six and five of ten overlap; staff who book it all the same see minus one."""
    holding = make.holding(copies=10)
    make.booking(holding, days(8, 10), 6)
    assert refuses(holding, days(9, 11), 5, overruling="Projektwoche") == []
    assert free(session, head, holding, days(8, 11)) == -1
    made = session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert made is not None
    assert made.overbooked_reason == "Projektwoche"


@pytest.mark.lending("5.3")
def test_what_was_never_handed_out_is_not_taken_back(
    session: Session, make: Make, desk: Counter, refuses: Refuses
) -> None:
    """S62: and what is back of a booking is free for others while the rest is still out."""
    holding = make.holding(copies=2)
    person = make.person()
    booking = make.booking(holding, days(0, 4), 2, person=person)
    never = desk.take_back(holding.copies[0])
    assert (never.loan, never.copy.state) == (None, CopyState.AVAILABLE)
    for copy in holding.copies:
        desk.lend(copy, person)
    assert refuses(holding, days(1, 2)) == [Refusal.NOT_FREE]
    assert desk.take_back(holding.copies[0]).loan is not None
    assert booking.lines[0].quantity == 2
    assert refuses(holding, days(1, 2)) == []
    assert refuses(holding, days(1, 2)) == [Refusal.NOT_FREE]
