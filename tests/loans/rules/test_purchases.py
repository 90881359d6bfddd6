"""Wishes for purchase, and how many pieces a centre is short of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.purchases import ANSWERS, Missed, PurchaseState, may_answer, pieces_short
from schools.rules.periods import Period

DAY = date(2026, 11, 23)
SOMEBODY = (1, 2, DAY)


def missed(
    first: int, last: int, quantity: int = 1, who: tuple[int, int, date] = SOMEBODY
) -> Missed:
    return Missed(Period(DAY + timedelta(first), DAY + timedelta(last)), quantity, who)


def test_every_state_has_its_answers_and_none_goes_back_to_open() -> None:
    assert set(ANSWERS) == set(PurchaseState)
    assert not any(may_answer(state, PurchaseState.OPEN) for state in PurchaseState)


@pytest.mark.parametrize(
    ("state", "answer", "possible"),
    [
        (PurchaseState.OPEN, PurchaseState.DECLINED, True),
        (PurchaseState.ORDERED, PurchaseState.FULFILLED, True),
        (PurchaseState.DECLINED, PurchaseState.ORDERED, True),
        (PurchaseState.FULFILLED, PurchaseState.DECLINED, False),
        (PurchaseState.FULFILLED, PurchaseState.FULFILLED, True),
    ],
)
def test_what_was_bought_stays_bought(
    state: PurchaseState, answer: PurchaseState, *, possible: bool
) -> None:
    assert may_answer(state, answer) is possible


@pytest.mark.lending("5.9")
@pytest.mark.parametrize(
    ("wishes", "short"),
    [
        ((), 0),
        ((missed(0, 0),), 1),
        ((missed(0, 4, 2), missed(3, 5, 3)), 5),
        ((missed(0, 4, 2), missed(5, 6, 3)), 3),
        ((missed(0, 4, 2), missed(4, 6, 3)), 5),
    ],
    ids=["none", "one", "two that meet", "two after each other", "two that share one day"],
)
def test_pieces_short_are_counted_on_the_worst_day(wishes: tuple[Missed, ...], short: int) -> None:
    assert pieces_short(wishes) == short


@pytest.mark.lending("5.9")
def test_a_wish_tried_again_on_the_same_day_counts_once() -> None:
    again = missed(0, 4, 2)
    other_school = missed(0, 4, 2, (9, 2, DAY))
    assert pieces_short([again, again]) == 2
    assert pieces_short([again, other_school]) == 4


@given(
    st.lists(
        st.builds(
            lambda first, length, quantity, who: missed(
                first, first + length, quantity, (who, 0, DAY)
            ),
            st.integers(0, 30),
            st.integers(0, 20),
            st.integers(1, 9),
            st.integers(1, 5),
        ),
        max_size=20,
    )
)
def test_the_sweep_agrees_with_counting_day_by_day(wishes: list[Missed]) -> None:
    by_day = [
        sum(each.quantity for each in set(wishes) if each.period.contains(DAY + timedelta(day)))
        for day in range(60)
    ]
    assert pieces_short(wishes) == max(by_day)
