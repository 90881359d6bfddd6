"""The daily letter goes out at half past six on the next morning on which the centre is open."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.letter_times import DAILY_AT, SEARCH_DAYS, next_daily

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def only(*days: str) -> Callable[[date], bool]:
    return {date.fromisoformat(day) for day in days}.__contains__


@pytest.mark.parametrize(
    ("now", "is_open", "goes"),
    [
        pytest.param("2026-11-23T05:00", weekdays, "2026-11-23T06:30", id="before dawn: today"),
        pytest.param("2026-11-23T06:29", weekdays, "2026-11-23T06:30", id="a minute before"),
        pytest.param("2026-11-23T06:30", weekdays, "2026-11-24T06:30", id="on the dot: tomorrow"),
        pytest.param("2026-11-23T15:00", weekdays, "2026-11-24T06:30", id="afternoon: tomorrow"),
        pytest.param("2026-11-27T15:00", weekdays, "2026-11-30T06:30", id="Friday: Monday"),
        pytest.param("2026-11-28T05:00", weekdays, "2026-11-30T06:30", id="Saturday: Monday"),
        pytest.param(
            "2026-12-22T15:00", only("2027-01-07"), "2027-01-07T06:30", id="over the holidays"
        ),
        pytest.param("2026-11-23T15:00", only(), "2026-11-24T06:30", id="never open: tomorrow"),
    ],
)
def test_when_the_daily_letter_goes(now: str, is_open: Callable[[date], bool], goes: str) -> None:
    assert next_daily(at(now), is_open) == at(goes)


@pytest.mark.parametrize(
    ("evening", "utc_hour"), [("2027-03-27T20:00", 4), ("2027-10-30T20:00", 5)]
)
def test_it_is_half_past_six_by_the_clock_of_the_centre_when_the_clocks_change(
    evening: str, utc_hour: int
) -> None:
    goes = next_daily(at(evening), lambda _day: True)
    assert goes.astimezone(UTC).time() == time(utc_hour, 30)


@given(
    st.dates(date(2024, 1, 1), date(2031, 1, 1)),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
)
def test_it_is_the_first_open_morning_and_never_past(
    today: date, clock: time, weekdays: frozenset[int]
) -> None:
    now = datetime.combine(today, clock, BERLIN)
    goes = next_daily(now, lambda day: day.weekday() in weekdays)
    assert goes.time() == DAILY_AT
    assert goes.weekday() in weekdays
    assert now < goes
    between = [now.date() + timedelta(days=n) for n in range((goes.date() - now.date()).days)]
    first_can = now.time() < DAILY_AT
    assert not any(day.weekday() in weekdays for day in between if first_can or day != now.date())
    assert (goes.date() - now.date()).days < SEARCH_DAYS
