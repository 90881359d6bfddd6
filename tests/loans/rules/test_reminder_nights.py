"""Reminder levels over many nights, some of them missed; and the block they lead to."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.rules.calendar import OpeningCalendar
from loans.rules.reminders import (
    LateLoan,
    ReminderCase,
    WrittenLevel,
    is_blocked,
    last_demand_until,
    level_tonight,
    reminds_tonight,
)
from schools.rules.periods import ONE_DAY
from tests.effort import times
from tests.loans.rules.calendars import SPRING_2027

DUE = date(2027, 4, 30)
LEVELS = (3, 10, 17)
EXAMPLES = settings(max_examples=times(ci=200, soak=10_000), deadline=None)

nights = st.sets(st.integers(0, 60), max_size=40).map(sorted)
ascending = st.lists(st.integers(1, 30), min_size=3, max_size=3, unique=True).map(
    lambda numbers: tuple(sorted(numbers))
)


def after(days: int) -> date:
    return DUE + timedelta(days=days)


def written_in(done: list[int], levels: tuple[int, ...] = LEVELS) -> list[WrittenLevel]:
    """Go through the nights that were not missed and write what is due."""
    written: list[WrittenLevel] = []
    for night in done:
        level = level_tonight(ReminderCase(DUE, levels, tuple(written)), after(night))
        if level is not None:
            written.append(WrittenLevel(level, after(night)))
    return written


@pytest.mark.lending("10.1")
@EXAMPLES
@given(nights, ascending)
def test_each_level_is_written_once_in_order_and_one_a_night(
    done: list[int], levels: tuple[int, ...]
) -> None:
    written = written_in(done, levels)
    assert [each.level for each in written] == list(range(1, len(written) + 1))
    assert len({each.written_on for each in written}) == len(written)


@pytest.mark.lending("10.1")
@EXAMPLES
@given(nights, ascending)
def test_no_level_comes_before_its_day_nor_sooner_than_the_terms_put_between(
    done: list[int], levels: tuple[int, ...]
) -> None:
    written = written_in(done, levels)
    for each in written:
        assert each.written_on >= after(levels[each.level - 1])
    for earlier, later in pairwise(written):
        apart = levels[later.level - 1] - levels[earlier.level - 1]
        assert (later.written_on - earlier.written_on).days >= apart


@pytest.mark.lending("10.1")
@EXAMPLES
@given(nights, ascending)
def test_a_missed_night_is_made_up_for_in_the_next_and_loses_no_level(
    done: list[int], levels: tuple[int, ...]
) -> None:
    made_up = written_in([*done, *range(61, 61 + 3 * max(levels))], levels)
    assert [each.level for each in made_up] == [1, 2, 3]


@pytest.mark.lending("10.1")
@EXAMPLES
@given(ascending)
def test_without_a_missed_night_each_level_comes_on_its_day(levels: tuple[int, ...]) -> None:
    written = written_in(list(range(61)), levels)
    assert [(each.written_on - DUE).days for each in written] == list(levels)


@pytest.mark.lending("10.2")
@EXAMPLES
@given(st.integers(0, 60), st.integers(0, 90), nights)
def test_the_letter_before_the_due_date_comes_once_and_in_time(
    lent: int, length: int, done: list[int]
) -> None:
    lent_on = date(2027, 4, 1) + timedelta(days=lent)
    due_on = lent_on + timedelta(days=length)
    open_days_before = SPRING_2027.open_days_after(due_on, -3)
    told = [
        night
        for night in (date(2027, 4, 1) + timedelta(days=each) for each in done)
        if reminds_tonight(lent_on, due_on, night, SPRING_2027)
    ]
    assert all(open_days_before <= night <= due_on for night in told)
    assert not told or lent_on < open_days_before


@pytest.mark.lending("10.1")
@pytest.mark.parametrize(
    ("case", "level"),
    [
        pytest.param(ReminderCase(DUE, LEVELS), 1, id="the first"),
        pytest.param(ReminderCase(DUE, LEVELS, snoozed_until=after(4)), None, id="put off"),
        pytest.param(ReminderCase(DUE, LEVELS, snoozed_until=after(3)), None, id="until today"),
        pytest.param(ReminderCase(DUE, LEVELS, snoozed_until=after(2)), 1, id="put off no more"),
        pytest.param(ReminderCase(DUE, LEVELS, claimed=True), None, id="said to be back"),
    ],
)
def test_a_reminder_can_be_put_off(case: ReminderCase, level: int | None) -> None:
    assert level_tonight(case, after(3)) == level


def test_the_last_reminder_names_an_open_day_a_week_from_now() -> None:
    assert last_demand_until(date(2027, 4, 29), SPRING_2027) == date(2027, 5, 7)


@pytest.mark.lending("10.1")
@pytest.mark.parametrize(
    ("loans", "blocked"),
    [
        pytest.param([], False, id="nothing late"),
        pytest.param([LateLoan(DUE, None, reached=False)], False, id="late, no level reached"),
        pytest.param([LateLoan(DUE, None, reached=True)], True, id="out, level reached"),
        pytest.param([LateLoan(DUE, after(20), reached=True)], False, id="all is back"),
        pytest.param(
            [LateLoan(DUE, after(20), reached=True), LateLoan(after(5), None, reached=False)],
            True,
            id="the one that reached it is back, another that was late then is not",
        ),
        pytest.param(
            [LateLoan(DUE, after(20), reached=True), LateLoan(after(20), None, reached=False)],
            False,
            id="another became late only after all was back",
        ),
        pytest.param(
            [
                LateLoan(DUE, after(20), reached=True),
                LateLoan(after(5), after(25), reached=False),
                LateLoan(after(22), None, reached=False),
            ],
            True,
            id="there was always something late",
        ),
        pytest.param(
            [
                LateLoan(DUE, after(20), reached=True),
                LateLoan(after(5), after(25), reached=False),
                LateLoan(after(25), None, reached=False),
            ],
            False,
            id="for a moment nothing was late",
        ),
    ],
)
def test_a_block_holds_until_nothing_late_is_left(loans: list[LateLoan], *, blocked: bool) -> None:
    assert is_blocked(loans) is blocked


late = st.builds(
    lambda due, out, back, reached: LateLoan(
        after(due), after(due + out) if back else None, reached=reached
    ),
    st.integers(0, 40),
    st.integers(1, 20),
    st.booleans(),
    st.booleans(),
)


@pytest.mark.lending("10.1")
@EXAMPLES
@given(st.lists(late, max_size=6))
def test_the_block_is_what_walking_day_by_day_finds(loans: list[LateLoan]) -> None:
    assert is_blocked(loans) is _walked(loans)


def _walked(loans: list[LateLoan]) -> bool:
    """Look each morning and each evening: what comes back on a day is late in its morning only."""
    blocked = False
    for day in (after(number) for number in range(62)):
        morning = [each for each in loans if each.due_on < day and not _back(each, day - ONE_DAY)]
        for late_now in (morning, [each for each in morning if not _back(each, day)]):
            blocked = bool(late_now) and (blocked or any(each.reached for each in late_now))
    return blocked


def _back(loan: LateLoan, day: date) -> bool:
    return loan.back_on is not None and loan.back_on <= day


@pytest.mark.lending("1.4")
def test_where_no_day_is_open_the_last_reminder_names_a_week_from_now() -> None:
    closed = OpeningCalendar(weekdays=frozenset())
    assert last_demand_until(date(2027, 4, 29), closed) == date(2027, 5, 6)
