"""Writes the county: districts, authorities, centres, branches, pick-up places and schools."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.demo.content import county as county_entry
from app.demo.entries import BranchEntry, CentreEntry, SchoolEntry
from app.demo.insertion import insert_rows
from schools.models.authority import Authority, District
from schools.models.institution import CustomerClass, Institution
from schools.models.media_centre import Branch, MediaCentre, PickupPlace, PlaceKind

COURIER_DAYS = 1
PRIVATE_AUTHORITY = "99807"
PUBLIC_LEGAL_STATUS, PRIVATE_LEGAL_STATUS = 1, 2
DISTRICT_KINDS = ("county", "city")


@dataclass(frozen=True, slots=True)
class CentreRow:
    """A centre in the store."""

    id: int
    code: str
    name: str
    district_id: int
    ags: str


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch in the store with the place of its counter."""

    id: int
    key: str
    centre: CentreRow
    counter_id: int


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school in the store, the branch it goes to and the place where the courier stops."""

    id: int
    entry: SchoolEntry
    branch: BranchRow
    courier_id: int

    @property
    def centre(self) -> CentreRow:
        """The centre that serves it."""
        return self.branch.centre


@dataclass(frozen=True, slots=True)
class County:
    """All places of the demo, in the order they are written in."""

    centres: tuple[CentreRow, ...]
    branches: Mapping[str, BranchRow]
    schools: tuple[SchoolRow, ...]


def build_county(session: Session) -> County:
    """Write the county; the first centre serves most of its schools."""
    centres = _centres(session, _districts(session))
    branches = _branches(session, centres)
    schools = _schools(session, branches)
    return County(tuple(centres.values()), branches, schools)


def _districts(session: Session) -> dict[str, int]:
    entries = county_entry().districts
    rows = [
        {"ags": each.ags, "name": each.name, "kind": kind, "government": each.government}
        for each, kind in zip(entries, DISTRICT_KINDS, strict=True)
    ]
    ids = insert_rows(session, District, rows)
    return dict(zip((each.ags for each in entries), ids, strict=True))


def _centres(session: Session, districts: Mapping[str, int]) -> dict[str, CentreRow]:
    entries = county_entry().centres
    rows = [_centre(each) | {"district_id": districts[each.district]} for each in entries]
    ids = insert_rows(session, MediaCentre, rows)
    return {
        each.code: CentreRow(row_id, each.code, each.name, districts[each.district], each.district)
        for each, row_id in zip(entries, ids, strict=True)
    }


def _centre(entry: CentreEntry) -> dict[str, str]:
    names = ("code", "name", "street", "postal_code", "city", "phone", "email")
    return {name: getattr(entry, name) for name in names}


def _branches(session: Session, centres: Mapping[str, CentreRow]) -> dict[str, BranchRow]:
    pairs = [
        (entry, centres[centre.code])
        for centre in county_entry().centres
        for entry in centre.branches
    ]
    rows = [_branch(entry) | {"centre_id": centre.id} for entry, centre in pairs]
    ids = insert_rows(session, Branch, rows)
    counters = [
        {"centre_id": centre.id, "branch_id": branch_id, "name": "Theke"}
        for (_, centre), branch_id in zip(pairs, ids, strict=True)
    ]
    counter_ids = insert_rows(session, PickupPlace, counters)
    return {
        entry.key: BranchRow(branch_id, entry.key, centre, counter_id)
        for (entry, centre), branch_id, counter_id in zip(pairs, ids, counter_ids, strict=True)
    }


def _branch(entry: BranchEntry) -> dict[str, str]:
    names = ("name", "street", "postal_code", "city", "phone")
    return {name: getattr(entry, name) for name in names}


def _schools(session: Session, branches: Mapping[str, BranchRow]) -> tuple[SchoolRow, ...]:
    entries = county_entry().schools
    authorities = _authorities(session)
    rows = [_school(each, branches[each.branch].centre, authorities) for each in entries]
    ids = insert_rows(session, Institution, rows)
    stops = [
        _courier_stop(each, branches[each.branch]) | {"institution_id": school_id}
        for each, school_id in zip(entries, ids, strict=True)
    ]
    stop_ids = insert_rows(session, PickupPlace, stops)
    return tuple(
        SchoolRow(school_id, each, branches[each.branch], stop_id)
        for each, school_id, stop_id in zip(entries, ids, stop_ids, strict=True)
    )


def _authorities(session: Session) -> dict[str, int]:
    entries = county_entry().authorities
    rows = [{"number": each.number, "name": each.name} for each in entries]
    ids = insert_rows(session, Authority, rows)
    return dict(zip((each.number for each in entries), ids, strict=True))


def _school(
    entry: SchoolEntry, centre: CentreRow, authorities: Mapping[str, int]
) -> dict[str, object]:
    private = entry.authority == PRIVATE_AUTHORITY
    names = ("number", "name", "short_name", "street", "postal_code", "city", "email")
    return {name: getattr(entry, name) for name in names} | {
        "customer_class": CustomerClass.PRIVATE_SCHOOL if private else CustomerClass.SCHOOL,
        "school_form": entry.form,
        "legal_status": PRIVATE_LEGAL_STATUS if private else PUBLIC_LEGAL_STATUS,
        "authority_number": entry.authority,
        "authority_id": authorities[entry.authority],
        "district_id": centre.district_id,
        "centre_id": centre.id,
    }


def _courier_stop(entry: SchoolEntry, branch: BranchRow) -> dict[str, object]:
    return {
        "centre_id": branch.centre.id,
        "branch_id": branch.id,
        "kind": PlaceKind.COURIER,
        "name": f"Kurier: {entry.short_name}",
        "courier_days_before": COURIER_DAYS,
        "courier_days_after": COURIER_DAYS,
    }
