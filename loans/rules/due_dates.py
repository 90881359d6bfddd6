"""When a loan must be back: counted, moved off closed days, capped.

A due day ends at 23:59 local time; whoever brings it back that evening is in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.errors import NoOpenDayError, Refused
from loans.rules.calendar import SATURDAY, SEARCH_DAYS, OpeningCalendar
from schools.rules.periods import ONE_DAY

WEEK = timedelta(weeks=1)


class Basis(StrEnum):
    """Which days a loan period counts.

    Source:
        docs/rules.md, Lending 1.5.
    """

    CALENDAR_DAYS = "calendar_days"
    WEEKDAYS = "weekdays"
    WORKING_DAYS = "working_days"
    OPEN_DAYS = "open_days"
    SCHOOL_DAYS = "school_days"


class ClosedDayRule(StrEnum):
    """What happens when the period ends on a closed day.

    Source:
        docs/rules.md, Lending 1.5.
    """

    KEEP = "keep"
    NEXT_OPEN_DAY = "next_open_day"
    KEEP_WEEKDAY = "keep_weekday"


@dataclass(frozen=True, slots=True)
class LoanPeriod:
    """How long a loan lasts.

    Attributes:
        days: number of days of that basis; the day of lending is not counted.
        basis: which days count.
        closed_day_rule: where it ends if the last day is closed.
    """

    days: int
    basis: Basis = Basis.CALENDAR_DAYS
    closed_day_rule: ClosedDayRule = ClosedDayRule.NEXT_OPEN_DAY

    @property
    def keeps_closed_days(self) -> bool:
        """Say whether this is the plain calendar mode, which never looks at opening days."""
        return self.basis is Basis.CALENDAR_DAYS and self.closed_day_rule is ClosedDayRule.KEEP


@dataclass(frozen=True, slots=True)
class Days:
    """The days that count for one borrower at one place.

    Attributes:
        calendar: of the place.
        movable: movable holidays of the borrower's school; they only stop school days.
    """

    calendar: OpeningCalendar
    movable: frozenset[date] = frozenset()

    def counts(self, day: date, basis: Basis) -> bool:
        """Say whether `day` is counted on that basis.

        Source:
            docs/rules.md, Lending 1.5.
        """
        if basis is Basis.CALENDAR_DAYS:
            return True
        if basis is Basis.OPEN_DAYS:
            return self.calendar.is_open(day)
        if day.weekday() >= SATURDAY:
            return False
        return basis is Basis.WEEKDAYS or self._is_working_day(day, basis)

    def _is_working_day(self, day: date, basis: Basis) -> bool:
        if self.calendar.is_public_holiday(day):
            return False
        if basis is Basis.WORKING_DAYS:
            return True
        return day not in self.movable and not self.calendar.is_school_holiday(day)


@dataclass(frozen=True, slots=True)
class Cap:
    """A day no loan may reach past.

    Attributes:
        code: the refusal if no day is left.
        last: the last day allowed, open or not.
    """

    code: StrEnum
    last: date


@dataclass(frozen=True, slots=True)
class DueDate:
    """The due day, or why there is none.

    Attributes:
        day: None if any cap leaves no day.
        capped_by: codes of the caps that shortened it.
        refused: caps that leave no day on or after the day of lending.
    """

    day: date | None
    capped_by: tuple[StrEnum, ...] = ()
    refused: tuple[Refused, ...] = ()


def due_date(lent_on: date, period: LoanPeriod, days: Days, caps: Iterable[Cap] = ()) -> DueDate:
    """Return the last day on which a loan is still in time.

    Args:
        lent_on: the day of lending, not counted.
        period: length, basis and what to do on a closed day.
        days: the calendar of the place and the borrower's movable days.
        caps: ends of entitlement and licence, the day before the next commitment. Each steps
            back to an open day, except in plain calendar mode.

    Raises:
        loans.errors.NoOpenDayError: no open day near the due date.

    Source:
        docs/rules.md, Lending 1.5 and 1.6.
    """
    return capped(uncapped_due_date(lent_on, period, days), lent_on, period, days, caps)


def capped(
    due: date, lent_on: date, period: LoanPeriod, days: Days, caps: Iterable[Cap]
) -> DueDate:
    """Return a due date, counted or chosen, within the caps; see `due_date`.

    Source:
        docs/rules.md, Lending 1.6.
    """
    capped_by: list[tuple[date, StrEnum]] = []
    refused: list[Refused] = []
    for cap in caps:
        if cap.last >= due:
            continue
        last = _last_day(cap, lent_on, period, days.calendar)
        if last is None:
            refused.append(Refused(cap.code, {"until": cap.last}))
        else:
            capped_by.append((last, cap.code))
    if refused:
        return DueDate(None, refused=tuple(refused))
    day = min((last for last, _ in capped_by), default=due)
    return DueDate(day, tuple(code for last, code in capped_by if last == day))


def chosen(due: date, lent_on: date, caps: Iterable[Cap]) -> DueDate:
    """Return a due date that staff chose, closed that day or not; a cap before it forbids it.

    Each refusal says `lend_until` when it could go, if it could go at all.

    Source:
        docs/rules.md, Lending 1.6.
    """
    refused = [
        Refused(cap.code, {"lend_until" if cap.last >= lent_on else "until": cap.last})
        for cap in caps
        if cap.last < due
    ]
    return DueDate(None if refused else due, refused=tuple(refused))


def uncapped_due_date(lent_on: date, period: LoanPeriod, days: Days) -> date:
    """Return the due day that the period alone gives.

    Raises:
        loans.errors.NoOpenDayError: no open day near the end of the period.

    Source:
        docs/rules.md, Lending 1.5.
    """
    end = _counted(lent_on, period, days)
    calendar = days.calendar
    if period.closed_day_rule is ClosedDayRule.KEEP or calendar.is_open(end):
        return end
    if _keeps_weekday(end, period, calendar):
        return _same_weekday(end, calendar)
    return calendar.next_open_day(end)


def _counted(lent_on: date, period: LoanPeriod, days: Days) -> date:
    if period.basis is Basis.CALENDAR_DAYS:
        return lent_on + timedelta(days=period.days)
    day, last_counted, left = lent_on, lent_on, period.days
    while left:
        day += ONE_DAY
        if days.counts(day, period.basis):
            left, last_counted = left - 1, day
        elif (day - last_counted).days > SEARCH_DAYS:
            raise NoOpenDayError(last_counted, SEARCH_DAYS)
    return day


def _keeps_weekday(end: date, period: LoanPeriod, calendar: OpeningCalendar) -> bool:
    """Say whether whole weeks may be added; a regular closing day would never come right."""
    return (
        period.closed_day_rule is ClosedDayRule.KEEP_WEEKDAY
        and period.basis is Basis.CALENDAR_DAYS
        and period.days % 7 == 0
        and end.weekday() in calendar.weekdays
    )


def _same_weekday(end: date, calendar: OpeningCalendar) -> date:
    weeks = SEARCH_DAYS // 7
    for _ in range(weeks):
        end += WEEK
        if calendar.is_open(end):
            return end
    raise NoOpenDayError(end - weeks * WEEK, SEARCH_DAYS)


def _last_day(
    cap: Cap, lent_on: date, period: LoanPeriod, calendar: OpeningCalendar
) -> date | None:
    """Step back from a cap to an open day; None if none is left from the day of lending on."""
    day = cap.last
    while day >= lent_on:
        if period.keeps_closed_days or calendar.is_open(day):
            return day
        day -= ONE_DAY
    return None
