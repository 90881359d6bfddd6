"""What makes a calendar impossible: said before it is saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise

from loans.rules.calendar import Closure, ExceptionalOpening, Hours, OpeningCalendar
from schools.rules.periods import Period

CHECKED_YEARS = 9
"""Yearly closures are compared over so many years: every leap year's turn is among them."""

LONGEST_YEARLY_DAYS = 364


class CalendarFault(StrEnum):
    """Why a calendar is refused."""

    NO_OPEN_WEEKDAY = "no_open_weekday"
    ENDS_BEFORE_START = "ends_before_start"
    YEARLY_TOO_LONG = "yearly_too_long"
    CLOSURES_OVERLAP = "closures_overlap"
    OPENINGS_OVERLAP = "openings_overlap"
    HOURS_REVERSED = "hours_reversed"
    HOURS_OVERLAP = "hours_overlap"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, with the names of what is at fault."""

    kind: CalendarFault
    names: tuple[str, ...] = ()


def calendar_faults(calendar: OpeningCalendar) -> tuple[Fault, ...]:
    """Return everything that is wrong with a calendar; empty if it may be saved.

    A yearly and a single closure may overlap, two of one kind may not.

    Source:
        docs/rules.md, Lending 1.3.
    """
    return (
        *_weekday_faults(calendar),
        *(fault for closure in calendar.closures for fault in _closure_faults(closure)),
        *_overlaps([closure for closure in calendar.closures if closure.yearly]),
        *_overlaps([closure for closure in calendar.closures if not closure.yearly]),
        *_opening_faults(calendar.openings),
        *_hours_faults(calendar),
    )


def _weekday_faults(calendar: OpeningCalendar) -> Iterator[Fault]:
    if not calendar.weekdays:
        yield Fault(CalendarFault.NO_OPEN_WEEKDAY)


def _closure_faults(closure: Closure) -> Iterator[Fault]:
    if closure.last < closure.first:
        yield Fault(CalendarFault.ENDS_BEFORE_START, (closure.name,))
    elif closure.yearly and (closure.last - closure.first).days >= LONGEST_YEARLY_DAYS:
        yield Fault(CalendarFault.YEARLY_TOO_LONG, (closure.name,))


def _overlaps(closures: Sequence[Closure]) -> Iterator[Fault]:
    """Name each pair of different closures that share a day, once."""
    stretches = sorted(
        (period.first, period.last, number)
        for number, closure in enumerate(closures)
        for period in _occurrences(closure, closures)
    )
    pairs: set[tuple[int, int]] = set()
    running: list[tuple[date, int]] = []
    for first, last, number in stretches:
        running = [(ends, other) for ends, other in running if ends >= first]
        pairs |= {(min(number, other), max(number, other)) for _, other in running}
        running.append((last, number))
    for one, other in sorted(pairs):
        if one != other:
            yield Fault(CalendarFault.CLOSURES_OVERLAP, (closures[one].name, closures[other].name))


def _occurrences(closure: Closure, among: Sequence[Closure]) -> Iterator[Period]:
    if closure.yearly:
        newest = max(other.first.year for other in among)
        years = range(closure.first.year, newest + CHECKED_YEARS)
    else:
        years = range(closure.first.year, closure.first.year + 1)
    return (period for year in years if (period := closure.during(year)) is not None)


def _opening_faults(openings: Sequence[ExceptionalOpening]) -> Iterator[Fault]:
    for day, same in groupby(sorted(openings, key=_day_of), key=_day_of):
        names = tuple(opening.name for opening in same)
        if len(names) > 1:
            yield Fault(CalendarFault.OPENINGS_OVERLAP, (day.isoformat(), *names))


def _day_of(opening: ExceptionalOpening) -> date:
    return opening.day


def _hours_faults(calendar: OpeningCalendar) -> Iterator[Fault]:
    by_weekday: dict[str, list[Hours]] = {}
    for weekday, hours in calendar.hours:
        by_weekday.setdefault(str(weekday), []).append(hours)
    by_day = {opening.day.isoformat(): list(opening.hours) for opening in calendar.openings}
    for name, stretches in (by_weekday | by_day).items():
        if any(stretch.closes <= stretch.opens for stretch in stretches):
            yield Fault(CalendarFault.HOURS_REVERSED, (name,))
        ordered = sorted(stretches, key=lambda stretch: stretch.opens)
        if any(later.opens < earlier.closes for earlier, later in pairwise(ordered)):
            yield Fault(CalendarFault.HOURS_OVERLAP, (name,))
