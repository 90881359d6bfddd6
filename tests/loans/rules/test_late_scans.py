"""A scan that waited counts by its own time, whatever the browser's clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.late_scans import AT_ONCE, OLDEST, is_too_old, own_instant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.lending("8.7")


@pytest.mark.parametrize(
    "waited", [timedelta(0), AT_ONCE, -MINUTE], ids=["none", "short", "minus"]
)
def test_what_comes_at_once_was_scanned_now(waited: timedelta) -> None:
    assert own_instant(NOON - waited, NOON, NOON) is None


def test_a_wrong_clock_does_no_harm_since_it_is_wrong_twice() -> None:
    wrong = timedelta(hours=5)
    scanned, sent = NOON - 90 * MINUTE + wrong, NOON + wrong
    assert own_instant(scanned, sent, NOON) == NOON - 90 * MINUTE


@given(scanned=st.datetimes(timezones=st.just(UTC)), sent=st.datetimes(timezones=st.just(UTC)))
def test_no_scan_lies_in_the_future_and_no_clock_breaks_the_reckoning(
    scanned: datetime, sent: datetime
) -> None:
    instant = own_instant(scanned, sent, NOON)
    assert instant is None or instant < NOON


def test_after_seven_days_nobody_knows_any_more() -> None:
    assert not is_too_old(NOON - OLDEST, NOON)
    assert is_too_old(NOON - OLDEST - MINUTE, NOON)
