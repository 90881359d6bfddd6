"""Import the ministry's list of schools, a chunk at a time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from schools.formats.school_file import SchoolRecord
from schools.models.authority import Authority, District
from schools.models.institution import CustomerClass, Institution
from schools.models.media_centre import MediaCentre
from schools.rules.imports import Outcome, Taken
from schools.rules.roles import Scope
from schools.vocabularies.districts import district_of_municipality

PRIVATE = 2
"""Legal status of a private school."""


class SchoolRefusal(StrEnum):
    """Why a school is refused although its row can be read."""

    OTHER_CENTRE = "other_centre"
    """Another centre serves it, whose matter it is."""


def import_schools(session: Session, records: Sequence[SchoolRecord], scope: Scope) -> list[Taken]:
    """Bring schools to what their records say; a school that is not in the file is left alone.

    A new school is served by the centre of its district, if there is one; who serves a school
    that is known already is for people to decide.

    Args:
        session: inside a unit of work.
        records: of one chunk, no number twice.
        scope: a changed school that a centre outside of it serves is refused.

    Returns:
        One outcome a record, in order.
    """
    known = _known(session, [record.number for record in records])
    places = _Places(session, records)
    return [_take(record, known, places, scope) for record in records]


class _Places:
    """Authorities, districts and centres by their keys, made where they are missing."""

    def __init__(self, session: Session, records: Sequence[SchoolRecord]) -> None:
        self.session = session
        numbers = {record.authority_number for record in records if record.authority_number}
        found = session.scalars(select(Authority).where(Authority.number.in_(numbers)))
        self._authorities = {authority.number: authority for authority in found}
        self._districts = {row.ags: row.id for row in session.scalars(select(District))}
        centres = session.scalars(select(MediaCentre).order_by(MediaCentre.id.desc()))
        self._centres = {centre.district_id: centre.id for centre in centres if centre.active}

    def authority_id(self, number: str) -> int | None:
        if not number:
            return None
        if number not in self._authorities:
            self._authorities[number] = Authority(number=number)
            self.session.add(self._authorities[number])
            self.session.flush()
        return self._authorities[number].id

    def district_id(self, municipality_key: str) -> int | None:
        district = district_of_municipality(municipality_key)
        return None if district is None else self._districts.get(district.code)

    def centre_id(self, district_id: int | None) -> int | None:
        return None if district_id is None else self._centres.get(district_id)


def _known(session: Session, numbers: Sequence[str]) -> dict[str, Institution]:
    query = select(Institution).where(Institution.number.in_(numbers))
    return {str(school.number): school for school in session.scalars(query)}


def _take(
    record: SchoolRecord, known: dict[str, Institution], places: _Places, scope: Scope
) -> Taken:
    digest = _digest(record)
    school = known.get(record.number)
    if school is not None and school.source_digest == digest:
        return Taken(record.line, record.number, Outcome.SAME)
    if school is not None and school.centre_id and not scope.covers_centre(school.centre_id):
        return Taken(record.line, record.number, Outcome.REFUSED, SchoolRefusal.OTHER_CENTRE)
    values = _values(record, places) | {"source_digest": digest}
    if school is not None:
        _set(school, values)
        return Taken(record.line, record.number, Outcome.CHANGED)
    school = Institution(number=record.number, **values)
    school.centre_id = places.centre_id(school.district_id)
    known[record.number] = school
    places.session.add(school)
    return Taken(record.line, record.number, Outcome.IMPORTED)


def _values(record: SchoolRecord, places: _Places) -> dict[str, Any]:
    legal_status = _integer(record.legal_status)
    private = legal_status == PRIVATE
    return {
        "name": record.name,
        "short_name": record.short_name[:120],
        "school_form": record.form,
        "customer_class": CustomerClass.PRIVATE_SCHOOL if private else CustomerClass.SCHOOL,
        "street": record.street,
        "postal_code": record.postal_code,
        "city": record.city[:120],
        "phone": record.phone[:60],
        "email": record.mail,
        "homepage": record.homepage,
        "legal_status": legal_status,
        "authority_number": record.authority_number[:10] or None,
        "authority_id": places.authority_id(record.authority_number[:10]),
        "municipality_ags": record.municipality_key,
        "district_id": places.district_id(record.municipality_key),
        "operating_status": _integer(record.operating_status) or 0,
        "status_since": record.status_since,
    }


def _set(school: Institution, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(school, name, value)


def _integer(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _digest(record: SchoolRecord) -> str:
    content = {name: value for name, value in asdict(record).items() if name != "line"}
    return hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()
