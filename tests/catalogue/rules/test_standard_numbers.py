import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.rules.standard_numbers import ean_check_digit, standard_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("3-406-39888-X", "9783406398889", id="ISBN-10 with X"),
        pytest.param("340639888x", "9783406398889", id="small x"),
        pytest.param("978-3-406-39888-9", "9783406398889", id="ISBN-13 with hyphens"),
        pytest.param("978 3 406 39888 9", "9783406398889", id="ISBN-13 with blanks"),
        pytest.param("3-406-39888-X (Gewebe) : DM 298", "9783406398889", id="with a remark"),
        pytest.param("4006381333931", "4006381333931", id="EAN-13"),
        pytest.param("96385074", "96385074", id="EAN-8"),
        pytest.param("036000291452", "0036000291452", id="UPC-12"),
        pytest.param("3-406-39888-1", None, id="wrong check digit of an ISBN-10"),
        pytest.param("9783406398888", None, id="wrong check digit of an ISBN-13"),
        pytest.param("46 02345", None, id="a media number"),
        pytest.param("", None, id="nothing"),
        pytest.param("X", None, id="a lone X"),
        pytest.param("²²²²²²²²", None, id="digits that are none"),
        pytest.param("DE-605", None, id="letters"),
    ],
)
def test_a_number_is_read_with_its_check_digit(text: str, number: str | None) -> None:
    assert standard_number(text) == number


@given(st.integers(0, 10**12 - 1), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(payload: int, place: int, shift: int) -> None:
    digits = f"{payload:012d}"
    number = f"{digits}{ean_check_digit(digits)}"
    wrong = (int(digits[place]) + shift) % 10
    misread = f"{digits[:place]}{wrong}{digits[place + 1 :]}{number[-1]}"
    assert standard_number(number) == number
    assert standard_number(misread) is None


@given(st.text(max_size=40))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    number = standard_number(text)
    assert number is None or (number.isdigit() and len(number) in {8, 13})
