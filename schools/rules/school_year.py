"""School years, 1 August to 31 July, and the weeks in them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from schools.rules.periods import Period

FIRST_MONTH = 8
DAYS_OF_A_WEEK = 7

_LABEL = re.compile(r"\s*(\d{4})\s*[/-]\s*(?:\d{2})?(\d{2})\s*")


class NoSuchWeekError(ValueError):
    """The school year has no week of that number."""


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year.

    Attributes:
        starts: the calendar year of its first day.

    Source:
        Section 7 (1) SchulG NRW: from 1 August to 31 July.
    """

    starts: int

    @property
    def first(self) -> date:
        """The first day, 1 August."""
        return date(self.starts, FIRST_MONTH, 1)

    @property
    def last(self) -> date:
        """The last day, 31 July of the next calendar year."""
        return date(self.starts + 1, FIRST_MONTH, 1) - timedelta(days=1)

    @property
    def label(self) -> str:
        """As schools write it, such as "2026/27"."""
        return f"{self.starts}/{(self.starts + 1) % 100:02}"

    @property
    def period(self) -> Period:
        """All its days."""
        return Period(self.first, self.last)

    @property
    def next(self) -> "SchoolYear":
        """The school year after this one."""
        return SchoolYear(self.starts + 1)

    @property
    def weeks(self) -> int:
        """Number of weeks that have a day in it, 53 or 54."""
        days = (_monday_of(self.last) - _monday_of(self.first)).days
        return days // DAYS_OF_A_WEEK + 1


def school_year_of(day: date) -> SchoolYear:
    """Return the school year in which a day lies."""
    return SchoolYear(day.year if day.month >= FIRST_MONTH else day.year - 1)


def parse_school_year(text: str) -> SchoolYear | None:
    """Read "2026/27", "2026/2027" or "2026-27"; None when it is no school year."""
    match = _LABEL.fullmatch(text)
    if match is None:
        return None
    year = SchoolYear(int(match[1]))
    return year if year.label.endswith(match[2]) else None


def week_of_school_year(year: SchoolYear, number: int) -> Period:
    """Return the Monday to Sunday of a counted week.

    Args:
        year: the school year.
        number: 1 for the week with 1 August in it, up to `year.weeks`.

    Raises:
        NoSuchWeekError: the school year has no such week.
    """
    if not 1 <= number <= year.weeks:
        raise NoSuchWeekError(f"{year.label} has no week {number}")
    monday = _monday_of(year.first) + timedelta(weeks=number - 1)
    return Period(monday, monday + timedelta(days=DAYS_OF_A_WEEK - 1))


def calendar_week(year: SchoolYear, week: int) -> Period:
    """Return the Monday to Sunday of a calendar week (ISO 8601) within a school year.

    A week that has days in this school year at both its ends, as week 31 sometimes does, is
    the one at the start.

    Args:
        year: the school year.
        week: as calendars print it, 1 to 53.

    Raises:
        NoSuchWeekError: no such week in this school year.
    """
    for number in range(1, year.weeks + 1):
        period = week_of_school_year(year, number)
        if period.first.isocalendar().week == week:
            return period
    raise NoSuchWeekError(f"{year.label} has no calendar week {week}")


def calendar_weeks(year: SchoolYear, first_week: int, last_week: int) -> Period:
    """Return the days of a unit planned from one calendar week to another, both included.

    Args:
        year: the school year.
        first_week: calendar week, such as 49.
        last_week: calendar week, such as 3: the turn of the year may lie between.

    Raises:
        NoSuchWeekError: one of the weeks is not in the school year.
        ReversedPeriodError: the last week comes before the first.
    """
    return Period(calendar_week(year, first_week).first, calendar_week(year, last_week).last)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
