"""Movable holidays of a school: days off it chooses itself, three or four a school year."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.rules.calendar import SATURDAY, NamedDay
from schools.rules.periods import ONE_DAY, Period
from schools.rules.school_year import SchoolYear

USUAL_FEWEST, USUAL_MOST = 3, 4
"""How many the state leaves to its schools, by the school year.

Source: § 7 (2) SchulG NRW and the yearly order of holidays (Ferienordnung).
"""

MOST_A_YEAR = 20
"""More are surely a mistake."""

GOOD_FRIDAY = "Karfreitag"
CARNIVAL_MONDAY_BEFORE_GOOD_FRIDAY = timedelta(days=46)
TUESDAY, THURSDAY = 1, 3


class MovableFault(StrEnum):
    """Why a day is no movable holiday."""

    NOT_IN_YEAR = "not_in_year"
    WEEKEND = "weekend"
    PUBLIC_HOLIDAY = "public_holiday"
    SCHOOL_HOLIDAY = "school_holiday"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class StateHolidays:
    """Days without school that the state sets."""

    public: tuple[NamedDay, ...]
    school: tuple[Period, ...]

    def public_on(self, day: date) -> bool:
        """Say whether a day is a public holiday."""
        return any(each.day == day for each in self.public)

    def school_on(self, day: date) -> bool:
        """Say whether a day lies in the school holidays."""
        return any(each.contains(day) for each in self.school)


def movable_fault(
    day: date, year: SchoolYear, known: Collection[date], holidays: StateHolidays
) -> MovableFault | None:
    """Return why a school cannot take a day off that it does not have off anyway.

    Source:
        docs/rules.md, Lending 1.2 and 1.5.
    """
    if not year.period.contains(day):
        return MovableFault.NOT_IN_YEAR
    if day in known:
        return MovableFault.KNOWN
    if day.weekday() >= SATURDAY:
        return MovableFault.WEEKEND
    if holidays.public_on(day):
        return MovableFault.PUBLIC_HOLIDAY
    return MovableFault.SCHOOL_HOLIDAY if holidays.school_on(day) else None


@dataclass(frozen=True, slots=True)
class UsualDay:
    """A day that schools usually choose; `bridges` is the public holiday beside it, if any."""

    day: date
    bridges: date | None


def usual_days(year: SchoolYear, holidays: StateHolidays) -> tuple[UsualDay, ...]:
    """Return the days schools usually choose: Carnival Monday, and those that bridge a weekend.

    A day bridges where a public holiday on a Thursday or Tuesday leaves it alone before or
    after a weekend.

    Source:
        Decision 0011: custom of schools in North Rhine-Westphalia, no rule.
    """
    found = (*_carnival(year, holidays), *_bridges(holidays))
    fitting = {each for each in found if movable_fault(each.day, year, (), holidays) is None}
    return tuple(sorted(fitting, key=lambda each: each.day))


def _carnival(year: SchoolYear, holidays: StateHolidays) -> Iterator[UsualDay]:
    for each in holidays.public:
        if each.name == GOOD_FRIDAY and year.period.contains(each.day):
            yield UsualDay(each.day - CARNIVAL_MONDAY_BEFORE_GOOD_FRIDAY, None)


def _bridges(holidays: StateHolidays) -> Iterator[UsualDay]:
    for each in holidays.public:
        if each.day.weekday() == THURSDAY:
            yield UsualDay(each.day + ONE_DAY, each.day)
        elif each.day.weekday() == TUESDAY:
            yield UsualDay(each.day - ONE_DAY, each.day)
