"""What becomes of a copy under the scanner, and until when it is kept for somebody."""

from datetime import date

import pytest

from catalogue.rules.copy_states import CopyState
from loans.rules.holds import PickupTime, pickup_deadline
from loans.rules.returns import ReturnCase, ReturnNote, ReturnStep, take_back
from tests.loans.rules.calendars import SPRING_2027

pytestmark = pytest.mark.lending("8.5")

HOME, OTHER, THIRD = 1, 2, 3
MONDAY = date(2027, 5, 3)


@pytest.mark.parametrize(
    ("case", "step"),
    [
        pytest.param(
            ReturnCase(CopyState.ON_LOAN, HOME, HOME),
            ReturnStep(CopyState.AVAILABLE, ReturnNote.RETURNED),
            id="on loan, nobody waits, at home",
        ),
        pytest.param(
            ReturnCase(CopyState.ON_LOAN, OTHER, HOME),
            ReturnStep(CopyState.IN_TRANSIT, ReturnNote.RETURNED, sent_to=HOME),
            id="on loan, nobody waits, elsewhere",
        ),
        pytest.param(
            ReturnCase(CopyState.ON_LOAN, HOME, HOME, wanted_at=HOME),
            ReturnStep(CopyState.SET_ASIDE, ReturnNote.RETURNED, serves_first=True),
            id="on loan, the first picks up here",
        ),
        pytest.param(
            ReturnCase(CopyState.ON_LOAN, THIRD, HOME, wanted_at=OTHER),
            ReturnStep(
                CopyState.IN_TRANSIT, ReturnNote.RETURNED, sent_to=OTHER, serves_first=True
            ),
            id="on loan, the first picks up elsewhere",
        ),
        pytest.param(
            ReturnCase(CopyState.IN_TRANSIT, OTHER, HOME, bound_for=OTHER),
            ReturnStep(CopyState.SET_ASIDE, ReturnNote.ARRIVED),
            id="in transit for pick-up, at that place",
        ),
        pytest.param(
            ReturnCase(CopyState.IN_TRANSIT, THIRD, HOME, bound_for=OTHER),
            ReturnStep(CopyState.IN_TRANSIT, ReturnNote.STILL_ON_ITS_WAY, sent_to=OTHER),
            id="in transit for pick-up, elsewhere",
        ),
        pytest.param(
            ReturnCase(CopyState.IN_TRANSIT, HOME, HOME),
            ReturnStep(CopyState.AVAILABLE, ReturnNote.ARRIVED),
            id="in transit home, at home",
        ),
        pytest.param(
            ReturnCase(CopyState.IN_TRANSIT, THIRD, HOME),
            ReturnStep(CopyState.IN_TRANSIT, ReturnNote.STILL_ON_ITS_WAY, sent_to=HOME),
            id="in transit home, elsewhere",
        ),
        pytest.param(
            ReturnCase(CopyState.IN_TRANSIT, THIRD, HOME, wanted_at=OTHER),
            ReturnStep(
                CopyState.IN_TRANSIT, ReturnNote.READDRESSED, sent_to=OTHER, serves_first=True
            ),
            id="in transit home, somebody waits meanwhile",
        ),
        pytest.param(
            ReturnCase(CopyState.SET_ASIDE, OTHER, HOME, bound_for=OTHER),
            ReturnStep(CopyState.SET_ASIDE, ReturnNote.STILL_SET_ASIDE),
            id="set aside, scanned at its place",
        ),
        pytest.param(
            ReturnCase(CopyState.SET_ASIDE, HOME, HOME, bound_for=OTHER),
            ReturnStep(CopyState.IN_TRANSIT, ReturnNote.STILL_ON_ITS_WAY, sent_to=OTHER),
            id="set aside, scanned elsewhere",
        ),
        pytest.param(
            ReturnCase(CopyState.MISSING, HOME, HOME),
            ReturnStep(CopyState.AVAILABLE, ReturnNote.FOUND),
            id="missing and found at home",
        ),
        pytest.param(
            ReturnCase(CopyState.LOST, HOME, HOME, wanted_at=OTHER),
            ReturnStep(CopyState.IN_TRANSIT, ReturnNote.FOUND, sent_to=OTHER, serves_first=True),
            id="lost, found and waited for",
        ),
        pytest.param(
            ReturnCase(CopyState.AVAILABLE, HOME, HOME),
            ReturnStep(CopyState.AVAILABLE, ReturnNote.NOT_ON_LOAN),
            id="never away",
        ),
        pytest.param(
            ReturnCase(CopyState.AVAILABLE, OTHER, HOME, wanted_at=OTHER),
            ReturnStep(CopyState.SET_ASIDE, ReturnNote.NOT_ON_LOAN, serves_first=True),
            id="never away, but waited for",
        ),
        pytest.param(
            ReturnCase(CopyState.RECEIVED, HOME, HOME),
            ReturnStep(CopyState.AVAILABLE, ReturnNote.CHECKED),
            id="received before, looked over now",
        ),
        pytest.param(
            ReturnCase(CopyState.INCOMPLETE, HOME, HOME, completed=True),
            ReturnStep(CopyState.AVAILABLE, ReturnNote.COMPLETED),
            id="incomplete, now complete",
        ),
        pytest.param(
            ReturnCase(CopyState.INCOMPLETE, HOME, HOME, wanted_at=HOME, completed=True),
            ReturnStep(CopyState.SET_ASIDE, ReturnNote.COMPLETED, serves_first=True),
            id="incomplete, now complete and waited for",
        ),
        pytest.param(
            ReturnCase(CopyState.INCOMPLETE, HOME, HOME, wanted_at=HOME),
            ReturnStep(CopyState.INCOMPLETE, ReturnNote.NOT_LENDABLE),
            id="incomplete serves nobody",
        ),
        pytest.param(
            ReturnCase(CopyState.IN_REPAIR, HOME, HOME, wanted_at=HOME),
            ReturnStep(CopyState.IN_REPAIR, ReturnNote.NOT_LENDABLE),
            id="in repair serves nobody",
        ),
    ],
)
@pytest.mark.lending("8.5")
def test_a_scanned_copy(case: ReturnCase, step: ReturnStep) -> None:
    assert take_back(case) == step


@pytest.mark.parametrize("state", CopyState)
def test_every_state_has_an_answer(state: CopyState) -> None:
    assert take_back(ReturnCase(state, HOME, HOME)).state in CopyState


@pytest.mark.parametrize(
    ("time", "not_after", "deadline"),
    [
        pytest.param(
            PickupTime(6, in_open_days=False), None, date(2027, 5, 9), id="calendar days"
        ),
        pytest.param(PickupTime(6), None, date(2027, 5, 12), id="open days"),
        pytest.param(
            PickupTime(6), date(2027, 5, 7), date(2027, 5, 7), id="not needed after wins"
        ),
    ],
)
@pytest.mark.lending("7.2")
def test_a_copy_is_kept_until(time: PickupTime, not_after: date | None, deadline: date) -> None:
    assert pickup_deadline(MONDAY, time, SPRING_2027, not_after) == deadline
