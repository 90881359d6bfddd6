"""Periods include both ends and never run backwards."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.periods import Period, ReversedPeriodError

pytestmark = pytest.mark.lending("1.1")

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
PERIODS = st.tuples(DAYS, st.integers(0, 60)).map(
    lambda parts: Period(parts[0], parts[0] + timedelta(days=parts[1]))
)


def test_both_ends_belong_to_a_period() -> None:
    week = Period(MONDAY, FRIDAY)
    assert week.days == 5
    assert next(iter(week)) == MONDAY
    assert list(week)[-1] == FRIDAY


def test_a_single_day_is_a_period() -> None:
    assert list(Period(MONDAY, MONDAY)) == [MONDAY]


def test_a_period_that_runs_backwards_is_refused_with_both_days() -> None:
    with pytest.raises(ReversedPeriodError, match="cannot end") as refused:
        Period(FRIDAY, MONDAY)
    assert (refused.value.first, refused.value.last) == (FRIDAY, MONDAY)


def test_periods_that_only_touch_on_a_day_overlap() -> None:
    assert Period(MONDAY, FRIDAY).overlaps(Period(FRIDAY, FRIDAY + timedelta(days=3)))


def test_a_period_from_the_next_day_does_not_overlap() -> None:
    assert not Period(MONDAY, FRIDAY).overlaps(Period(FRIDAY + timedelta(days=1), date.max))


def test_a_widened_period_holds_the_days_of_preparation_and_checking() -> None:
    assert Period(MONDAY, FRIDAY).widened(1, 2) == Period(date(2026, 3, 1), date(2026, 3, 8))


def test_a_period_cannot_be_shortened_to_nothing() -> None:
    with pytest.raises(ReversedPeriodError):
        Period(MONDAY, FRIDAY).widened(-3, -2)


@given(PERIODS, PERIODS)
def test_two_periods_overlap_exactly_when_they_share_a_day(one: Period, other: Period) -> None:
    assert one.overlaps(other) == bool(set(one) & set(other))
    assert one.overlaps(other) == other.overlaps(one)


@given(PERIODS, DAYS)
def test_a_period_contains_exactly_the_days_it_goes_through(period: Period, day: date) -> None:
    assert period.contains(day) == (day in set(period))
    assert len(list(period)) == period.days
