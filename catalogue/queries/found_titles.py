"""Titles as a list of findings shows them, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select, true
from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.planned_medium import PlannedMedium
from catalogue.models.title import Title
from schools.models.curriculum import Scheme
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Scope

SHOWN_SCHEMES = (Scheme.SUBJECT, Scheme.MEDIA_COMPETENCE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A title in one centre's offer; `capacity` is the number of lendable copies."""

    holding_id: int
    title_id: int
    centre_id: int
    capacity: int
    shelf_mark: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A teaching unit that plans with a title."""

    unit_id: int
    number: str
    name: str
    subject: str
    grade: int
    first_week: int
    last_week: int
    hours: int | None


@dataclass(frozen=True, slots=True)
class OnlineTerm:
    """How long one licence lets a title be opened online, both days included."""

    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class FoundTitle:
    """A title as a hit shows it.

    Attributes:
        cover: stored name of its picture, or None.
        subjects: codes.
        media_competences: codes.
        offers: of the centres looked at, by centre.
        online_terms: of its online licences; empty if none is asked for.
        plans: units of the reader's own institutions.
    """

    id: int
    name: str
    subtitle: str
    media_type: str
    year: int | None
    duration_minutes: int | None
    age_rating: str | None
    grade_from: int | None
    grade_to: int | None
    online_url: str | None
    cover: str | None
    subjects: tuple[str, ...]
    media_competences: tuple[str, ...]
    offers: tuple[Offer, ...]
    online_terms: tuple[OnlineTerm, ...]
    plans: tuple[Plan, ...]


def found_titles(
    session: Session, scope: Scope, centre_ids: Collection[int], title_ids: Collection[int]
) -> tuple[FoundTitle, ...]:
    """Return titles in the order asked for, in at most five statements; gone ones are left out.

    Args:
        session: the session.
        scope: where hidden holdings are seen, and whose units are told.
        centre_ids: whose offers are told.
        title_ids: which titles, as a search found them in these centres' catalogues.
    """
    if not title_ids:
        return ()
    links = _links(session, title_ids)
    offers = offers_of(session, scope, centre_ids, title_ids)
    terms = _online_terms(session, title_ids)
    plans = plans_of(session, scope, title_ids)

    def with_rest(row: Row[*tuple[Any, ...]]) -> FoundTitle:
        values: tuple[Any, ...] = (
            *row,
            tuple(links[row.id, Scheme.SUBJECT]),
            tuple(links[row.id, Scheme.MEDIA_COMPETENCE]),
            offers.get(row.id, ()),
            tuple(terms[row.id]),
            plans.get(row.id, ()),
        )
        return FoundTitle(*values)

    found = {row.id: with_rest(row) for row in session.execute(_titles(title_ids))}
    return tuple(found[title_id] for title_id in title_ids if title_id in found)


def offers_of(
    session: Session, scope: Scope, centre_ids: Collection[int], title_ids: Collection[int]
) -> Mapping[int, tuple[Offer, ...]]:
    """Return by title its offers at some centres, hidden ones only within the scope."""
    rows = session.execute(
        select(
            Holding.id, Holding.title_id, Holding.centre_id, Holding.lendable, Holding.shelf_mark
        )
        .where(Holding.title_id.in_(title_ids), Holding.centre_id.in_(centre_ids), _seen(scope))
        .order_by(Holding.centre_id)
    )
    return _grouped(Offer(*row) for row in rows)


def plans_of(
    session: Session, scope: Scope, title_ids: Collection[int]
) -> Mapping[int, tuple[Plan, ...]]:
    """Return by title the units of the scope's own institutions that plan with it.

    A centre's staff belong to no school, so they are told none.
    """
    if not scope.institution_ids:
        return {}
    rows = session.execute(
        select(
            PlannedMedium.title_id,
            TeachingUnit.id,
            TeachingUnit.number,
            TeachingUnit.name,
            TeachingUnit.subject,
            TeachingUnit.grade,
            TeachingUnit.first_week,
            TeachingUnit.last_week,
            TeachingUnit.hours,
        )
        .join(TeachingUnit, TeachingUnit.id == PlannedMedium.unit_id)
        .where(PlannedMedium.title_id.in_(title_ids), TeachingUnit.retired_on.is_(None))
        .where(TeachingUnit.institution_id.in_(scope.institution_ids))
        .order_by(TeachingUnit.grade, TeachingUnit.number, TeachingUnit.id)
    )
    found: dict[int, list[Plan]] = defaultdict(list)
    for row in rows:
        found[row.title_id].append(Plan(*row[1:]))
    return {title_id: tuple(plans) for title_id, plans in found.items()}


def _titles(title_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Title.id,
            Title.name,
            Title.subtitle,
            Title.media_type,
            Title.year,
            Title.duration_minutes,
            Title.age_rating,
            Title.grade_from,
            Title.grade_to,
            Title.online_url,
            Attachment.stored_name,
        )
        .outerjoin(Attachment, Attachment.id == Title.cover_id)
        .where(Title.id.in_(title_ids), Title.withdrawn_at.is_(None))
    )


def _links(
    session: Session, title_ids: Collection[int]
) -> defaultdict[tuple[int, Scheme], list[str]]:
    rows = session.execute(
        select(CurriculumLink.title_id, CurriculumLink.scheme, CurriculumLink.code)
        .where(CurriculumLink.title_id.in_(title_ids), CurriculumLink.scheme.in_(SHOWN_SCHEMES))
        .order_by(CurriculumLink.title_id, CurriculumLink.scheme, CurriculumLink.code)
    )
    found: defaultdict[tuple[int, Scheme], list[str]] = defaultdict(list)
    for title_id, scheme, code in rows:
        found[title_id, scheme].append(code)
    return found


def _online_terms(
    session: Session, title_ids: Collection[int]
) -> defaultdict[int, list[OnlineTerm]]:
    rows = session.execute(
        select(Licence.title_id, Licence.valid_from, Licence.valid_until)
        .where(Licence.title_id.in_(title_ids), Licence.online)
        .order_by(Licence.id)
    )
    found: defaultdict[int, list[OnlineTerm]] = defaultdict(list)
    for title_id, first, last in rows:
        found[title_id].append(OnlineTerm(first, last))
    return found


def _seen(scope: Scope) -> ColumnElement[bool]:
    if scope.everything:
        return true()
    return or_(Holding.visible, Holding.centre_id.in_(scope.centre_ids))


def _grouped(offers: Iterable[Offer]) -> dict[int, tuple[Offer, ...]]:
    found: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers:
        found[offer.title_id].append(offer)
    return {title_id: tuple(each) for title_id, each in found.items()}
