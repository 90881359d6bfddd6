"""How long someone waits after failing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.letter_retries import next_try
from schools.rules.sign_in_delays import (
    WITH_A_NAME,
    WITH_AN_ADDRESS,
    Failures,
    Patience,
    heard_from,
)

LAST = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "wait"),
    [
        (0, None),
        (9, None),
        (10, timedelta(seconds=30)),
        (11, timedelta(seconds=60)),
        (12, timedelta(minutes=2)),
        (15, timedelta(minutes=15)),
        (1000, timedelta(minutes=15)),
    ],
)
def test_ten_failures_with_a_name_are_free(count: int, wait: timedelta | None) -> None:
    heard = heard_from(Failures(count, LAST), WITH_A_NAME)
    assert heard == (None if wait is None else LAST + wait)


def test_a_hundred_failures_from_an_address_are_free() -> None:
    assert heard_from(Failures(99, LAST), WITH_AN_ADDRESS) is None
    assert heard_from(Failures(100, LAST), WITH_AN_ADDRESS) == LAST + timedelta(seconds=5)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_failures_never_mean_less_waiting(one: int, other: int) -> None:
    few, many = sorted((one, other))
    patience = Patience(3, timedelta(seconds=5), timedelta(minutes=5))
    short, long = (heard_from(Failures(n, LAST), patience) or LAST for n in (few, many))
    assert short <= long <= LAST + patience.longest_wait


def test_a_letter_is_tried_six_times() -> None:
    waits = [next_try(tries, LAST) for tries in range(1, 7)]
    assert waits[5] is None
    minutes = [(each - LAST).total_seconds() / 60 for each in waits if each is not None]
    assert minutes == [1, 5, 30, 240, 1440]
