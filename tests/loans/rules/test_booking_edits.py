"""What an edit asks for that was not granted before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.booking_edits import Reshaping, Shape, state_after
from loans.rules.booking_states import BookingState
from loans.rules.claims import StockKey
from schools.rules.periods import Period

TODAY = date(2027, 2, 1)
POOL, OTHER = StockKey(1), StockKey(2)
S = BookingState


def shape(first: int, last: int, place: int = 1, **amounts: int) -> Shape:
    """Days from today on, and how many of the pool and of another thing."""
    period = Period(TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    every = {POOL: amounts.get("pool", 2), OTHER: amounts.get("other", 1)}
    return Shape(period, place, {key: number for key, number in every.items() if number})


GRANTED = shape(7, 11)


def edit(after: Shape) -> Reshaping:
    return Reshaping(GRANTED, after, TODAY)


@pytest.mark.lending("5.3")
@pytest.mark.parametrize(
    ("after", "smaller"),
    [
        pytest.param(GRANTED, True, id="nothing changed"),
        pytest.param(shape(7, 9), True, id="ends earlier"),
        pytest.param(shape(9, 11), True, id="begins later"),
        pytest.param(shape(7, 11, pool=1), True, id="fewer"),
        pytest.param(shape(8, 10, other=0), True, id="shorter and one thing less"),
        pytest.param(shape(7, 12), False, id="ends later"),
        pytest.param(shape(6, 10), False, id="begins earlier"),
        pytest.param(shape(7, 9, pool=3), False, id="shorter but more"),
        pytest.param(shape(7, 11, place=2), False, id="at another place"),
    ],
)
def test_shortening_and_reducing_ask_for_nothing_new(after: Shape, *, smaller: bool) -> None:
    assert edit(after).is_smaller is smaller


@pytest.mark.lending("5.3")
@pytest.mark.parametrize(
    ("after", "moves", "changes"),
    [
        pytest.param(GRANTED, False, False, id="nothing"),
        pytest.param(shape(7, 10), True, True, id="dates"),
        pytest.param(shape(7, 11, place=2), True, True, id="place"),
        pytest.param(shape(7, 11, pool=1), False, True, id="how many"),
    ],
)
def test_only_dates_and_place_are_told(after: Shape, *, moves: bool, changes: bool) -> None:
    assert (edit(after).moves, edit(after).changes) == (moves, changes)


@pytest.mark.lending("5.3")
def test_a_swapped_copy_is_another_thing_but_moves_nothing() -> None:
    before = Shape(GRANTED.period, 1, {StockKey(1, copy_id=4): 1})
    swapped = Reshaping(before, Shape(GRANTED.period, 1, {StockKey(1, copy_id=5): 1}), TODAY)
    assert (swapped.moves, swapped.changes, swapped.is_smaller) == (False, True, False)


def test_days_granted_before_are_not_judged_again_at_the_same_place() -> None:
    longer = edit(shape(9, 13))
    assert (longer.keeps_first, longer.keeps_last) == (True, False)
    elsewhere = edit(shape(7, 11, place=2))
    assert (elsewhere.keeps_first, elsewhere.keeps_last) == (False, False)


def test_a_first_day_that_is_over_is_not_judged_again_at_another_place() -> None:
    days = Period(TODAY - timedelta(days=3), TODAY + timedelta(days=3))
    moved = Reshaping(Shape(days, 1, {POOL: 1}), Shape(days, 2, {POOL: 1}), TODAY)
    assert (moved.keeps_first, moved.keeps_last) == (True, False)


def test_nothing_is_shortened_into_the_past() -> None:
    running = Shape(Period(TODAY - timedelta(days=3), TODAY + timedelta(days=3)), 1, {POOL: 1})
    over = Shape(Period(running.period.first, TODAY - timedelta(days=1)), 1, {POOL: 1})
    assert Reshaping(running, over, TODAY).ends_in_the_past
    until_today = Shape(Period(running.period.first, TODAY), 1, {POOL: 1})
    assert not Reshaping(running, until_today, TODAY).ends_in_the_past


@pytest.mark.lending("5.1")
@pytest.mark.parametrize(
    ("state", "after", "asks_again", "stands"),
    [
        pytest.param(S.READY, shape(7, 10), True, S.READY, id="shorter: still ready"),
        pytest.param(S.READY, shape(7, 12), False, S.READY, id="longer: it lies there already"),
        pytest.param(S.READY, shape(7, 12), True, S.REQUESTED, id="longer: ready, decided anew"),
        pytest.param(S.READY, shape(6, 11), False, S.CONFIRMED, id="from another day"),
        pytest.param(S.READY, shape(7, 11, place=2), False, S.CONFIRMED, id="at another place"),
        pytest.param(S.READY, shape(7, 11, pool=3), False, S.CONFIRMED, id="more of it"),
        pytest.param(S.CONFIRMED, shape(7, 12), True, S.REQUESTED, id="longer: decided anew"),
        pytest.param(S.REQUESTED, shape(7, 12), True, S.REQUESTED, id="a request stays one"),
        pytest.param(
            S.PARTLY_COLLECTED, shape(7, 12), True, S.PARTLY_COLLECTED, id="what is out stays out"
        ),
    ],
)
def test_an_edit_leads_to(
    state: BookingState, after: Shape, stands: BookingState, *, asks_again: bool
) -> None:
    assert state_after(state, edit(after), asks_again=asks_again) is stands


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 4), st.integers(0, 4))
def test_smaller_means_no_more_on_any_day(first: int, length: int, pool: int, other: int) -> None:
    after = shape(first, first + length, pool=pool, other=other)

    def kept(shaped: Shape, day: date, stock: StockKey) -> int:
        return shaped.amounts.get(stock, 0) if shaped.period.contains(day) else 0

    no_more = all(
        kept(after, day, stock) <= kept(GRANTED, day, stock)
        for day in Period(TODAY, TODAY + timedelta(days=45))
        for stock in (POOL, OTHER)
    )
    if after.amounts:
        assert edit(after).is_smaller is no_more or not (pool and other)
    if edit(after).is_smaller:
        assert no_more
