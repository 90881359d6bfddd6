"""Opening hours as people write them."""

from datetime import time

import pytest

from app.office.hours import hours_text, parse_hours
from loans.rules.calendar import Hours

MORNING, AFTERNOON = Hours(time(8), time(12)), Hours(time(14), time(17, 30))


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        pytest.param("", (), id="nothing is a closed day"),
        pytest.param(" , ", (), id="nor is a comma more"),
        pytest.param("8-12", (MORNING,), id="whole hours"),
        pytest.param("08:00 – 12:00 Uhr", (MORNING,), id="with a dash and the word"),
        pytest.param("8.00 bis 12 Uhr", (MORNING,), id="with a point"),
        pytest.param("8 to 12; 14-17:30", (MORNING, AFTERNOON), id="two, parted by a semicolon"),
        pytest.param("8-12 und 14:00-17.30", (MORNING, AFTERNOON), id="two, parted by a word"),
        pytest.param("12-8", (Hours(time(12), time(8)),), id="backwards: read, refused later"),
        pytest.param("25-26", None, id="no such hour"),
        pytest.param("8:70-9", None, id="no such minute"),
        pytest.param("8-24", None, id="the day ends before midnight"),
        pytest.param("vormittags", None, id="a word"),
        pytest.param("8", None, id="one hour only"),
        pytest.param("8-12-14", None, id="three hours"),
    ],
)
def test_hours_are_understood_or_not(typed: str, hours: tuple[Hours, ...] | None) -> None:
    assert parse_hours(typed) == hours


def test_what_is_shown_can_be_typed_again() -> None:
    shown = hours_text((MORNING, AFTERNOON))
    assert shown == "8:00–12:00, 14:00–17:30"
    assert parse_hours(shown) == (MORNING, AFTERNOON)
