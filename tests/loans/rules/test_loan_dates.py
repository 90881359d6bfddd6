"""Days of a running loan that staff correct, and days on which something is said to be back."""

from datetime import date, timedelta
from enum import StrEnum

import pytest

from loans.rules.codes import LoanRefusal, Refusal
from loans.rules.loan_dates import DatesCase, date_faults
from loans.rules.returns import back_date_faults

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.mark.lending("8.8")
@pytest.mark.parametrize(
    ("case", "codes"),
    [
        pytest.param(DatesCase(TODAY, TODAY - 7 * DAY, TODAY), [], id="into the past"),
        pytest.param(DatesCase(TODAY, TODAY, TODAY - DAY), [LoanRefusal.END_BEFORE_START], id="e"),
        pytest.param(DatesCase(TODAY, TODAY, TODAY), [], id="one day"),
        pytest.param(
            DatesCase(TODAY, TODAY + DAY, TODAY + 2 * DAY),
            [LoanRefusal.START_IN_FUTURE],
            id="never ahead",
        ),
        pytest.param(
            DatesCase(TODAY, TODAY + 2 * DAY, TODAY + DAY),
            [LoanRefusal.START_IN_FUTURE, LoanRefusal.END_BEFORE_START],
            id="every reason is told",
        ),
        pytest.param(DatesCase(TODAY, TODAY, None), [], id="a placement has no end"),
        pytest.param(
            DatesCase(TODAY, TODAY - 3 * DAY, TODAY, TODAY - 2 * DAY),
            [LoanRefusal.START_BEFORE_LAST_RETURN],
            id="somebody else still had it",
        ),
        pytest.param(
            DatesCase(TODAY, TODAY - 2 * DAY, TODAY, TODAY - 2 * DAY), [], id="back that morning"
        ),
        pytest.param(
            DatesCase(TODAY, TODAY, date(9999, 12, 31)), [Refusal.TOO_LONG], id="never back"
        ),
    ],
)
def test_staff_correct_the_days_of_a_loan(case: DatesCase, codes: list[StrEnum]) -> None:
    assert [refused.code for refused in date_faults(case)] == codes


@pytest.mark.lending("8.4")
@pytest.mark.parametrize(
    ("dropped_on", "codes"),
    [
        (TODAY, []),
        (TODAY - 5 * DAY, []),
        (TODAY - 6 * DAY, [LoanRefusal.RETURN_BEFORE_LENDING]),
        (TODAY + DAY, [LoanRefusal.RETURN_IN_FUTURE]),
    ],
)
def test_a_return_is_dated_back_at_most_to_the_lending(
    dropped_on: date, codes: list[LoanRefusal]
) -> None:
    lent_on = TODAY - 5 * DAY
    assert [each.code for each in back_date_faults(dropped_on, lent_on, TODAY)] == codes
