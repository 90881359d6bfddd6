"""Reads what the demo shows: our own titles, a county and its teaching units."""

import tomllib
from collections.abc import Iterator
from datetime import time
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from app.demo.entries import (
    AuthorityEntry,
    BranchEntry,
    CentreEntry,
    CountyEntry,
    DistrictEntry,
    LicenceEntry,
    PartEntry,
    SchoolEntry,
    StaffEntry,
    TitleEntry,
    UnitEntry,
)
from schools.rules.roles import Role

_HERE = files("app.demo")
_MAIN, _SOUTH, _CITY = "lindenau", "wiesental", "brackenrode"
_WHOLE_TYPES = frozenset({"class_set"})
_SHARED_BY_ALL_FROM = 5
_SHARED_WITH_COUNTY_FROM = 4


@cache
def titles() -> tuple[TitleEntry, ...]:
    """Return all titles, always in the same order: by file, then as written there."""
    return tuple(_title(row) for row in _title_rows())


@cache
def units() -> tuple[UnitEntry, ...]:
    """Return all teaching units: by stage of school and subject, as written."""
    return tuple(UnitEntry(**_tuples(row)) for row in _read(_HERE / "units.toml")["unit"])


@cache
def county() -> CountyEntry:
    """Return the county with its centres, schools and names."""
    table = _read(_HERE / "county.toml")
    return CountyEntry(
        districts=tuple(DistrictEntry(**table[key]) for key in ("county", "neighbour")),
        centres=tuple(_centre(row) for row in table["centre"]),
        authorities=tuple(AuthorityEntry(**row) for row in table["authority"]),
        schools=tuple(SchoolEntry(**row) for row in table["school"]),
        staff=tuple(StaffEntry(**row | {"role": Role(row["role"])}) for row in table["staff"]),
        given_names=tuple(table["names"]["given"]),
        family_names=tuple(table["names"]["family"]),
    )


def units_of(school_form: str) -> tuple[UnitEntry, ...]:
    """Return the units of a school form; none for a form that plans otherwise."""
    return tuple(unit for unit in units() if school_form in unit.forms)


def planned_media(unit: UnitEntry) -> tuple[TitleEntry, ...]:
    """Return the titles for a unit: same subject and grade, and a keyword in common."""
    wanted = set(unit.keywords)
    return tuple(
        title
        for title in titles()
        if title.suits(unit.subject, unit.grade) and not wanted.isdisjoint(title.keywords)
    )


def homes(title: TitleEntry) -> dict[str, int]:
    """Return how many copies of a title each branch has, none left out.

    A class set stays together. The county's two branches share what they have; the city's
    centre has copies of its own only of what there is plenty of, or what is at home there.
    """
    total, home = title.copies, title.branch
    if title.type in _WHOLE_TYPES:
        shares = {home: total}
    elif home == _CITY:
        shares = {_MAIN: total // 2 if total >= _SHARED_WITH_COUNTY_FROM else 0}
    else:
        elsewhere = total // 4 if total >= _SHARED_BY_ALL_FROM else 0
        other = _SOUTH if home == _MAIN else _MAIN
        shares = {other: elsewhere or total // 3, _CITY: elsewhere}
    shares[home] = total - sum(n for branch, n in shares.items() if branch != home)
    return {branch: count for branch, count in shares.items() if count}


def _title_rows() -> Iterator[dict[str, Any]]:
    for file in sorted((_HERE / "titles").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield from _read(file)["title"]


def _title(row: dict[str, Any]) -> TitleEntry:
    first, _, last = row["grades"].partition("-")
    licence = row.get("licence")
    return TitleEntry(
        **_TITLE_DEFAULTS
        | _tuples(row)
        | {
            "grades": (int(first), int(last or first)),
            "parts": tuple(PartEntry(**part) for part in row.get("parts", ())),
            "licence": LicenceEntry(**licence) if licence else None,
        }
    )


_TITLE_DEFAULTS: dict[str, Any] = {
    "subtitle": "",
    "series": "",
    "minutes": None,
    "fields": (),
    "fsk": None,
    "languages": ("de",),
    "copies": 0,
    "value_euro": 0,
    "branch": "",
}


def _centre(row: dict[str, Any]) -> CentreEntry:
    rest = dict(row)
    return CentreEntry(branches=tuple(_branch(branch) for branch in rest.pop("branch")), **rest)


def _branch(row: dict[str, Any]) -> BranchEntry:
    hours = {key: time.fromisoformat(row[key]) for key in ("opens", "closes")}
    return BranchEntry(**row | hours)


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in row.items()}


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))
