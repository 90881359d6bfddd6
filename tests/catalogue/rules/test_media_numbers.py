import pytest

from catalogue.rules.media_numbers import (
    MediaNumber,
    is_school_broadcast,
    parse_media_number,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("4602345", MediaNumber("4602345"), id="seven digits"),
        pytest.param(" 46 02345 ", MediaNumber("4602345"), id="with a blank"),
        pytest.param("46-02345", MediaNumber("4602345"), id="with a hyphen"),
        pytest.param("4602345-02", MediaNumber("4602345", "02"), id="second copy"),
        pytest.param("4602345/B", MediaNumber("4602345", "B"), id="copy with a letter"),
        pytest.param("0602345", MediaNumber("0602345"), id="a leading zero stays"),
        pytest.param("460234", None, id="too short"),
        pytest.param("46023456", None, id="too long"),
        pytest.param("MZ-000042", None, id="a barcode"),
    ],
)
def test_a_media_number_is_taken_apart(text: str, number: MediaNumber | None) -> None:
    assert parse_media_number(text) == number


@pytest.mark.parametrize(
    ("digits", "broadcast"), [("4283456", True), ("4291234", True), ("4202345", False)]
)
def test_recorded_school_broadcasts_have_numbers_of_their_own(
    digits: str,
    broadcast: bool,  # noqa: FBT001  # a table
) -> None:
    assert is_school_broadcast(MediaNumber(digits)) is broadcast
