"""The dates of a booking that comes again and again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.calendar import OpeningCalendar
from loans.rules.due_dates import Days
from loans.rules.series import MOST_DATES, Rhythm, Series, dates_of
from schools.rules.periods import Period

TUESDAY = date(2027, 1, 12)
CARNIVAL = date(2027, 2, 9)
EASTER = Period(date(2027, 3, 22), date(2027, 4, 3))
DAYS = Days(OpeningCalendar(school_holidays=(EASTER,)), movable=frozenset({CARNIVAL}))


def series(first: date = TUESDAY, length: int = 1, **facts: object) -> Series:
    period = Period(first, first + timedelta(days=length - 1))
    return Series(period, **facts)  # type: ignore[arg-type]  # fields by name


def starts(wish: Series) -> list[date]:
    return [period.first for period in dates_of(wish, DAYS).periods]


@pytest.mark.lending("5.4")
def test_every_tuesday_six_weeks() -> None:
    assert starts(series(count=6)) == [TUESDAY + timedelta(weeks=week) for week in range(6)]


@pytest.mark.lending("5.4")
def test_every_second_week() -> None:
    assert starts(series(count=3, step=2)) == [
        date(2027, 1, 12),
        date(2027, 1, 26),
        date(2027, 2, 9),
    ]


@pytest.mark.lending("5.4")
def test_each_date_is_as_long_as_the_first() -> None:
    found = dates_of(series(length=4, count=3), DAYS)
    assert {period.days for period in found.periods} == {4}


@pytest.mark.lending("5.4")
@pytest.mark.parametrize(
    ("first", "count", "days", "missing"),
    [
        pytest.param(
            date(2027, 1, 31), 4, [date(2027, 1, 31), date(2027, 3, 31)], 2, id="the 31st"
        ),
        pytest.param(
            date(2027, 11, 30),
            4,
            [date(2027, 11, 30), date(2027, 12, 30), date(2028, 1, 30)],
            1,
            id="the 30th over New Year and February",
        ),
        pytest.param(
            date(2028, 1, 29),
            2,
            [date(2028, 1, 29), date(2028, 2, 29)],
            0,
            id="the 29th in a leap year",
        ),
    ],
)
def test_months_without_that_day_are_left_out_and_not_made_up(
    first: date, count: int, days: list[date], missing: int
) -> None:
    found = dates_of(series(first, rhythm=Rhythm.MONTHLY, count=count), DAYS)
    assert [period.first for period in found.periods] == days
    assert found.missing == missing


@pytest.mark.lending("5.4")
def test_given_dates_are_taken_in_order_and_once() -> None:
    given_dates = (date(2027, 2, 3), date(2027, 1, 20), TUESDAY, date(2027, 2, 3))
    wish = series(rhythm=Rhythm.DATES, dates=given_dates)
    assert starts(wish) == [TUESDAY, date(2027, 1, 20), date(2027, 2, 3)]


@pytest.mark.lending("5.4")
def test_school_holidays_are_skipped_on_wish_and_not_made_up() -> None:
    assert len(starts(series(count=13))) == 13
    found = dates_of(series(count=13, skips_school_holidays=True), DAYS)
    assert [period.first for period in found.skipped] == [
        CARNIVAL,
        date(2027, 3, 23),
        date(2027, 3, 30),
    ]
    assert len(found.periods) == 10
    assert found.periods[-1].first == TUESDAY + timedelta(weeks=12)


@pytest.mark.lending("5.4")
def test_a_date_that_reaches_into_the_holidays_is_skipped() -> None:
    friday = EASTER.first - timedelta(days=3)
    wish = series(friday, length=5, skips_school_holidays=True)
    assert dates_of(wish, DAYS).periods == ()


SERIES = st.builds(
    Series,
    first=st.builds(
        lambda day, length: Period(day, day + timedelta(days=length)),
        st.dates(date(2026, 8, 1), date(2028, 7, 31)),
        st.integers(0, 20),
    ),
    rhythm=st.sampled_from(Rhythm),
    count=st.integers(1, 100),
    step=st.integers(1, 12),
    dates=st.lists(st.dates(date(2026, 8, 1), date(2028, 7, 31)), max_size=80).map(tuple),
    skips_school_holidays=st.booleans(),
)


@given(SERIES)
def test_a_series_is_ordered_without_repeats_bounded_and_as_wished(wish: Series) -> None:
    found = dates_of(wish, DAYS)
    days = [period.first for period in found.periods]
    assert days == sorted(set(days))
    assert len(found.periods) + len(found.skipped) + found.missing <= MOST_DATES
    assert {period.days for period in (*found.periods, *found.skipped)} <= {wish.first.days}
    every = {period.first for period in (*found.periods, *found.skipped)}
    assert wish.first.first in every
    if wish.rhythm is Rhythm.WEEKLY:
        assert {day.weekday() for day in every} == {wish.first.first.weekday()}
    if wish.rhythm is Rhythm.MONTHLY:
        assert {day.day for day in every} == {wish.first.first.day}
    if not wish.skips_school_holidays:
        assert found.skipped == ()


@given(SERIES)
def test_skipping_only_takes_away(wish: Series) -> None:
    found = dates_of(wish, DAYS)
    taken = [*found.periods, *found.skipped]
    without = Series(wish.first, wish.rhythm, wish.count, wish.step, wish.dates)
    assert sorted(taken, key=lambda each: each.first) == list(dates_of(without, DAYS).periods)
