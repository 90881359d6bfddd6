"""Drawings of free days: what height, word and link a day gets."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from app.free_days import FreeDay, Mark, month, strip
from schools.rules.periods import Period
from tests.make import MONDAY


@pytest.fixture
def in_german(app: Flask) -> Iterator[None]:
    with app.test_request_context(headers={"Accept-Language": "de"}):
        yield


def days(count: int, first: date = MONDAY, free: int = 3) -> list[FreeDay]:
    every = (first + timedelta(days=number) for number in range(count))
    return [FreeDay(each, free, 3, open=each.weekday() < 5) for each in every]


@pytest.mark.parametrize(
    ("free", "capacity", "wanted", "mark"),
    [
        pytest.param(3, 3, 1, Mark.FREE, id="all are free"),
        pytest.param(2, 3, 1, Mark.FREE, id="two of three are free"),
        pytest.param(1, 3, 1, Mark.SCARCE, id="the last of several is scarce"),
        pytest.param(1, 1, 1, Mark.FREE, id="the only one there is, is free"),
        pytest.param(5, 20, 1, Mark.SCARCE, id="a quarter is scarce"),
        pytest.param(0, 3, 1, Mark.FULL, id="none is left"),
        pytest.param(2, 3, 3, Mark.FULL, id="fewer than wanted count as none"),
    ],
)
def test_a_day_shows(free: int, capacity: int, wanted: int, mark: Mark) -> None:
    assert FreeDay(MONDAY, free, capacity).mark(wanted) is mark


def test_a_closed_day_shows_closed_whatever_is_free() -> None:
    assert FreeDay(MONDAY, 3, 3, open=False).mark() is Mark.CLOSED


@pytest.mark.usefixtures("in_german")
def test_the_strip_says_in_words_what_it_draws() -> None:
    drawing = strip(days(28))
    assert drawing.words == (
        "28 Tage ab 23.11.: an 20 Tagen frei, an 0 knapp, an 0 ausgebucht, an 8 geschlossen"
    )
    assert [words for _, words in drawing.weeks] == ["23.11.", "30.11.", "7.12.", "14.12."]


@pytest.mark.usefixtures("in_german")
def test_the_strip_leaves_a_gap_between_weeks_and_frames_the_wish() -> None:
    wish = Period(date(2026, 12, 3), date(2026, 12, 4))
    drawing = strip(days(28), wish)
    assert [bar.x for bar in drawing.bars[5:8]] == [53, 63, 74]
    assert drawing.wish == (101.5, 23)


@pytest.mark.usefixtures("in_german")
def test_a_month_begins_on_its_weekday_and_links_days_with_copies() -> None:
    december = days(31, date(2026, 12, 1))
    wish = Period(date(2026, 12, 3), date(2026, 12, 4))
    table = month(december, lambda each: f"?from={each}", wish)
    first = table.weeks[0]
    assert first[0] is None
    assert first[1] is not None
    assert first[1].address == "?from=2026-12-01"
    assert [cell.chosen for cell in first[1:] if cell] == [False, False, True, True, False, False]
    assert first[5] is not None
    assert (first[5].address, first[5].mark) == ("", Mark.CLOSED)
    assert {len(week) for week in table.weeks} == {7}
    assert table.weekdays[0] == ("Mo", "Montag")


@pytest.mark.usefixtures("in_german")
def test_a_month_knows_its_neighbours() -> None:
    table = month(days(31, date(2026, 12, 1)), str)
    assert (table.previous, table.following) == (date(2026, 11, 1), date(2027, 1, 1))
