"""For which day a booking is prepared, and which picked copies go back onto their shelves."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from loans.rules.booking_states import BookingState
from loans.rules.calendar import OpeningCalendar
from loans.rules.picking import PickCase, PutBack, WayOut, prepared_on, put_back, shelf_order
from loans.rules.tours import RouteTimes
from tests.make import MONDAY

TUESDAY, WEDNESDAY, FRIDAY = (MONDAY + timedelta(days=days) for days in (1, 2, 4))
NEXT_MONDAY = MONDAY + timedelta(days=7)
WEEKDAYS = OpeningCalendar()
NORTH = RouteTimes(frozenset({1}), time(12), WEEKDAYS)


@pytest.mark.lending("11.2")
@pytest.mark.parametrize(
    ("way", "first", "day"),
    [
        pytest.param(WayOut(WEEKDAYS), WEDNESDAY, WEDNESDAY, id="at a counter its first day"),
        pytest.param(WayOut(WEEKDAYS, NORTH, 2), WEDNESDAY, TUESDAY, id="its tour's day"),
        pytest.param(
            WayOut(WEEKDAYS, None, 1), NEXT_MONDAY, FRIDAY, id="the courier day before, no route"
        ),
        pytest.param(
            WayOut(WEEKDAYS, replace(NORTH, active=False), 1),
            WEDNESDAY,
            TUESDAY,
            id="no tour runs",
        ),
    ],
)
def test_a_booking_is_prepared_for(way: WayOut, first: date, day: date | None) -> None:
    assert prepared_on(way, first, MONDAY) == day


WAITS = PickCase(
    state=BookingState.READY,
    first=TUESDAY,
    last=FRIDAY,
    picked_first=TUESDAY,
    wanted=1,
    before=0,
    is_lent=True,
)


@pytest.mark.lending("5.1", "5.3")
@pytest.mark.parametrize(
    ("case", "why"),
    [
        pytest.param(WAITS, None, id="it waits"),
        pytest.param(replace(WAITS, first=MONDAY), None, id="moved forward it is wanted sooner"),
        pytest.param(replace(WAITS, state=BookingState.CANCELLED), PutBack.GONE, id="cancelled"),
        pytest.param(replace(WAITS, state=BookingState.COLLECTED), PutBack.GONE, id="collected"),
        pytest.param(replace(WAITS, last=MONDAY - timedelta(days=1)), PutBack.GONE, id="over"),
        pytest.param(replace(WAITS, first=FRIDAY), PutBack.LATER, id="moved to later days"),
        pytest.param(replace(WAITS, before=1), PutBack.TOO_MANY, id="fewer are booked"),
        pytest.param(replace(WAITS, is_lent=False), PutBack.NOT_LENT, id="kept back meanwhile"),
        pytest.param(
            replace(WAITS, elsewhere=True), PutBack.ELSEWHERE, id="fetched at another branch"
        ),
    ],
)
def test_a_picked_copy_goes_back(case: PickCase, why: PutBack | None) -> None:
    assert put_back(case, MONDAY) is why


@pytest.mark.lending("11.2")
def test_shelf_marks_stand_as_shelves_do() -> None:
    marks = ["", "B 1", "A 10", "a 2", "A 2.10", "A 2.9", "12", "7"]
    assert sorted(marks, key=shelf_order) == [
        "7",
        "12",
        "a 2",
        "A 2.9",
        "A 2.10",
        "A 10",
        "B 1",
        "",
    ]
