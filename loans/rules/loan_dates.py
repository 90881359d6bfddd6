"""What may be corrected about the days of a running loan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from loans.errors import Refused
from loans.rules.calendar import SEARCH_DAYS
from loans.rules.codes import LoanRefusal, Refusal

LONGEST_LOAN = timedelta(days=2 * SEARCH_DAYS)
"""A due day chosen by hand that lies further off is a slip of the keys.

Whoever looks at the loan would look at every day until then.
"""


@dataclass(frozen=True, slots=True)
class DatesCase:
    """A running loan with the days that staff want it to have.

    Attributes:
        latest: the last day on which it can have begun: today, or the day it was received.
        lent_on: its first day.
        due_on: its last day in time; None for a placement.
        back_before: when the copy came back from the loan before; None if there was none.
    """

    latest: date
    lent_on: date
    due_on: date | None
    back_before: date | None = None


def date_faults(case: DatesCase) -> tuple[Refused, ...]:
    """Return every reason against these days: a start may move into the past, never ahead.

    Source:
        docs/rules.md, Lending 8.8, and 4.3 for the due date, which counts at once.
    """
    return tuple(_faults(case))


def _faults(case: DatesCase) -> Iterator[Refused]:
    if case.lent_on > case.latest:
        yield Refused(LoanRefusal.START_IN_FUTURE, {"until": case.latest})
    if case.due_on is not None and case.due_on < case.lent_on:
        yield Refused(LoanRefusal.END_BEFORE_START, {"from_day": case.lent_on})
    if case.due_on is not None and case.due_on > case.latest + LONGEST_LOAN:
        yield Refused(Refusal.TOO_LONG, {"until": case.latest + LONGEST_LOAN})
    if case.back_before is not None and case.lent_on < case.back_before:
        yield Refused(LoanRefusal.START_BEFORE_LAST_RETURN, {"from_day": case.back_before})
