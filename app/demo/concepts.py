"""Writes the schools' media concepts: versions, teaching units, competences, planned media."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.demo.content import planned_media, units_of
from app.demo.county import County, SchoolRow
from app.demo.days import instant, settled_school_year
from app.demo.entries import TitleEntry, UnitEntry
from app.demo.insertion import insert_rows, insert_unseen
from app.demo.title_rows import TitleRow
from catalogue.models.planned_medium import PlannedMedium
from schools.models.curriculum import Scheme
from schools.models.media_concept import (
    ConceptVersion,
    MediaConcept,
    TeachingUnit,
    UnitCompetence,
    VersionState,
)
from schools.rules.school_year import SchoolYear
from schools.vocabularies.media_types import MediaCategory, media_type

PIECES_FOR_A_CLASS = 6
SECOND_VERSION_EVERY, DRAFT_EVERY = 3, 5
"""Of the schools with a concept, every third has superseded one, every fifth drafts the next."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A teaching unit of a school, with the titles planned for it."""

    id: int
    entry: UnitEntry
    planned: tuple[TitleRow, ...]


Units = Mapping[int, tuple[UnitRow, ...]]
"""Units by id of the school; schools that plan otherwise are left out."""


def build_concepts(
    session: Session, county: County, titles: Sequence[TitleRow], today: date
) -> Units:
    """Write a media concept for every school whose form plans teaching units."""
    schools = [each for each in county.schools if units_of(each.entry.form)]
    year = settled_school_year(today)
    concept_ids = insert_rows(
        session,
        MediaConcept,
        [
            {
                "institution_id": school.id,
                "name": f"Medienkonzept {school.entry.short_name}",
                "review_on": year.last,
            }
            for school in schools
        ],
    )
    insert_rows(session, ConceptVersion, list(_versions(schools, concept_ids, year)))
    units = _units(session, schools, concept_ids, {title.entry.name: title for title in titles})
    insert_unseen(session, UnitCompetence, list(_competences(units)))
    insert_unseen(session, PlannedMedium, list(_planned(units)))
    return units


def _versions(
    schools: Sequence[SchoolRow], concept_ids: Sequence[int], year: SchoolYear
) -> Iterator[dict[str, object]]:
    before = SchoolYear(year.starts - 2)
    for place, (school, concept_id) in enumerate(zip(schools, concept_ids, strict=True)):
        states = [(VersionState.ADOPTED, year)]
        if place % SECOND_VERSION_EVERY == 1:
            states.insert(0, (VersionState.SUPERSEDED, before))
        if place % DRAFT_EVERY == 0:
            states.append((VersionState.DRAFT, year))
        for number, (state, of) in enumerate(states, start=1):
            adopted = date(of.starts, 9, 1 + place % 14)
            yield {
                "concept_id": concept_id,
                "number": number,
                "state": state,
                "adopted_on": None if state is VersionState.DRAFT else adopted,
                "picture": {} if state is VersionState.DRAFT else _picture(school),
                "created_at": instant(adopted, 14, 30),
            }


def _picture(school: SchoolRow) -> dict[str, object]:
    names = ("number", "name", "subject", "grade", "first_week", "last_week", "hours")
    units = units_of(school.entry.form)
    return {"units": [{name: getattr(unit, name) for name in names} for unit in units]}


def _units(
    session: Session,
    schools: Sequence[SchoolRow],
    concept_ids: Sequence[int],
    titles: Mapping[str, TitleRow],
) -> Units:
    entries = {school.id: units_of(school.entry.form) for school in schools}
    rows = [
        _unit(entry) | {"concept_id": concept_id, "institution_id": school.id}
        for school, concept_id in zip(schools, concept_ids, strict=True)
        for entry in entries[school.id]
    ]
    ids = iter(insert_rows(session, TeachingUnit, rows))
    every = {entry for units in entries.values() for entry in units}
    planned = {entry: tuple(titles[each.name] for each in planned_media(entry)) for entry in every}
    return {
        school.id: tuple(UnitRow(next(ids), entry, planned[entry]) for entry in entries[school.id])
        for school in schools
    }


def _unit(entry: UnitEntry) -> dict[str, object]:
    names = ("number", "name", "subject", "grade", "first_week", "last_week", "hours")
    return {name: getattr(entry, name) for name in names}


def _competences(units: Units) -> Iterator[dict[str, object]]:
    for unit in (unit for at_school in units.values() for unit in at_school):
        for scheme, codes in (
            (Scheme.MEDIA_COMPETENCE, unit.entry.mkr),
            (Scheme.LEARNING_COMPETENCE, unit.entry.learn),
        ):
            for code in dict.fromkeys(codes):
                yield {"unit_id": unit.id, "scheme": scheme, "code": code}


def _planned(units: Units) -> Iterator[dict[str, object]]:
    for unit in (unit for at_school in units.values() for unit in at_school):
        for title in unit.planned:
            yield {
                "unit_id": unit.id,
                "title_id": title.id,
                "quantity": _pieces(title.entry),
            }


def _pieces(entry: TitleEntry) -> int:
    """Return how many pieces a class needs: a whole set, some devices, else one."""
    if entry.type == "class_set":
        return entry.copies
    if media_type(entry.type).category is MediaCategory.EQUIPMENT:
        return min(entry.copies, PIECES_FOR_A_CLASS)
    return 1
