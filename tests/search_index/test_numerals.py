"""Numbers however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.german import words
from search_index.numerals import number_of


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("2", "2"),
        ("02", "2"),
        ("2te", "2"),
        ("2ter", "2"),
        ("zwei", "2"),
        ("zweite", "2"),
        ("zweiten", "2"),
        ("zweiter", "2"),
        ("zweites", "2"),
        ("second", "2"),
        ("2nd", "2"),
        ("ii", "2"),
        ("erstes", "1"),
        ("siebte", "7"),
        ("zwölfte", "12"),
        ("neunzehntes", "19"),
        ("20th", "20"),
        ("einundzwanzigsten", "21"),
        ("xiv", "14"),
        ("1980er", "1980"),
        ("80ern", "80"),
    ],
)
def test_a_numeral_stands_for_its_number(word: str, number: str) -> None:
    assert number_of(word) == number


@pytest.mark.parametrize(
    "word",
    ["v", "x", "i", "erst", "achten", "zweitens", "3d", "h2o", "0", "12345", "²", "eins", "-"],
)
def test_what_only_looks_like_a_numeral_stands_for_none(word: str) -> None:
    assert number_of(word) == ""


@given(st.text())
def test_a_number_is_digits_and_its_own_number(text: str) -> None:
    for number in filter(None, map(number_of, words(text))):
        assert number.isdecimal()
        assert number_of(number) == number
