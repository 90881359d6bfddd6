"""The 53 counties and cities of North Rhine-Westphalia."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from schools.vocabularies.tables import look_up, rows

KEY_LENGTH = 5


class DistrictKind(StrEnum):
    """A county (Kreis) or a city of its own (kreisfreie Stadt)."""

    COUNTY = "county"
    CITY = "city"


class RegionalAssociation(StrEnum):
    """The two regional associations (Landschaftsverbände)."""

    LVR = "LVR"
    LWL = "LWL"


@dataclass(frozen=True, slots=True)
class District:
    """A county or city; its name is the same in both languages.

    Attributes:
        code: the first five digits of the official municipality key (AGS).
        government: seat of the district government (Bezirksregierung).
    """

    code: str
    kind: DistrictKind
    government: str
    association: RegionalAssociation
    name: str


@cache
def districts() -> tuple[District, ...]:
    """Return the 53 districts, ordered by key."""
    return tuple(_of_row(row) for row in rows("districts"))


def district(code: str) -> District:
    """Return the district with that five-digit key.

    Raises:
        UnknownCodeError: there is none.
    """
    return look_up(_by_code(), "districts", code)


def district_of_municipality(municipality_key: str) -> District | None:
    """Return the district of an eight-digit municipality key (AGS); None outside the Land."""
    return _by_code().get(municipality_key[:KEY_LENGTH])


def _of_row(row: dict[str, Any]) -> District:
    return District(
        **row
        | {
            "kind": DistrictKind(row["kind"]),
            "association": RegionalAssociation(row["association"]),
        }
    )


@cache
def _by_code() -> dict[str, District]:
    return {entry.code: entry for entry in districts()}
