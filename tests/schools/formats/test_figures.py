"""Sums and days as German tables write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.formats.figures import parse_cents, parse_day


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 1250),
        ("12,5", 1250),
        ("12.50", 1250),
        ("12", 1200),
        ("1.234", 123400),
        ("1.234,50", 123450),
        ("1.234.567,89", 123456789),
        (" 12,50 € ", 1250),
        ("EUR 3", 300),
        ("0,99", 99),
        ("12,505", None),
        ("1.23.4", None),
        ("-5", None),
        ("12,50,1", None),
        ("", None),
        ("viel", None),
        ("٣", None),
        ("9" * 5000, None),
    ],
)
def test_sums_are_read_with_a_decimal_comma_or_point(text: str, cents: int | None) -> None:
    assert parse_cents(text) == cents


@given(st.integers(0, 99_999_999_999))
def test_a_written_sum_is_read_back(cents: int) -> None:
    assert parse_cents(f"{cents // 100},{cents % 100:02}") == cents


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01.08.2026", date(2026, 8, 1)),
        ("1.8.2026", date(2026, 8, 1)),
        ("2026-08-01", date(2026, 8, 1)),
        ("2026-08-01 00:00:00", date(2026, 8, 1)),
        ("31.02.2026", None),
        ("1.8.26", None),
        ("08/01/2026", None),
        ("", None),
    ],
)
def test_days_are_read_in_german_and_in_iso(text: str, day: date | None) -> None:
    assert parse_day(text) == day
