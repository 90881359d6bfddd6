"""Everything a calendar says about one day, the strongest first; the first of it holds."""

from collections.abc import Iterator
from datetime import date

from loans.rules.calendar import Closure, Day, DayKind, OpeningCalendar, joined


def layers(calendar: OpeningCalendar, day: date) -> tuple[Day, ...]:
    """Return all that is said about a day, strongest first.

    Returns:
        At least the regular weekday, which comes last; the first is what `calendar.day` gives.

    Source:
        docs/rules.md, Lending 1.2.
    """
    return (
        *_openings(calendar, day),
        *_closures(calendar, day),
        *_public_holidays(calendar, day),
        _weekday(calendar, day),
    )


def covers(closure: Closure, day: date) -> bool:
    """Say whether a closure, in whichever of its years, holds on a day."""
    turns = closure.last.year - closure.first.year
    years = range(day.year - turns, day.year + 1) if turns >= 0 else ()
    return any(during.contains(day) for during in map(closure.during, years) if during)


def _openings(calendar: OpeningCalendar, day: date) -> Iterator[Day]:
    for opening in reversed(calendar.openings):
        if opening.day == day:
            yield Day(
                DayKind.EXCEPTIONAL,
                is_open=True,
                is_processed=True,
                name=opening.name,
                hours=joined(opening.hours),
            )


def _closures(calendar: OpeningCalendar, day: date) -> Iterator[Day]:
    """Go through the closures of a day: single ones before yearly ones, as `day` reads them."""
    ordered = sorted(calendar.closures, key=lambda closure: not closure.yearly)
    for closure in reversed(ordered):
        if covers(closure, day):
            yield Day(
                DayKind.CLOSURE,
                is_open=False,
                is_processed=closure.processed,
                name=closure.name,
            )


def _public_holidays(calendar: OpeningCalendar, day: date) -> Iterator[Day]:
    for holiday in reversed(calendar.public_holidays):
        if holiday.day == day:
            yield Day(DayKind.PUBLIC_HOLIDAY, is_open=False, is_processed=False, name=holiday.name)


def _weekday(calendar: OpeningCalendar, day: date) -> Day:
    plain = OpeningCalendar(calendar.weekdays, calendar.hours, calendar.processed_weekdays)
    return plain.day(day)
