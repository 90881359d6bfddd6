"""Reminders, blocks, fees and recalls."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loans.rules.calendar import OpeningCalendar
from loans.rules.reminders import (
    Fee,
    WrittenLevel,
    blocks,
    days_overdue,
    is_overdue,
    level_due,
    open_days_overdue,
    overdue_fee,
    recalled_to,
    reminds_tonight,
)
from tests.loans.rules.calendars import SPRING_2027

pytestmark = pytest.mark.lending("10.1", "10.2", "10.3")

DUE = date(2027, 4, 30)
LEVELS = (3, 10, 17)


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def test_due_today_is_not_overdue_tomorrow_is() -> None:
    assert not is_overdue(DUE, DUE)
    assert is_overdue(DUE, after(1))


def test_a_late_return_counts_calendar_days_and_open_days() -> None:
    returned_on = date(2027, 5, 10)
    assert days_overdue(DUE, returned_on) == 10
    assert open_days_overdue(DUE, returned_on, SPRING_2027) == 5


def test_a_return_dated_back_to_the_due_day_is_in_time() -> None:
    assert open_days_overdue(DUE, DUE, SPRING_2027) == 0
    assert overdue_fee(DUE, DUE, Fee(50), SPRING_2027) == 0


@pytest.mark.parametrize(
    ("night", "written", "level"),
    [
        pytest.param(2, {}, None, id="not yet"),
        pytest.param(3, {}, 1, id="the first on the third day"),
        pytest.param(4, {1: 3}, None, id="never twice"),
        pytest.param(10, {1: 3}, 2, id="the second a week later"),
        pytest.param(17, {1: 3, 2: 10}, 3, id="the third another week later"),
        pytest.param(40, {1: 3, 2: 10, 3: 17}, None, id="no fourth"),
        pytest.param(30, {}, 1, id="after missed nights the first comes first"),
        pytest.param(31, {1: 30}, None, id="and the second not at once"),
        pytest.param(37, {1: 30}, 2, id="but a week after it"),
        pytest.param(11, {1: 5}, None, id="a late first letter moves the second"),
    ],
)
def test_at_most_one_level_a_night(night: int, written: dict[int, int], level: int | None) -> None:
    earlier = [WrittenLevel(number, after(days)) for number, days in written.items()]
    assert level_due(DUE, after(night), LEVELS, earlier) == level


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param((), False, id="none written"),
        pytest.param((1, 2), False, id="below the level"),
        pytest.param((1, 2, 3), True, id="at the level"),
    ],
)
def test_a_level_blocks(levels: tuple[int, ...], *, expected: bool) -> None:
    assert blocks([WrittenLevel(level, DUE) for level in levels], 3) is expected


@pytest.mark.parametrize(
    ("lent_on", "tonight", "expected"),
    [
        pytest.param(date(2027, 4, 1), date(2027, 4, 26), False, id="four open days before"),
        pytest.param(date(2027, 4, 1), date(2027, 4, 27), True, id="three open days before"),
        pytest.param(date(2027, 4, 1), DUE, True, id="until the due day, if nights were missed"),
        pytest.param(date(2027, 4, 1), after(1), False, id="not when overdue"),
        pytest.param(date(2027, 4, 27), date(2027, 4, 28), False, id="not for a loan so short"),
        pytest.param(date(2027, 4, 26), date(2027, 4, 27), True, id="for one a day longer"),
    ],
)
def test_the_letter_before_the_due_date(lent_on: date, tonight: date, *, expected: bool) -> None:
    assert reminds_tonight(lent_on, DUE, tonight, SPRING_2027) is expected


@pytest.mark.parametrize(
    ("fee", "cents"),
    [
        pytest.param(Fee(), 0, id="none by default"),
        pytest.param(Fee(30), 150, id="for each open day"),
        pytest.param(Fee(30, 100), 100, id="at most the replacement value"),
    ],
)
def test_a_fee_is_counted_in_open_days(fee: Fee, cents: int) -> None:
    assert overdue_fee(DUE, date(2027, 5, 10), fee, SPRING_2027) == cents


@pytest.mark.parametrize(
    ("wanted", "due_on", "expected"),
    [
        pytest.param(date(2027, 7, 9), date(2027, 9, 1), date(2027, 7, 9), id="to the recall day"),
        pytest.param(date(2027, 7, 9), date(2027, 6, 1), date(2027, 6, 1), id="never lengthened"),
        pytest.param(
            date(2027, 4, 30), date(2027, 9, 1), date(2027, 5, 5), id="three open days at least"
        ),
        pytest.param(
            date(2027, 7, 10), date(2027, 9, 1), date(2027, 7, 9), id="off a closed day, back"
        ),
        pytest.param(
            date(2027, 5, 8), date(2027, 5, 7), date(2027, 5, 7), id="due before the closed day"
        ),
    ],
)
def test_a_recall_shortens(wanted: date, due_on: date, expected: date) -> None:
    assert recalled_to(wanted, due_on, DUE, replace(OpeningCalendar())) == expected
