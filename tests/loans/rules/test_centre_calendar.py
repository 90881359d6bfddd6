"""A centre's calendar, changed and looked at for faults and for the days it closes."""

from datetime import date, time

import pytest

from loans.rules.calendar import Closure, ExceptionalOpening, Hours, NamedDay
from loans.rules.calendar_faults import CalendarFault
from loans.rules.centre_calendar import (
    NEW,
    CentreCalendar,
    Closing,
    PlacedClosure,
    PlacedOpening,
    Week,
)
from schools.rules.periods import Period

MAIN, SOUTH = 1, 2
CENTRE = 7
OPEN = Hours(time(8), time(16))
MONDAY_TO_FRIDAY = Week(tuple((weekday, OPEN) for weekday in range(5)))
TWO_BRANCHES = CentreCalendar({MAIN: MONDAY_TO_FRIDAY, SOUTH: Week(((0, OPEN),))})
MONDAY, TUESDAY, SATURDAY = date(2027, 5, 3), date(2027, 5, 4), date(2027, 5, 8)
MOVE = Closure("Move", MONDAY, TUESDAY)


def closed(
    branch_id: int | None = None, closure: Closure = MOVE, row_id: int = NEW
) -> PlacedClosure:
    return PlacedClosure(row_id, branch_id, closure)


def test_a_closure_of_the_centre_holds_at_each_branch_one_of_a_branch_there_only() -> None:
    everywhere = TWO_BRANCHES.with_closure(closed())
    one = TWO_BRANCHES.with_closure(closed(SOUTH))
    assert not everywhere.of(MAIN).is_open(MONDAY)
    assert not everywhere.of(SOUTH).is_open(MONDAY)
    assert one.of(MAIN).is_open(MONDAY)
    assert not one.of(SOUTH).is_open(MONDAY)


def test_an_opening_holds_where_it_is_placed() -> None:
    fair = PlacedOpening(NEW, MAIN, ExceptionalOpening(SATURDAY, (OPEN,), "Fair"))
    calendar = TWO_BRANCHES.with_opening(fair)
    assert calendar.of(MAIN).is_open(SATURDAY)
    assert not calendar.of(SOUTH).is_open(SATURDAY)
    assert not calendar.without_opening(NEW).of(MAIN).is_open(SATURDAY)


def test_what_has_the_same_id_is_replaced() -> None:
    calendar = TWO_BRANCHES.with_closure(closed(row_id=4))
    later = Closure("Move", TUESDAY, TUESDAY)
    assert calendar.with_closure(closed(row_id=4, closure=later)).of(MAIN).is_open(MONDAY)
    assert calendar.without_closure(4).of(MAIN).is_open(TUESDAY)


def test_a_week_is_of_one_branch() -> None:
    saturdays = Week(((5, OPEN),), frozenset({4}))
    calendar = TWO_BRANCHES.with_week(SOUTH, saturdays)
    assert calendar.of(SOUTH).is_open(SATURDAY)
    assert calendar.of(SOUTH).is_processed(date(2027, 5, 7))
    assert not calendar.of(MAIN).is_open(SATURDAY)


@pytest.mark.lending("1.3")
def test_only_new_faults_refuse_an_edit_and_each_is_told_once() -> None:
    two = TWO_BRANCHES.with_closure(closed(row_id=4)).with_closure(closed(row_id=5))
    (fault,) = two.faults_beyond(TWO_BRANCHES)
    assert (fault.kind, fault.names) == (CalendarFault.CLOSURES_OVERLAP, ("Move", "Move"))
    assert two.with_closure(closed(row_id=6)).faults_beyond(two) == (fault,)
    elsewhere = closed(row_id=6, closure=Closure("Trip", SATURDAY, SATURDAY))
    assert two.with_closure(elsewhere).faults_beyond(two) == ()


@pytest.mark.lending("1.3")
def test_a_branch_that_loses_its_last_open_weekday_is_refused_though_another_never_had_one() -> (
    None
):
    calendar = TWO_BRANCHES.with_week(SOUTH, Week())
    (fault,) = calendar.with_week(MAIN, Week()).faults_beyond(calendar)
    assert fault.kind is CalendarFault.NO_OPEN_WEEKDAY


@pytest.mark.lending("1.7")
def test_a_closure_closes_only_days_that_would_have_been_open() -> None:
    holiday = NamedDay(date(2027, 5, 6), "Ascension Day")
    before = CentreCalendar(TWO_BRANCHES.weeks, public_holidays=(holiday,))
    week = Closure("Week", date(2027, 5, 3), date(2027, 5, 9))
    closing = Closing(CENTRE, before, before.with_closure(closed(closure=week)))
    span = Period(date(2027, 5, 1), date(2027, 5, 31))
    assert closing.closed_days(span) == {date(2027, 5, day) for day in (3, 4, 5, 7)}
    assert not closing.closes(SOUTH, TUESDAY)
    assert closing.next_open_day(MAIN, MONDAY) == date(2027, 5, 10)


def test_dropping_a_weekday_closes_it_and_removing_a_closure_closes_nothing() -> None:
    no_mondays = TWO_BRANCHES.with_week(MAIN, Week(MONDAY_TO_FRIDAY.hours[1:]))
    span = Period(MONDAY, SATURDAY)
    assert Closing(CENTRE, TWO_BRANCHES, no_mondays).closed_days(span) == {MONDAY}
    with_closure = TWO_BRANCHES.with_closure(closed())
    assert Closing(CENTRE, with_closure, TWO_BRANCHES).closed_days(span) == frozenset()


def test_a_centre_closed_for_years_has_no_next_open_day() -> None:
    ages = Closure("Ruin", MONDAY, date(2029, 1, 1))
    closing = Closing(CENTRE, TWO_BRANCHES, TWO_BRANCHES.with_closure(closed(closure=ages)))
    assert closing.next_open_day(MAIN, MONDAY) is None
