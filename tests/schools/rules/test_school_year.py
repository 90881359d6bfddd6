"""School years run from August to July; their weeks have dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.periods import Period, ReversedPeriodError
from schools.rules.school_year import (
    NoSuchWeekError,
    SchoolYear,
    calendar_week,
    calendar_weeks,
    parse_school_year,
    school_year_of,
    week_of_school_year,
)

THIS_YEAR = SchoolYear(2026)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
YEARS = st.integers(2000, 2060).map(SchoolYear)


def test_a_school_year_begins_in_august_and_ends_in_july() -> None:
    assert THIS_YEAR.period == Period(date(2026, 8, 1), date(2027, 7, 31))
    assert THIS_YEAR.label == "2026/27"
    assert SchoolYear(1999).label == "1999/00"


@pytest.mark.parametrize(
    ("day", "starts"),
    [(date(2026, 7, 31), 2025), (date(2026, 8, 1), 2026), (date(2027, 1, 1), 2026)],
)
def test_a_day_lies_in_one_school_year(day: date, starts: int) -> None:
    assert school_year_of(day) == SchoolYear(starts)


@pytest.mark.parametrize("text", ["2026/27", "2026/2027", " 2026-27 "])
def test_a_label_is_read_in_each_spelling(text: str) -> None:
    assert parse_school_year(text) == THIS_YEAR


@pytest.mark.parametrize("text", ["2026/28", "2026", "26/27", ""])
def test_other_texts_are_no_school_years(text: str) -> None:
    assert parse_school_year(text) is None


def test_the_first_week_is_the_one_with_the_first_of_august() -> None:
    assert week_of_school_year(THIS_YEAR, 1) == Period(date(2026, 7, 27), date(2026, 8, 2))


def test_calendar_weeks_after_new_year_lie_in_the_second_calendar_year() -> None:
    assert calendar_week(THIS_YEAR, 50) == Period(date(2026, 12, 7), date(2026, 12, 13))
    assert calendar_week(THIS_YEAR, 2) == Period(date(2027, 1, 11), date(2027, 1, 17))


def test_a_unit_may_run_over_new_year() -> None:
    assert calendar_weeks(THIS_YEAR, 50, 2) == Period(date(2026, 12, 7), date(2027, 1, 17))


def test_a_unit_cannot_end_before_it_begins() -> None:
    with pytest.raises(ReversedPeriodError):
        calendar_weeks(THIS_YEAR, 2, 50)


@pytest.mark.parametrize("number", [0, 60])
def test_weeks_beyond_the_school_year_are_refused(number: int) -> None:
    with pytest.raises(NoSuchWeekError):
        week_of_school_year(THIS_YEAR, number)
    with pytest.raises(NoSuchWeekError):
        calendar_week(THIS_YEAR, number)


def test_a_year_of_52_weeks_has_no_week_53() -> None:
    with pytest.raises(NoSuchWeekError):
        calendar_week(SchoolYear(2027), 53)


@given(DAYS)
def test_every_day_lies_in_its_school_year(day: date) -> None:
    assert school_year_of(day).period.contains(day)


@given(YEARS)
def test_the_weeks_cover_the_school_year_without_gaps(year: SchoolYear) -> None:
    weeks = [week_of_school_year(year, number) for number in range(1, year.weeks + 1)]
    days = [day for week in weeks for day in week]
    assert days == list(Period(weeks[0].first, weeks[-1].last))
    assert weeks[0].contains(year.first)
    assert weeks[-1].contains(year.last)


@given(YEARS, st.integers(1, 52))
def test_a_calendar_week_begins_on_its_monday(year: SchoolYear, week: int) -> None:
    period = calendar_week(year, week)
    assert period.first.isocalendar()[1:] == (week, 1)
    assert period.overlaps(year.period)
    assert period.days == 7
