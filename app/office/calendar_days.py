"""The days of a calendar as pages show them: a year in small, a month with every reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as translated

from app.office.calendar_words import first_words, holiday_name, layer_words
from loans.rules.calendar import Day, DayKind, OpeningCalendar
from loans.rules.calendar_layers import layers
from schools.rules.periods import ONE_DAY, Period
from schools.vocabularies.holidays import HolidayKind

MONTHS = range(1, 13)
DAYS_A_WEEK = 7

MARKS = {
    DayKind.OPEN: ("open", ""),
    DayKind.EXCEPTIONAL: ("extra", "+"),
    DayKind.CLOSURE: ("shut", "✕"),
    DayKind.PUBLIC_HOLIDAY: ("feast", "★"),
    DayKind.CLOSED_WEEKLY: ("off", ""),
}
"""Class and sign of each kind of day; the sign says what the colour says."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the year in small.

    Attributes:
        day: the day.
        mark: class of the cell.
        sign: beside the number, for who sees no colours.
        words: the same for who sees nothing.
        school_off: it lies in the school holidays.
        is_today: it is today.
    """

    day: date
    mark: str
    sign: str
    words: str
    school_off: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday; None stands for days of other months."""

    first: date
    weeks: tuple[tuple[Cell | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One day of the month's list.

    Attributes:
        day: the day.
        cell: what the year shows of it.
        is_open: somebody can come.
        kind: what holds.
        reasons: all that is said of it, strongest first; the first one holds.
        school: the school holidays it lies in; they close nothing.
    """

    day: date
    cell: Cell
    kind: DayKind
    is_open: bool
    reasons: tuple[str, ...]
    school: str


def year_of(calendar: OpeningCalendar, year: int, today: date) -> list[Month]:
    """Return the twelve months of a year."""
    return [_month(calendar, date(year, month, 1), today) for month in MONTHS]


def month_lines(calendar: OpeningCalendar, first: date, today: date) -> list[Line]:
    """Return each day of a month with every reason, strongest first.

    Source:
        docs/rules.md, Lending 1.2.
    """
    return [_line(calendar, day, today) for day in _days_of(first)]


def weekday_heads() -> list[tuple[str, str]]:
    """Return short and full names of the weekdays, Monday first."""
    locale = get_locale() or "de"
    short, wide = (get_day_names(width, locale=locale) for width in ("short", "wide"))
    return [(short[each].rstrip("."), wide[each]) for each in range(DAYS_A_WEEK)]


def _month(calendar: OpeningCalendar, first: date, today: date) -> Month:
    days = list(_days_of(first))
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(calendar, day, today) for day in days]
    cells += [None] * (-len(cells) % DAYS_A_WEEK)
    weeks = (cells[at : at + DAYS_A_WEEK] for at in range(0, len(cells), DAYS_A_WEEK))
    return Month(first, tuple(tuple(week) for week in weeks))


def _days_of(first: date) -> Iterator[date]:
    following = (first.replace(day=28) + 4 * ONE_DAY).replace(day=1)
    yield from Period(first, following - ONE_DAY)


def _cell(calendar: OpeningCalendar, day: date, today: date) -> Cell:
    found = calendar.day(day)
    mark, sign = MARKS[found.kind]
    if found.is_processed and not found.is_open:
        sign += "°"
    return Cell(
        day=day,
        mark=mark,
        sign=sign,
        words=_words(found, day),
        school_off=calendar.is_school_holiday(day),
        is_today=day == today,
    )


def _words(found: Day, day: date) -> str:
    """Return what is said of a day that is not simply open."""
    if found.kind is DayKind.OPEN:
        return ""
    if found.kind is DayKind.CLOSED_WEEKLY and not found.is_processed:
        return str(translated("closed"))
    return layer_words(found, day)


def _line(calendar: OpeningCalendar, day: date, today: date) -> Line:
    said = layers(calendar, day)
    return Line(
        day=day,
        cell=_cell(calendar, day, today),
        kind=said[0].kind,
        is_open=said[0].is_open,
        reasons=(first_words(said[0], day), *(layer_words(each, day) for each in said[1:])),
        school=_school(calendar, day),
    )


def _school(calendar: OpeningCalendar, day: date) -> str:
    if not calendar.is_school_holiday(day):
        return ""
    return holiday_name(HolidayKind.SCHOOL, day) or str(translated("School holidays"))
