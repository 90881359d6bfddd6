"""Series: the dates of a booking that comes again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.rules.due_dates import Days
from schools.rules.periods import Period

MOST_DATES = 60
"""Of one series, skipped ones included: a school year of weeks, and a few more."""

LONGEST_STEP = 12
"""Weeks between two dates at most."""


class Rhythm(StrEnum):
    """How a series goes on.

    Source:
        docs/rules.md, Lending 5.4.
    """

    WEEKLY = "weekly"
    """Every n weeks; each week with 1."""
    MONTHLY = "monthly"
    """On the same day of each month."""
    DATES = "dates"
    """On given dates."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series, as it is wished.

    Attributes:
        first: the first booking's days; each other is as long.
        rhythm: how it goes on.
        count: weeks or months of the rhythm, the first included; 1 to `MOST_DATES`.
        step: weeks from one date to the next, with `WEEKLY`.
        dates: first days of the others, with `DATES`.
        skips_school_holidays: leave out what touches school holidays.
    """

    first: Period
    rhythm: Rhythm = Rhythm.WEEKLY
    count: int = 1
    step: int = 1
    dates: tuple[date, ...] = ()
    skips_school_holidays: bool = False


@dataclass(frozen=True, slots=True)
class SeriesDates:
    """The dates of a series.

    Attributes:
        periods: those to be booked, by their first day.
        skipped: those left out for school holidays.
        missing: how many months have no such day.
    """

    periods: tuple[Period, ...]
    skipped: tuple[Period, ...] = ()
    missing: int = 0


def dates_of(series: Series, days: Days) -> SeriesDates:
    """Return the dates of a series; what is left out is not made up at the end.

    Args:
        series: as it is wished.
        days: knows the school holidays, and the movable ones of the borrower's school.

    Source:
        docs/rules.md, Lending 5.4.
    """
    starts = list(_STARTS[series.rhythm](series))
    length = timedelta(days=series.first.days - 1)
    every = [Period(day, day + length) for day in sorted({day for day in starts if day})]
    skipped = [each for each in every if series.skips_school_holidays and _in_holidays(each, days)]
    return SeriesDates(
        periods=tuple(each for each in every if each not in skipped),
        skipped=tuple(skipped),
        missing=starts.count(None),
    )


def _weekly(series: Series) -> Iterator[date | None]:
    for place in range(min(series.count, MOST_DATES)):
        yield series.first.first + timedelta(weeks=place * series.step)


def _monthly(series: Series) -> Iterator[date | None]:
    """Yield the same day of each month; None for months that have no such day."""
    first = series.first.first
    for place in range(min(series.count, MOST_DATES)):
        year, month = divmod(first.year * 12 + first.month - 1 + place, 12)
        try:
            yield date(year, month + 1, first.day)
        except ValueError:
            yield None


def _given(series: Series) -> Iterator[date | None]:
    yield series.first.first
    yield from series.dates[: MOST_DATES - 1]


def _in_holidays(period: Period, days: Days) -> bool:
    return any(days.calendar.is_school_holiday(day) or day in days.movable for day in period)


_STARTS: dict[Rhythm, Callable[[Series], Iterator[date | None]]] = {
    Rhythm.WEEKLY: _weekly,
    Rhythm.MONTHLY: _monthly,
    Rhythm.DATES: _given,
}
