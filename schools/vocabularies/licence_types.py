"""Types of licence with the values that a new licence starts from."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from schools.vocabularies.tables import in_language, look_up, rows


class LicenceScope(StrEnum):
    """For whom a licence holds, the widest first."""

    EVERYONE = "everyone"
    STATE = "state"
    DISTRICT = "district"
    SCHOOL_FORM = "school_form"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class LicenceType:
    """A type of licence.

    Attributes:
        short_name: as on a label, such as "V+Ö"; the same in both languages.
        scope: default of the licence's scope.
        lending_allowed: default; copies may be handed out.
        public_showing: default; non-commercial showing beyond the class is allowed.
        copying: copies may be made of it.
    """

    code: str
    short_name: str
    scope: LicenceScope
    lending_allowed: bool
    public_showing: bool
    copying: bool
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return in_language(locale, self.name_de, self.name_en)


@cache
def licence_types() -> tuple[LicenceType, ...]:
    """Return all types, the commonest first."""
    return tuple(_of_row(row) for row in rows("licence_types"))


def licence_type(code: str) -> LicenceType:
    """Return the type with that code.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "licence_types", code)


def _of_row(row: dict[str, Any]) -> LicenceType:
    return LicenceType(**row | {"scope": LicenceScope(row["scope"])})


@cache
def _by_code() -> dict[str, LicenceType]:
    return {entry.code: entry for entry in licence_types()}
