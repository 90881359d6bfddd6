"""Which rows of terms are taken: numbers within bounds, reminders that come in order."""

from typing import Any

import pytest

from loans.rules.terms import UNLIMITED, VALUE_NAMES, TermsKey, TermsRow, TermsValues
from loans.rules.terms_faults import BOUNDS, TermsFault, crossed, faults

pytestmark = pytest.mark.lending("2.1")

HERE, THERE = 1, 2
FILMS_HERE = TermsKey(HERE, "school", "media")
CLOSED_SETS = {
    "basis",
    "closed_day_rule",
    "needs_approval",
    "needs_briefing",
    "personal_pickup",
}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        pytest.param({"loan_period": 14}, {}, id="one value is enough"),
        pytest.param({"renewals": 0}, {}, id="none allowed is a value"),
        pytest.param({"needs_approval": False}, {}, id="no is a value"),
        pytest.param({"limit_open_loans": UNLIMITED}, {}, id="without limit"),
        pytest.param({}, {"": TermsFault.SAYS_NOTHING}, id="a row without values"),
        pytest.param(
            {"loan_period": UNLIMITED}, {"loan_period": TermsFault.OUT_OF_BOUNDS}, id="for ever"
        ),
        pytest.param(
            {"lead_time": -1, "fee_cents": 10_001},
            {"lead_time": TermsFault.OUT_OF_BOUNDS, "fee_cents": TermsFault.OUT_OF_BOUNDS},
            id="every fault at once",
        ),
        pytest.param(
            {"block_level": 0}, {"block_level": TermsFault.OUT_OF_BOUNDS}, id="no such level"
        ),
        pytest.param(
            {"reminder_level_1": 10, "reminder_level_3": 10},
            {"reminder_level_3": TermsFault.LEVELS_NOT_ASCENDING},
            id="two levels on one day",
        ),
        pytest.param(
            {"reminder_level_2": UNLIMITED, "reminder_level_3": UNLIMITED}, {}, id="never reminded"
        ),
        pytest.param(
            {"reminder_level_2": UNLIMITED, "reminder_level_3": 30},
            {"reminder_level_3": TermsFault.LEVELS_NOT_ASCENDING},
            id="a level after one that never comes",
        ),
    ],
)
def test_what_a_row_may_say(values: dict[str, Any], found: dict[str, TermsFault]) -> None:
    assert faults(TermsValues(**values)) == found


def test_every_value_has_bounds_or_is_a_closed_set() -> None:
    assert set(VALUE_NAMES) == set(BOUNDS) | CLOSED_SETS


def test_levels_of_different_rows_must_ascend_together() -> None:
    everywhere = TermsRow(1, TermsKey(), TermsValues(reminder_level_1=3, reminder_level_2=10))
    here = TermsRow(2, TermsKey(HERE), TermsValues(reminder_level_1=12))
    elsewhere = TermsKey(THERE, "school", "media")
    assert crossed([everywhere], [FILMS_HERE, elsewhere]) == frozenset()
    assert crossed([everywhere, here], [FILMS_HERE, elsewhere]) == {FILMS_HERE}


def test_built_in_levels_count_as_well() -> None:
    row = TermsRow(1, TermsKey(HERE), TermsValues(reminder_level_2=20))
    assert crossed([row], [FILMS_HERE]) == {FILMS_HERE}
