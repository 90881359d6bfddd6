"""What leads a copy from one state to another."""

import pytest

from catalogue.rules.copy_states import LENDABLE_STATES, STEPS, CopyState, CopyStep, next_state

pytestmark = pytest.mark.lending("3.1")


@pytest.mark.parametrize(
    ("state", "step", "end"),
    [
        pytest.param(CopyState.AVAILABLE, CopyStep.LEND, CopyState.ON_LOAN, id="lent"),
        pytest.param(CopyState.ON_LOAN, CopyStep.PUT_BACK, CopyState.AVAILABLE, id="returned"),
        pytest.param(CopyState.ON_LOAN, CopyStep.RECEIVE, CopyState.RECEIVED, id="received"),
        pytest.param(CopyState.LOST, CopyStep.LEND, CopyState.ON_LOAN, id="found by lending it"),
        pytest.param(CopyState.ON_LOAN, CopyStep.LEND, None, id="nothing is lent twice"),
        pytest.param(CopyState.ON_LOAN, CopyStep.WITHDRAW, None, id="not withdrawn while lent"),
        pytest.param(CopyState.WITHDRAWN, CopyStep.PUT_BACK, None, id="withdrawn stays withdrawn"),
    ],
)
def test_a_step_of_a_copy(state: CopyState, step: CopyStep, end: CopyState | None) -> None:
    assert next_state(state, step) is end


def test_every_step_and_state_is_listed() -> None:
    assert set(STEPS) == set(CopyStep)
    assert {end for _, end in STEPS.values()} == set(CopyState)
    assert CopyState.INCOMPLETE not in LENDABLE_STATES
