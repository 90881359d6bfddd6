"""Overdue loans: which reminder is due tonight, what blocks, what it costs; and recalls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from loans.errors import NoOpenDayError
from loans.rules.calendar import OpeningCalendar

REMIND_OPEN_DAYS_BEFORE = 3
"""Source: docs/rules.md, Lending 10.2."""

RECALL_OPEN_DAYS = 3
"""No recall is due before this open day from now. Source: docs/rules.md, Lending 10.3."""

LAST_DEMAND = timedelta(days=7)
"""How much time the last reminder gives. Source: docs/decisions/0016-nights.md."""


@dataclass(frozen=True, slots=True)
class WrittenLevel:
    """A reminder level that was written for a loan, and in which night."""

    level: int
    written_on: date


def is_overdue(due_on: date, today: date) -> bool:
    """Say whether a loan is late: due today is not, due yesterday is.

    Source:
        docs/rules.md, Lending 10.1.
    """
    return due_on < today


def days_overdue(due_on: date, today: date) -> int:
    """Count the calendar days past the due date; 0 in time."""
    return max(0, (today - due_on).days)


def open_days_overdue(due_on: date, returned_on: date, calendar: OpeningCalendar) -> int:
    """Count the open days past the due date, the day of return included; 0 in time."""
    if returned_on <= due_on:
        return 0
    return calendar.open_days_between(due_on, returned_on)


def level_due(
    due_on: date, today: date, levels: Sequence[int], written: Sequence[WrittenLevel]
) -> int | None:
    """Return the one level to write for a loan tonight; None if none is.

    The lowest level not yet written; after missed nights each in its turn, no sooner after the
    one before than the terms put between the two, so the first letter never blocks.

    Args:
        due_on: the due date.
        today: the night's day.
        levels: days overdue of each level, ascending; level 1 first.
        written: what was written for this loan since it was last due.

    Source:
        docs/rules.md, Lending 10.1.
    """
    last = max(written, key=lambda each: each.level, default=None)
    level = 1 if last is None else last.level + 1
    if level > len(levels) or days_overdue(due_on, today) < levels[level - 1]:
        return None
    if last is not None:
        distance = levels[level - 1] - levels[last.level - 1]
        if (today - last.written_on).days < distance:
            return None
    return level


@dataclass(frozen=True, slots=True)
class ReminderCase:
    """What decides about the reminder of one loan that is out.

    Attributes:
        due_on: the due date.
        levels: days overdue of each level, ascending; level 1 first.
        written: what was written for this loan since it was last due.
        snoozed_until: staff put its reminders off until this day, included; None for not.
        claimed: its borrower or staff say that it is back, lost or damaged, and that is open.
    """

    due_on: date
    levels: Sequence[int]
    written: Sequence[WrittenLevel] = ()
    snoozed_until: date | None = None
    claimed: bool = False


def level_tonight(case: ReminderCase, today: date) -> int | None:
    """Return the one level to write for a loan tonight; None if none is, or it is put off.

    Source:
        docs/rules.md, Lending 10.1, and docs/decisions/0016-nights.md: an open claim waits.
    """
    if is_put_off(case, today):
        return None
    return level_due(case.due_on, today, case.levels, case.written)


def is_put_off(case: ReminderCase, today: date) -> bool:
    """Say whether nobody is reminded of a loan for now: it is paused, or something is claimed.

    Source:
        docs/decisions/0016-nights.md: an open claim waits, and so does a paused loan.
    """
    return case.claimed or (case.snoozed_until is not None and today <= case.snoozed_until)


def last_demand_until(today: date, calendar: OpeningCalendar) -> date:
    """Return the day that the last reminder names: a week from now, or the open day after it.

    Where no day is open from then on, a week from now: the demand is made all the same.
    """
    try:
        return calendar.next_open_day(today + LAST_DEMAND)
    except NoOpenDayError:
        return today + LAST_DEMAND


def blocks(written: Sequence[WrittenLevel], block_level: int) -> bool:
    """Say whether what was written for an overdue loan reaches the level that blocks.

    Source:
        docs/rules.md, Lending 10.1.
    """
    return any(each.level >= block_level for each in written)


@dataclass(frozen=True, slots=True)
class LateLoan:
    """A loan that is late, or was when it came back.

    Attributes:
        due_on: the due date.
        back_on: the day it was back in the house, later than the due date; None while out.
        reached: a reminder of it reached the level that blocks.
    """

    due_on: date
    back_on: date | None
    reached: bool


def is_blocked(loans: Iterable[LateLoan]) -> bool:
    """Say whether a borrower is blocked by what is late.

    A loan that reached the level blocks until nothing late is left: also by others that were
    late already when it came back, and so on.

    Args:
        loans: of one borrower at one centre: all that are late, and those that were.

    Source:
        docs/rules.md, Lending 10.1: blocked until everything is back, then the block lifts
        itself.
    """
    every = list(loans)
    reached = [loan for loan in every if loan.reached]
    if any(loan.back_on is None for loan in reached):
        return True
    return any(loan.back_on and _still_late(loan.back_on, every) for loan in reached)


def _still_late(day: date, loans: Sequence[LateLoan]) -> bool:
    """Say whether from a day on something was late all the time until now."""
    while True:
        late = [loan for loan in loans if loan.due_on < day]
        if any(loan.back_on is None for loan in late):
            return True
        longest = max((loan.back_on for loan in late if loan.back_on is not None), default=day)
        if longest <= day:
            return False
        day = longest


def reminds_tonight(lent_on: date, due_on: date, today: date, calendar: OpeningCalendar) -> bool:
    """Say whether the letter before the due date may be owed tonight; once a due date.

    From the third open day before the due date on, until the due date; never for a loan
    handed out on that day or later.

    Raises:
        loans.errors.NoOpenDayError: no open day before the due date.

    Source:
        docs/rules.md, Lending 10.2.
    """
    day = calendar.open_days_after(due_on, -REMIND_OPEN_DAYS_BEFORE)
    return lent_on < day <= today <= due_on


@dataclass(frozen=True, slots=True)
class Fee:
    """What a late return costs.

    Attributes:
        cents_a_day: for each open day; 0 for none.
        most_cents: the replacement value of the copy; None if unknown, then there is no cap.
    """

    cents_a_day: int = 0
    most_cents: int | None = None


def overdue_fee(due_on: date, returned_on: date, fee: Fee, calendar: OpeningCalendar) -> int:
    """Return the fee of a late return, in cents.

    Source:
        docs/rules.md, Lending 10.2.
    """
    cents = fee.cents_a_day * open_days_overdue(due_on, returned_on, calendar)
    return cents if fee.most_cents is None else min(cents, fee.most_cents)


def recalled_to(wanted: date, due_on: date, today: date, calendar: OpeningCalendar) -> date:
    """Return the due date after a recall: never later than now, never at once, never when closed.

    Args:
        wanted: the recall day, the same for all; the last open day up to it counts.
        due_on: the present due date.
        today: the day of the recall.
        calendar: of the place.

    Raises:
        loans.errors.NoOpenDayError: no three open days from now.

    Source:
        docs/rules.md, Lending 10.3, and docs/decisions/0016-nights.md: the open day before.
    """
    soonest = calendar.open_days_after(today, RECALL_OPEN_DAYS)
    day = soonest if wanted <= soonest else calendar.previous_open_day(wanted)
    return min(due_on, day)
