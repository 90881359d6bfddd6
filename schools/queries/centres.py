"""Centres and their own texts, as an office sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from schools.models.institution import Institution
from schools.models.media_centre import Branch, LegalPage, LegalPageKind, MediaCentre
from schools.queries.members import served_within
from schools.rules.roles import Scope


def centres_within(session: Session, scope: Scope) -> Sequence[MediaCentre]:
    """Return the centres within the scope, by name."""
    query = select(MediaCentre).where(_within(scope)).order_by(MediaCentre.name, MediaCentre.id)
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """A branch with its centre, as choices name it."""

    id: int
    name: str
    centre_id: int
    centre: str


def branches_within(session: Session, scope: Scope) -> tuple[BranchFacts, ...]:
    """Return the branches of the centres within the scope, by centre and in their order."""
    query = (
        select(Branch.id, Branch.name, MediaCentre.id, MediaCentre.name)
        .join(MediaCentre, MediaCentre.id == Branch.centre_id)
        .where(_within(scope))
        .order_by(MediaCentre.name, MediaCentre.id, Branch.id)
    )
    return tuple(BranchFacts(*row) for row in session.execute(query))


def centre_within(session: Session, scope: Scope, centre_id: int) -> MediaCentre | None:
    """Return one centre within the scope."""
    return session.scalar(select(MediaCentre).where(MediaCentre.id == centre_id, _within(scope)))


def branches_of(session: Session, centre_id: int) -> Sequence[int]:
    """Return the ids of a centre's branches."""
    query = select(Branch.id).where(Branch.centre_id == centre_id).order_by(Branch.id)
    return session.scalars(query).all()


def school_within(session: Session, scope: Scope, number: str) -> Institution | None:
    """Return the institution with that number, if the scope reaches it."""
    return session.scalar(
        select(Institution).where(Institution.number == number, served_within(scope))
    )


def legal_page_of(
    session: Session, scope: Scope, centre_id: int, kind: LegalPageKind, locale: str
) -> LegalPage | None:
    """Return a centre's own text of a legal page; None if it has none, or lies outside."""
    query = (
        select(LegalPage)
        .join(MediaCentre, MediaCentre.id == LegalPage.centre_id)
        .where(LegalPage.centre_id == centre_id, _within(scope))
        .where(LegalPage.kind == kind, LegalPage.locale == locale)
    )
    return session.scalar(query)


def legal_pages_of(session: Session, scope: Scope, centre_id: int) -> Sequence[LegalPage]:
    """Return all own texts of a centre."""
    query = (
        select(LegalPage)
        .join(MediaCentre, MediaCentre.id == LegalPage.centre_id)
        .where(LegalPage.centre_id == centre_id, _within(scope))
    )
    return session.scalars(query).all()


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else MediaCentre.id.in_(scope.centre_ids)
