"""Institutions within a reader's reach."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from schools.models.institution import TEACHING, Institution
from schools.models.media_centre import MediaCentre
from schools.models.person import Membership
from schools.queries.members import served_within
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """An institution as the head of its pages shows it.

    Attributes:
        number: its Schulnummer; None for other institutions.
        centre: the name of the centre that serves it; empty without one.
    """

    id: int
    name: str
    number: str | None
    city: str
    centre_id: int | None
    centre: str


def institution_within(
    session: Session, scope: Scope, institution_id: int
) -> InstitutionFacts | None:
    """Return one institution; None where the scope ends."""
    row = session.execute(_facts(scope).where(Institution.id == institution_id)).one_or_none()
    return None if row is None else InstitutionFacts(*row)


def institutions_within(
    session: Session, scope: Scope, words: str, page: int, size: int
) -> tuple[tuple[InstitutionFacts, ...], int]:
    """Return a page of institutions that somebody acts for, by name, and how many there are.

    Those without any member are left out, else a centre's list would hold every school of the
    state that was ever imported.

    Args:
        session: the session.
        scope: whose institutions.
        words: parts of name, number or town; all must be found.
        page: from 1.
        size: how many a page holds.
    """
    known = select(Membership.institution_id)
    query = _facts(scope).where(Institution.id.in_(known), *map(_says, words.split()))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Institution.name, Institution.id)
    rows = session.execute(ordered.limit(size).offset((page - 1) * size))
    return tuple(InstitutionFacts(*row) for row in rows), total


def institutions_called(
    session: Session, scope: Scope, words: str, most: int
) -> tuple[InstitutionFacts, ...]:
    """Return the institutions in operation with that number, else those whose name has the words.

    Those without any member are among them; at most `most`, by name.
    """
    known = _facts(scope).where(Institution.operating_status.in_(TEACHING))
    numbered = session.execute(known.where(Institution.number == words.strip())).all()
    if numbered:
        return tuple(InstitutionFacts(*row) for row in numbered)
    called = known.where(*map(_is_called, words.split()))
    rows = session.execute(called.order_by(Institution.name, Institution.id).limit(most))
    return tuple(InstitutionFacts(*row) for row in rows)


def count_members(session: Session, institution_id: int, day: date) -> int:
    """Count the people who act for an institution on that day or later."""
    query = select(func.count(Membership.person_id.distinct())).where(
        Membership.institution_id == institution_id,
        or_(Membership.last.is_(None), Membership.last >= day),
    )
    return session.scalar(query) or 0


def _facts(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Institution.id,
            Institution.name,
            Institution.number,
            Institution.city,
            Institution.centre_id,
            func.coalesce(MediaCentre.name, ""),
        )
        .outerjoin(MediaCentre, MediaCentre.id == Institution.centre_id)
        .where(served_within(scope))
    )


def _says(word: str) -> ColumnElement[bool]:
    return _has(word, Institution.name, Institution.number, Institution.city)


def _is_called(word: str) -> ColumnElement[bool]:
    return _has(word, Institution.name, Institution.short_name)


def _has(word: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    # SQLite folds only ASCII letters, so a capital umlaut is asked for as well.
    return or_(
        *(
            column.icontains(part, autoescape=True)
            for column in columns
            for part in {word, word.capitalize()}
        )
    )
