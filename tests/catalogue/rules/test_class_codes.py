"""Codes for classes: nothing that looks alike, nothing that can be guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules.class_codes import (
    ALPHABET,
    CODES,
    DIGITS,
    class_code,
    code_ends_on,
    in_groups,
    read_code,
)

LOOK_ALIKES = ("0OD", "1IL", "2Z", "5S", "8B", "6G", "UV")
FEWEST_BITS = 50


@pytest.mark.lending("3.6")
def test_a_code_has_twelve_characters_and_more_than_fifty_random_bits() -> None:
    assert DIGITS == 12
    assert CODES > 2**FEWEST_BITS
    assert len({class_code(number) for number in (0, 1, CODES // 2, CODES - 1)}) == 4
    assert {len(class_code(number)) for number in (0, CODES - 1)} == {DIGITS}


@pytest.mark.lending("3.6")
@pytest.mark.parametrize("alike", LOOK_ALIKES)
def test_of_characters_that_look_alike_at_most_one_is_used(alike: str) -> None:
    assert len(set(alike) & set(ALPHABET)) <= 1


def test_no_code_is_a_word() -> None:
    assert not set("AEIOU") & set(ALPHABET)


@given(st.integers(0, CODES - 1), st.booleans())
def test_a_code_is_read_as_it_is_shown(number: int, lower: bool) -> None:  # noqa: FBT001  # Hypothesis
    code = class_code(number)
    shown = in_groups(code)
    assert read_code(shown.lower() if lower else f" {shown} ") == code


@pytest.mark.parametrize(
    "typed",
    ["", "CDFH", "CDFH-JKMN-PQR", "CDFH-JKMN-PQRTV", "CDFH-JKMN-PQR0", "ＣDFHJKMNPQRT", "%" * 12],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@pytest.mark.lending("3.6")
@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 8, 1), date(2027, 7, 31)),
        (date(2026, 12, 31), date(2027, 7, 31)),
        (date(2027, 7, 31), date(2027, 7, 31)),
        (date(2027, 8, 1), date(2028, 7, 31)),
    ],
)
def test_a_code_ends_with_the_school_year(today: date, last: date) -> None:
    assert code_ends_on(today) == last
