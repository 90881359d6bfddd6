"""Opening days: what beats what, what returns every year, and searches that end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.errors import NoOpenDayError
from loans.rules.calendar import (
    Closure,
    DayKind,
    ExceptionalOpening,
    Hours,
    NamedDay,
    OpeningCalendar,
    joined,
)
from schools.rules.periods import Period
from tests.effort import times
from tests.loans.rules.calendars import EVERY_DAY, NEVER, SPRING_2027

pytestmark = pytest.mark.lending("1.2", "1.4")

NEW_YEAR = Closure("Christmas", date(2026, 12, 22), date(2027, 1, 6), yearly=True)
LEAP_DAY = Closure("Leap day", date(2028, 2, 29), date(2028, 2, 29), yearly=True)
BRIDGE = Closure("Bridge day", date(2027, 5, 7), date(2027, 5, 7))
FAIR = ExceptionalOpening(date(2027, 5, 6), name="Media fair")


@pytest.mark.lending("1.2")
@pytest.mark.parametrize(
    ("calendar", "day", "kind"),
    [
        pytest.param(SPRING_2027, date(2027, 4, 30), DayKind.OPEN, id="a Friday is open"),
        pytest.param(
            SPRING_2027, date(2027, 5, 1), DayKind.CLOSED_WEEKLY, id="a Saturday is closed"
        ),
        pytest.param(
            SPRING_2027, date(2027, 5, 6), DayKind.PUBLIC_HOLIDAY, id="a holiday beats the weekday"
        ),
        pytest.param(
            replace(SPRING_2027, closures=(Closure("Move", date(2027, 5, 3), date(2027, 5, 7)),)),
            date(2027, 5, 6),
            DayKind.CLOSURE,
            id="a closure beats a holiday",
        ),
        pytest.param(
            replace(SPRING_2027, closures=(BRIDGE,), openings=(FAIR,)),
            date(2027, 5, 6),
            DayKind.EXCEPTIONAL,
            id="an exceptional opening beats everything",
        ),
    ],
)
def test_the_strongest_reason_decides(calendar: OpeningCalendar, day: date, kind: DayKind) -> None:
    assert calendar.day_kind(day) is kind


def test_a_closed_day_says_its_name() -> None:
    assert SPRING_2027.day(date(2027, 5, 6)).name == "Ascension Day"


@pytest.mark.lending("1.2")
@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param(date(2027, 12, 29), False, id="case 10: the year after, before New Year"),
        pytest.param(date(2028, 1, 4), False, id="case 10: the year after, behind New Year"),
        pytest.param(date(2028, 1, 7), True, id="case 10: the first Friday after it"),
        pytest.param(date(2025, 12, 29), True, id="not before its first year"),
        pytest.param(date(2026, 1, 5), True, id="nor in the January before it"),
    ],
)
def test_a_yearly_closure_returns_over_new_year(day: date, *, is_open: bool) -> None:
    assert replace(EVERY_DAY, closures=(NEW_YEAR,)).is_open(day) is is_open


@pytest.mark.lending("1.2")
@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param(date(2028, 2, 29), False, id="the 29th in a leap year"),
        pytest.param(date(2028, 2, 28), True, id="not the 28th in a leap year"),
        pytest.param(date(2029, 2, 28), False, id="the 28th in any other year"),
        pytest.param(date(2029, 3, 1), True, id="never the first of March"),
    ],
)
def test_a_yearly_29_february_means_the_28th_in_other_years(day: date, *, is_open: bool) -> None:
    assert replace(EVERY_DAY, closures=(LEAP_DAY,)).is_open(day) is is_open


@pytest.mark.lending("1.2")
def test_a_closed_day_may_still_be_worked_on() -> None:
    stocktaking = replace(BRIDGE, processed=True)
    calendar = OpeningCalendar(closures=(stocktaking,), processed_weekdays=frozenset({5}))
    processed = [calendar.is_processed(date(2027, 5, day)) for day in (6, 7, 8, 9)]
    opened = [calendar.is_open(date(2027, 5, day)) for day in (6, 7, 8, 9)]
    assert processed == [True, True, True, False]
    assert opened == [True, False, False, False]


def test_a_single_closure_speaks_for_a_day_it_shares_with_a_yearly_one() -> None:
    move = Closure("Move", date(2027, 12, 27), date(2027, 12, 27), processed=True)
    calendar = OpeningCalendar(closures=(move, NEW_YEAR))
    assert calendar.day(date(2027, 12, 27)).name == "Move"
    assert calendar.is_processed(date(2027, 12, 27))


@pytest.mark.lending("1.3")
def test_hours_that_touch_are_joined() -> None:
    morning, noon = Hours(time(8), time(12)), Hours(time(12), time(14))
    evening = Hours(time(16), time(18))
    assert joined((evening, noon, morning)) == (Hours(time(8), time(14)), evening)


def test_a_day_shows_its_own_hours() -> None:
    hours = Hours(time(8), time(16))
    calendar = OpeningCalendar(hours=((0, hours),), openings=(FAIR,))
    assert calendar.day(date(2027, 5, 3)).hours == (hours,)
    assert calendar.day(date(2027, 5, 4)).hours == ()


@pytest.mark.lending("1.4")
@pytest.mark.parametrize(
    "search",
    [
        pytest.param(NEVER.next_open_day, id="forward"),
        pytest.param(NEVER.previous_open_day, id="backward"),
        pytest.param(lambda day: NEVER.open_days_after(day, 3), id="counting open days"),
        pytest.param(lambda day: NEVER.processed_days_after(day, -1), id="counting work days"),
    ],
)
def test_a_search_without_open_day_ends_with_a_clear_error(
    search: Callable[[date], date],
) -> None:
    """Case 12."""
    with pytest.raises(NoOpenDayError, match="no open day within 366 days of 2027-05-0"):
        search(date(2027, 5, 3))


@pytest.mark.lending("1.5")
def test_open_days_are_counted_in_either_order() -> None:
    """Case 14."""
    july, september = date(2012, 7, 23), date(2012, 9, 17)
    assert OpeningCalendar().open_days_between(july, september) == 40
    assert OpeningCalendar().open_days_between(september, july) == 40


def test_working_holidays_are_told_from_school_holidays() -> None:
    easter = Period(date(2027, 3, 22), date(2027, 4, 3))
    calendar = replace(SPRING_2027, school_holidays=(easter,))
    assert calendar.is_school_holiday(date(2027, 3, 23))
    assert calendar.is_open(date(2027, 3, 23))
    assert calendar.is_public_holiday(date(2027, 3, 26))


DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
CLOSURES = st.builds(
    lambda first, length, yearly: Closure(
        "closed", first, first + timedelta(days=length), yearly=yearly
    ),
    DAYS,
    st.integers(0, 40),
    st.booleans(),
)
CALENDARS = st.builds(
    OpeningCalendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    closures=st.lists(CLOSURES, max_size=4).map(tuple),
    openings=st.lists(st.builds(ExceptionalOpening, DAYS), max_size=2).map(tuple),
    public_holidays=st.lists(st.builds(NamedDay, DAYS, st.just("")), max_size=3).map(tuple),
)


def closed_by(closure: Closure, day: date) -> bool:
    """Tell it naively: move the closure on, year by year."""
    later = range(day.year - closure.first.year + 1) if closure.yearly else range(1)
    shifted = [(_moved(closure.first, years), _moved(closure.last, years)) for years in later]
    return any(first <= day <= last for first, last in shifted)


def _moved(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


@pytest.mark.lending("1.2")
@settings(max_examples=times(ci=100, soak=5000), deadline=None)
@given(CALENDARS, DAYS)
def test_a_day_is_open_as_a_naive_reading_of_the_rules_says(
    calendar: OpeningCalendar, day: date
) -> None:
    opened = any(opening.day == day for opening in calendar.openings)
    closed = any(closed_by(closure, day) for closure in calendar.closures)
    ordinary = day.weekday() in calendar.weekdays and not calendar.is_public_holiday(day)
    expected = opened or (ordinary and not closed)
    assert calendar.is_open(day) is expected


@settings(max_examples=times(ci=50, soak=2000), deadline=None)
@given(CALENDARS, DAYS, st.integers(1, 5))
def test_going_back_as_many_open_days_never_lands_after_the_start(
    calendar: OpeningCalendar, day: date, count: int
) -> None:
    later = calendar.open_days_after(day, count)
    assert calendar.open_days_between(day, later) == count
    assert calendar.open_days_after(later, -count) <= day
