"""From the weeks of a teaching unit to one booking's days."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.errors import NoOpenDayError
from loans.rules.booking_days import BookingDays, BookingRules, Place, Tours
from loans.rules.calendar import Closure, NamedDay, OpeningCalendar
from loans.rules.due_dates import Basis, Days, LoanPeriod
from loans.rules.unit_periods import (
    bookable_from,
    longest_part,
    other_weeks,
    reached_by_courier,
    still_to_come,
    unit_period,
)
from schools.rules.periods import Period
from tests.loans.rules.calendars import EVERY_DAY, NEVER

pytestmark = pytest.mark.lending("6.2")

MONDAY = date(2026, 11, 30)
CHRISTMAS = Period(date(2026, 12, 23), date(2027, 1, 6))
SCHOOL = OpeningCalendar(
    public_holidays=(NamedDay(date(2027, 3, 26), "Good Friday"),), school_holidays=(CHRISTMAS,)
)
"""A place open Monday to Friday; the holidays at Christmas close schools only."""


def weeks(first: date, number: int = 1) -> Period:
    return Period(first, first + timedelta(days=7 * number - 1))


def days(calendar: OpeningCalendar = SCHOOL, movable: Iterable[date] = ()) -> Days:
    return Days(calendar, frozenset(movable))


@pytest.mark.parametrize(
    ("asked", "of", "expected"),
    [
        pytest.param(
            weeks(MONDAY),
            days(),
            Period(MONDAY, date(2026, 12, 4)),
            id="one week: Monday to Friday",
        ),
        pytest.param(
            weeks(date(2026, 12, 14), 4),
            days(),
            Period(date(2026, 12, 14), date(2027, 1, 8)),
            id="holidays inside are included",
        ),
        pytest.param(
            weeks(date(2026, 12, 21), 2),
            days(),
            Period(date(2026, 12, 21), date(2026, 12, 22)),
            id="holidays at the end are not",
        ),
        pytest.param(weeks(date(2026, 12, 28)), days(), None, id="a week of holidays: nothing"),
        pytest.param(
            weeks(MONDAY),
            days(movable=[MONDAY, date(2026, 12, 4)]),
            Period(date(2026, 12, 1), date(2026, 12, 3)),
            id="the school's movable days are none of its school days",
        ),
        pytest.param(
            weeks(MONDAY),
            days(movable=[MONDAY + timedelta(days=each) for each in range(5)]),
            None,
            id="a week of movable days: nothing",
        ),
        pytest.param(
            weeks(date(2027, 3, 22)),
            days(),
            Period(date(2027, 3, 22), date(2027, 3, 25)),
            id="a public holiday is no school day",
        ),
        pytest.param(
            weeks(MONDAY),
            days(OpeningCalendar(weekdays=frozenset({1, 3}))),
            Period(date(2026, 11, 26), date(2026, 12, 8)),
            id="both ends move outward to open days of the place",
        ),
        pytest.param(
            weeks(MONDAY),
            days(
                OpeningCalendar(
                    closures=(Closure("Umzug", date(2026, 11, 25), date(2026, 12, 9)),)
                )
            ),
            Period(date(2026, 11, 24), date(2026, 12, 10)),
            id="around a closure of the whole unit",
        ),
    ],
)
def test_the_days_of_a_unit(asked: Period, of: Days, expected: Period | None) -> None:
    assert unit_period(asked, of) == expected


def test_a_place_that_never_opens_is_told_and_loops_nowhere() -> None:
    with pytest.raises(NoOpenDayError):
        unit_period(weeks(MONDAY), days(NEVER))


CALENDARS = st.builds(
    OpeningCalendar,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    school_holidays=st.lists(
        st.builds(
            lambda first, length: Period(
                MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + length)
            ),
            st.integers(-20, 60),
            st.integers(0, 30),
        ),
        max_size=2,
    ).map(tuple),
)


@given(
    CALENDARS,
    st.integers(1, 6),
    st.frozensets(st.integers(0, 41).map(lambda day: MONDAY + timedelta(days=day)), max_size=9),
)
def test_every_school_day_lies_inside_and_nothing_could_be_left_off(
    calendar: OpeningCalendar, number: int, movable: frozenset[date]
) -> None:
    asked, of = weeks(MONDAY, number), Days(calendar, movable)
    taught = [day for day in asked if of.counts(day, Basis.SCHOOL_DAYS)]
    found = unit_period(asked, of)
    if not taught:
        assert found is None
        return
    assert found is not None
    assert calendar.is_open(found.first)
    assert calendar.is_open(found.last)
    assert all(found.contains(day) for day in taught)
    one_day = timedelta(days=1)
    assert not any(
        calendar.is_open(day)
        for day in Period(found.first, taught[0])
        if found.first < day <= taught[0]
    )
    assert not any(
        calendar.is_open(day)
        for day in Period(taught[-1], found.last)
        if taught[-1] <= day < found.last
    )
    assert found.first - one_day < taught[0]


@pytest.mark.parametrize(
    ("earliest", "expected"),
    [
        pytest.param(MONDAY, Period(MONDAY, date(2026, 12, 18)), id="in time: the whole"),
        pytest.param(
            date(2026, 12, 5),
            Period(date(2026, 12, 7), date(2026, 12, 18)),
            id="begun: from the next open day on",
        ),
        pytest.param(date(2026, 12, 19), None, id="over"),
    ],
)
def test_what_has_begun_is_had_for_the_rest(earliest: date, expected: Period | None) -> None:
    assert still_to_come(Period(MONDAY, date(2026, 12, 18)), earliest, SCHOOL) == expected


def booking_days(
    rules: BookingRules, tours: Tours | None = None, calendar: OpeningCalendar = SCHOOL
) -> BookingDays:
    courier = 0 if tours is None else 1
    place = Place(Days(calendar), courier_before=courier, courier_after=courier, tours=tours)
    return BookingDays(place, rules, MONDAY - timedelta(days=21))


@pytest.mark.parametrize(
    ("allowed", "last"),
    [
        pytest.param(LoanPeriod(14), date(2026, 12, 14), id="fourteen days"),
        pytest.param(LoanPeriod(12), date(2026, 12, 14), id="to the next open day, as a loan"),
        pytest.param(LoanPeriod(60), date(2026, 12, 18), id="more than enough"),
        pytest.param(LoanPeriod(0), MONDAY, id="the same day"),
    ],
)
def test_the_longest_part_that_is_allowed(allowed: LoanPeriod, last: date) -> None:
    found = longest_part(
        Period(MONDAY, date(2026, 12, 18)), booking_days(BookingRules(longest=allowed))
    )
    assert found == Period(MONDAY, last)


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_longest_part_is_allowed_and_no_longer_one_is(length: int, allowed: int) -> None:
    of = booking_days(BookingRules(longest=LoanPeriod(allowed)), calendar=EVERY_DAY)
    whole = Period(MONDAY, MONDAY + timedelta(days=length))
    part = longest_part(whole, of)
    assert of.end_reasons(part.last, part.first) == ()
    longer = [day for day in whole if day > part.last]
    assert all(of.end_reasons(day, whole.first) for day in longer)


def test_beyond_the_horizon_the_day_is_told_from_which_it_goes() -> None:
    of = booking_days(BookingRules(horizon=30))
    wanted = Period(MONDAY, date(2026, 12, 18))
    day = bookable_from(wanted, of)
    assert day == date(2026, 11, 18)
    place = Place(Days(SCHOOL))
    then = BookingDays(place, BookingRules(horizon=30), day)
    assert then.end_reasons(wanted.last, wanted.first) == ()
    before = BookingDays(place, BookingRules(horizon=30), day - timedelta(days=1))
    assert before.end_reasons(wanted.last, wanted.first) != ()


def test_other_weeks_come_nearest_first_and_stay_in_the_school_year() -> None:
    year = Period(date(2026, 8, 1), date(2027, 7, 31))
    found = list(other_weeks(weeks(date(2026, 8, 3), 2), year))
    assert [each.first for each in found[:3]] == [
        date(2026, 8, 10),
        date(2026, 8, 17),
        date(2026, 8, 24),
    ]
    later = [each.first for each in other_weeks(weeks(MONDAY), year)][:4]
    assert later == [
        date(2026, 12, 7),
        date(2026, 11, 23),
        date(2026, 12, 14),
        date(2026, 11, 16),
    ]
    assert all(year.contains(each.first) and year.contains(each.last) for each in found)


@pytest.mark.lending("11.1")
def test_a_delivered_unit_is_stretched_to_the_days_of_the_courier() -> None:
    tuesdays = frozenset(date(2026, 11, 3) + timedelta(days=7 * week) for week in range(12))
    of = booking_days(BookingRules(), Tours(tuesdays, tuesdays))
    found = reached_by_courier(Period(MONDAY, date(2026, 12, 4)), of)
    assert not of.start_reasons(found.first)
    assert not of.end_reasons(found.last, found.first)
    assert found.first <= MONDAY
    assert found.last >= date(2026, 12, 4)


def test_where_no_tour_comes_near_the_ends_stay() -> None:
    of = booking_days(BookingRules(), Tours(frozenset(), frozenset()))
    wanted = Period(MONDAY, date(2026, 12, 4))
    assert reached_by_courier(wanted, of) == wanted
