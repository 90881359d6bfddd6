"""The days on which a centre or branch is open, and those on which it works unseen.

A calendar is a plain value, made once a request and branch; what it has found out about a day
it remembers, because availability asks for the same days hundreds of times.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

from loans.errors import NoOpenDayError
from schools.rules.periods import ONE_DAY, Period

SEARCH_DAYS = 366
"""How far a search for an open day looks. Source: docs/rules.md, Lending 1.4."""

SATURDAY = 5


class DayKind(StrEnum):
    """Why a day is as it is; the strongest reason, see `OpeningCalendar.day`."""

    OPEN = "open"
    EXCEPTIONAL = "exceptional"
    CLOSURE = "closure"
    PUBLIC_HOLIDAY = "public_holiday"
    CLOSED_WEEKLY = "closed_weekly"


@dataclass(frozen=True, slots=True)
class Hours:
    """One stretch of opening, local time; `closes` is the first minute that is closed."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the place stays closed.

    Attributes:
        name: shown to visitors.
        first: its first day; of a yearly closure, in the first year.
        last: its last day; of a yearly closure, in the first year (or over New Year).
        yearly: returns every year from the first on; 29 February means 28 in other years.
        processed: closed to visitors, but orders are worked on.
    """

    name: str
    first: date
    last: date
    yearly: bool = False
    processed: bool = False

    def during(self, year: int) -> Period | None:
        """Return the closure that begins in `year`, None when none does."""
        later = year - self.first.year
        if later < 0 or (later and not self.yearly) or self.last < self.first:
            return None
        return Period(_years_on(self.first, later), _years_on(self.last, later))


@dataclass(frozen=True, slots=True)
class ExceptionalOpening:
    """One day on which the place opens whatever else says it is closed."""

    day: date
    hours: tuple[Hours, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A public holiday of the state."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Day:
    """What the calendar says of one day.

    Attributes:
        kind: the strongest reason that applies.
        is_open: somebody can come.
        is_processed: orders are worked on: open, or closed to visitors only.
        name: of the closure, holiday or exceptional opening; empty on ordinary days.
        hours: when open, in order; may be empty where no hours are published.
    """

    kind: DayKind
    is_open: bool
    is_processed: bool
    name: str = ""
    hours: tuple[Hours, ...] = ()


MONDAY_TO_FRIDAY = frozenset(range(SATURDAY))


@dataclass(frozen=True, slots=True)
class OpeningCalendar:
    """The opening days of one place.

    Attributes:
        weekdays: regular opening days, Monday 0 to Sunday 6, as in `date.weekday`.
        hours: regular hours by weekday, for display: pairs of weekday and hours.
        processed_weekdays: closed to visitors, but orders are worked on.
        closures: of the centre and of the branch.
        openings: exceptional openings.
        public_holidays: of the state.
        school_holidays: of the state; they close no centre, they only stop school days.
    """

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    hours: tuple[tuple[int, Hours], ...] = ()
    processed_weekdays: frozenset[int] = frozenset()
    closures: tuple[Closure, ...] = ()
    openings: tuple[ExceptionalOpening, ...] = ()
    public_holidays: tuple[NamedDay, ...] = ()
    school_holidays: tuple[Period, ...] = ()
    _days: dict[date, Day] = field(default_factory=dict, init=False, repr=False, compare=False)
    _years: dict[int, dict[date, Day]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def day(self, day: date) -> Day:
        """Return what holds on `day`.

        Strongest first: exceptional opening, closure, public holiday, weekly day.

        Source:
            docs/rules.md, Lending 1.2.
        """
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._exception(day) or self._ordinary(day)
        return known

    def day_kind(self, day: date) -> DayKind:
        """Return why `day` is open or closed."""
        return self.day(day).kind

    def is_open(self, day: date) -> bool:
        """Say whether somebody can come on `day`."""
        return self.day(day).is_open

    def is_processed(self, day: date) -> bool:
        """Say whether orders are worked on: open days, and those closed to visitors only.

        Source:
            docs/rules.md, Lending 1.2.
        """
        return self.day(day).is_processed

    def is_public_holiday(self, day: date) -> bool:
        """Say whether `day` is a holiday of the state, whatever the place does."""
        return any(holiday.day == day for holiday in self.public_holidays)

    def is_school_holiday(self, day: date) -> bool:
        """Say whether `day` lies in the state's school holidays."""
        return any(holidays.contains(day) for holidays in self.school_holidays)

    def next_open_day(self, day: date) -> date:
        """Return `day` itself if open, else the next open day.

        Raises:
            loans.errors.NoOpenDayError: none within 366 days.
        """
        return self._search(day, ONE_DAY)

    def previous_open_day(self, day: date) -> date:
        """Return `day` itself if open, else the last open day before it.

        Raises:
            loans.errors.NoOpenDayError: none within 366 days.
        """
        return self._search(day, -ONE_DAY)

    def open_days_after(self, day: date, count: int) -> date:
        """Return the `count`-th open day after `day`; `day` itself for 0.

        A negative count goes back: -1 is the last open day before `day`.

        Raises:
            loans.errors.NoOpenDayError: 366 closed days in a row.
        """
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._search(day + step, step)
        return day

    def processed_days_after(self, day: date, count: int) -> date:
        """Return the `count`-th day after `day` on which orders are worked on; `day` for 0.

        A negative count goes back.

        Raises:
            loans.errors.NoOpenDayError: 366 days in a row without work.
        """
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._search(day + step, step, seen=False)
        return day

    def open_days_between(self, one: date, other: date) -> int:
        """Count the open days after the earlier day up to and with the later, in either order."""
        first, last = sorted((one, other))
        return sum(self.is_open(day) for day in Period(first, last)) - self.is_open(first)

    def _exception(self, day: date) -> Day | None:
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = self._exceptions_of(day.year)
        return year.get(day)

    def _exceptions_of(self, year: int) -> dict[date, Day]:
        """Return the days of `year` that are not ordinary: the stronger written last."""
        days = {
            holiday.day: Day(
                DayKind.PUBLIC_HOLIDAY, is_open=False, is_processed=False, name=holiday.name
            )
            for holiday in self.public_holidays
            if holiday.day.year == year
        }
        # Where a yearly and a single closure meet, the single one is the better informed.
        for closure in sorted(self.closures, key=lambda closure: not closure.yearly):
            days.update(_closed_days(closure, year))
        for opening in self.openings:
            days[opening.day] = Day(
                DayKind.EXCEPTIONAL,
                is_open=True,
                is_processed=True,
                name=opening.name,
                hours=joined(opening.hours),
            )
        return days

    def _ordinary(self, day: date) -> Day:
        weekday = day.weekday()
        if weekday in self.weekdays:
            hours = joined(hours for of, hours in self.hours if of == weekday)
            return Day(DayKind.OPEN, is_open=True, is_processed=True, hours=hours)
        processed = weekday in self.processed_weekdays
        return Day(DayKind.CLOSED_WEEKLY, is_open=False, is_processed=processed)

    def _search(self, day: date, step: timedelta, *, seen: bool = True) -> date:
        candidate = day
        for _ in range(SEARCH_DAYS + 1):
            found = self.day(candidate)
            if found.is_open if seen else found.is_processed:
                return candidate
            candidate += step
        raise NoOpenDayError(day, SEARCH_DAYS)


def joined(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """Return the hours of a day in order, those that touch made one.

    Source:
        docs/rules.md, Lending 1.3: hours may touch, not overlap.
    """
    result: list[Hours] = []
    for stretch in sorted(hours, key=lambda stretch: stretch.opens):
        if result and result[-1].closes == stretch.opens:
            result[-1] = Hours(result[-1].opens, stretch.closes)
        else:
            result.append(stretch)
    return tuple(result)


def _closed_days(closure: Closure, year: int) -> dict[date, Day]:
    """Return the days of one calendar year that the closure covers."""
    closed = Day(DayKind.CLOSURE, is_open=False, is_processed=closure.processed, name=closure.name)
    first_year = year - (closure.last.year - closure.first.year)
    stretches = [closure.during(begun) for begun in range(first_year, year + 1)]
    return {
        day: closed
        for stretch in stretches
        if stretch is not None
        for day in stretch
        if day.year == year
    }


def _years_on(day: date, years: int) -> date:
    """Return the same day `years` later; 28 February where there is no 29th."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not _is_leap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
