"""Days off a school chooses, and those it usually chooses."""

from datetime import date

import pytest

from loans.rules.calendar import NamedDay
from loans.rules.movable_days import (
    MovableFault,
    StateHolidays,
    UsualDay,
    movable_fault,
    usual_days,
)
from schools.rules.school_year import SchoolYear
from schools.vocabularies.holidays import public_holidays, school_holidays

NRW = StateHolidays(
    tuple(NamedDay(each.period.first, each.name_de) for each in public_holidays()),
    tuple(each.period for each in school_holidays()),
)


@pytest.mark.lending("1.5")
@pytest.mark.parametrize(
    ("day", "fault"),
    [
        pytest.param(date(2027, 2, 8), None, id="Carnival Monday"),
        pytest.param(date(2026, 7, 31), MovableFault.NOT_IN_YEAR, id="the day before the year"),
        pytest.param(date(2027, 8, 2), MovableFault.NOT_IN_YEAR, id="the year after"),
        pytest.param(date(2027, 2, 6), MovableFault.WEEKEND, id="a Saturday"),
        pytest.param(date(2027, 5, 6), MovableFault.PUBLIC_HOLIDAY, id="Ascension Day"),
        pytest.param(date(2026, 12, 23), MovableFault.SCHOOL_HOLIDAY, id="Christmas holidays"),
        pytest.param(date(2027, 2, 9), MovableFault.KNOWN, id="entered already"),
    ],
)
def test_a_day_without_school_anyway_is_no_movable_holiday(
    day: date, fault: MovableFault | None
) -> None:
    assert movable_fault(day, SchoolYear(2026), {date(2027, 2, 9)}, NRW) is fault


def test_usual_are_carnival_monday_and_days_that_bridge_a_weekend() -> None:
    assert usual_days(SchoolYear(2026), NRW) == (
        UsualDay(date(2027, 2, 8), None),
        UsualDay(date(2027, 5, 7), date(2027, 5, 6)),
        UsualDay(date(2027, 5, 28), date(2027, 5, 27)),
    )


def test_a_tuesday_holiday_is_bridged_on_monday() -> None:
    assert UsualDay(date(2029, 4, 30), date(2029, 5, 1)) in usual_days(SchoolYear(2028), NRW)


@pytest.mark.parametrize("starts", range(2024, 2030))
def test_every_usual_day_is_one_a_school_may_choose(starts: int) -> None:
    year = SchoolYear(starts)
    usual = usual_days(year, NRW)
    assert 3 <= len(usual) <= 5
    assert {movable_fault(each.day, year, (), NRW) for each in usual} == {None}
    assert sum(each.bridges is None for each in usual) == 1
