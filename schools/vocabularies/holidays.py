"""Public holidays and school holidays of North Rhine-Westphalia."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from schools.rules.periods import Period
from schools.vocabularies.tables import in_language, rows

SOURCE = "OpenHolidays API"
SOURCE_ADDRESS = "https://www.openholidaysapi.org"
SOURCE_LICENCE = "ODbL 1.0"
"""Where the table comes from, and the licence it is passed on under."""


class HolidayKind(StrEnum):
    """Whether everybody is off, or only the schools."""

    PUBLIC = "public"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, one day, or school holidays."""

    kind: HolidayKind
    period: Period
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def holidays() -> tuple[Holiday, ...]:
    """Return public holidays, then school holidays, each in the order of time."""
    return tuple(
        Holiday(
            kind=HolidayKind(row["kind"]),
            period=Period(row["first"], row["last"]),
            name_de=row["name_de"],
            name_en=row["name_en"],
        )
        for row in rows("holidays")
    )


@cache
def known_years() -> tuple[int, int]:
    """Return the first and the last year whose public holidays the table holds."""
    years = {entry.period.first.year for entry in public_holidays()}
    return min(years), max(years)


@cache
def public_holidays() -> tuple[Holiday, ...]:
    """Return the public holidays in the order of time."""
    return tuple(entry for entry in holidays() if entry.kind is HolidayKind.PUBLIC)


@cache
def school_holidays() -> tuple[Holiday, ...]:
    """Return the school holidays in the order of time."""
    return tuple(entry for entry in holidays() if entry.kind is HolidayKind.SCHOOL)
