"""Titles as a list of findings shows them, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from catalogue.models.attachment import Attachment
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.licence import Licence
from catalogue.models.planned_medium import PlannedMedium
from catalogue.models.title import Title
from schools.models.curriculum import Scheme
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Scope

SHOWN_SCHEMES = (Scheme.SUBJECT, Scheme.MEDIA_COMPETENCE)
TITLES: BindParameter[int] = bindparam("title_ids", expanding=True)
"""Statements here are built once and filled for each page: building costs more than asking."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A title in one centre's offer.

    Attributes:
        capacity: the number of lendable copies in its pool.
        by_number: its copies are booked each by itself and stand outside the pool.
    """

    holding_id: int
    title_id: int
    centre_id: int
    capacity: int
    shelf_mark: str
    by_number: bool = False


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
    """How long one licence lets a title be opened online, both days included.

    `here` is False for a licence of another centre than those looked at.
    """

    first: date
    last: date | None
    here: bool = True

    def holds(self, day: date) -> bool:
        """Say whether it lets the title be opened on a day."""
        return self.here and self.first <= day <= (self.last or date.max)


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

    def opens_on(self, day: date) -> str | None:
        """Return where it is opened on a day, if a licence holds or none is needed."""
        terms = self.online_terms
        return self.online_url if not terms or any(term.holds(day) for term in terms) else None


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
    terms = _online_terms(session, centre_ids, title_ids)
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

    rows = session.execute(_titles(), {"title_ids": list(title_ids)})
    found = {row.id: with_rest(row) for row in rows}
    return tuple(found[title_id] for title_id in title_ids if title_id in found)


def offers_of(
    session: Session, scope: Scope, centre_ids: Collection[int], title_ids: Collection[int]
) -> Mapping[int, tuple[Offer, ...]]:
    """Return by title its offers at some centres, hidden ones only within the scope."""
    asked = {
        "title_ids": list(title_ids),
        "centre_ids": list(centre_ids),
        "hidden_at": list(centre_ids if scope.everything else scope.centre_ids),
    }
    return _grouped(Offer(*row) for row in session.execute(_offers(), asked))


def plans_of(
    session: Session, scope: Scope, title_ids: Collection[int]
) -> Mapping[int, tuple[Plan, ...]]:
    """Return by title the units of the scope's own institutions that plan with it.

    A centre's staff belong to no school, so they are told none.
    """
    if not scope.institution_ids:
        return {}
    asked = {"title_ids": list(title_ids), "institution_ids": list(scope.institution_ids)}
    found: dict[int, list[Plan]] = defaultdict(list)
    for row in session.execute(_plans(), asked):
        found[row.title_id].append(Plan(*row[1:]))
    return {title_id: tuple(plans) for title_id, plans in found.items()}


@cache
def _titles() -> Select[*tuple[Any, ...]]:
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
        .where(Title.id.in_(TITLES), Title.withdrawn_at.is_(None))
    )


@cache
def _offers() -> Select[*tuple[Any, ...]]:
    hidden_at: BindParameter[int] = bindparam("hidden_at", expanding=True)
    return (
        select(
            Holding.id,
            Holding.title_id,
            Holding.centre_id,
            Holding.lendable,
            Holding.shelf_mark,
            Holding.booked_by == BookedBy.NUMBER,
        )
        .where(Holding.title_id.in_(TITLES))
        .where(Holding.centre_id.in_(bindparam("centre_ids", expanding=True)))
        .where(or_(Holding.visible, Holding.centre_id.in_(hidden_at)))
        .order_by(Holding.centre_id)
    )


@cache
def _plans() -> Select[*tuple[Any, ...]]:
    return (
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
        .where(PlannedMedium.title_id.in_(TITLES), TeachingUnit.retired_on.is_(None))
        .where(TeachingUnit.institution_id.in_(bindparam("institution_ids", expanding=True)))
        .order_by(TeachingUnit.grade, TeachingUnit.number, TeachingUnit.id)
    )


def _links(
    session: Session, title_ids: Collection[int]
) -> defaultdict[tuple[int, Scheme], list[str]]:
    found: defaultdict[tuple[int, Scheme], list[str]] = defaultdict(list)
    for title_id, scheme, code in session.execute(_all_links(), {"title_ids": list(title_ids)}):
        found[title_id, scheme].append(code)
    return found


@cache
def _all_links() -> Select[*tuple[Any, ...]]:
    return (
        select(CurriculumLink.title_id, CurriculumLink.scheme, CurriculumLink.code)
        .where(CurriculumLink.title_id.in_(TITLES), CurriculumLink.scheme.in_(SHOWN_SCHEMES))
        .order_by(CurriculumLink.title_id, CurriculumLink.scheme, CurriculumLink.code)
    )


def _online_terms(
    session: Session, centre_ids: Collection[int], title_ids: Collection[int]
) -> defaultdict[int, list[OnlineTerm]]:
    found: defaultdict[int, list[OnlineTerm]] = defaultdict(list)
    for row in session.execute(_terms(), {"title_ids": list(title_ids)}):
        here = row.centre_id is None or row.centre_id in centre_ids
        found[row.title_id].append(OnlineTerm(row.valid_from, row.valid_until, here))
    return found


@cache
def _terms() -> Select[*tuple[Any, ...]]:
    return (
        select(Licence.title_id, Licence.centre_id, Licence.valid_from, Licence.valid_until)
        .where(Licence.title_id.in_(TITLES), Licence.online)
        .order_by(Licence.id)
    )


def _grouped(offers: Iterable[Offer]) -> dict[int, tuple[Offer, ...]]:
    found: dict[int, list[Offer]] = defaultdict(list)
    for offer in offers:
        found[offer.title_id].append(offer)
    return {title_id: tuple(each) for title_id, each in found.items()}
