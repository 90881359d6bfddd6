"""The life of a booking."""

import pytest

from loans.rules.booking_states import (
    COMMITTING,
    STEPS,
    BookingState,
    BookingStep,
    first_state,
    next_state,
)

pytestmark = pytest.mark.lending("5.1")

S, A = BookingState, BookingStep


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        pytest.param([A.CONFIRM, A.MAKE_READY, A.COLLECT_ALL, A.CLOSE], S.CLOSED, id="as planned"),
        pytest.param([A.DECLINE], S.DECLINED, id="declined"),
        pytest.param(
            [A.CONFIRM, A.MAKE_READY, A.UNDO_READY], S.CONFIRMED, id="a picked copy put back"
        ),
        pytest.param([A.CONFIRM, A.COLLECT_ALL], S.COLLECTED, id="collected without being ready"),
        pytest.param(
            [A.CONFIRM, A.COLLECT_PART, A.COLLECT_PART, A.COLLECT_ALL],
            S.COLLECTED,
            id="collected bit by bit",
        ),
        pytest.param(
            [A.CONFIRM, A.COLLECT_PART, A.LAPSE, A.CLOSE], S.CLOSED, id="the rest lapses"
        ),
        pytest.param([A.CONFIRM, A.LAPSE], S.LAPSED, id="never collected"),
        pytest.param([A.CONFIRM, A.CANCEL, A.REVIVE], S.CONFIRMED, id="cancelled and revived"),
        pytest.param(
            [A.CONFIRM, A.COLLECT_ALL, A.GIVE_BACK_ALL], S.CONFIRMED, id="a hand-over undone"
        ),
    ],
)
def test_a_requested_booking_comes_to(steps: list[BookingStep], end: BookingState) -> None:
    state: BookingState | None = first_state(needs_approval=True)
    for step in steps:
        assert state is not None
        state = next_state(state, step)
    assert state is end


@pytest.mark.parametrize(
    ("state", "step"),
    [
        pytest.param(S.REQUESTED, A.COLLECT_ALL, id="nothing is collected before it is confirmed"),
        pytest.param(S.COLLECTED, A.CANCEL, id="what is out cannot be cancelled"),
        pytest.param(S.PARTLY_COLLECTED, A.CLOSE, id="not closed while a rest is kept"),
        pytest.param(S.DECLINED, A.CONFIRM, id="declined stays declined"),
    ],
)
def test_some_steps_are_impossible(state: BookingState, step: BookingStep) -> None:
    assert next_state(state, step) is None


def test_where_no_approval_is_needed_requested_is_skipped() -> None:
    assert first_state(needs_approval=False) is S.CONFIRMED


def test_every_state_is_listed_and_can_be_reached() -> None:
    reached = {end for steps in STEPS.values() for end in steps.values()}
    assert set(STEPS) == set(BookingState)
    assert reached | {S.REQUESTED} == set(BookingState)
    assert COMMITTING.isdisjoint({S.CANCELLED, S.DECLINED, S.LAPSED, S.CLOSED, S.COLLECTED})
