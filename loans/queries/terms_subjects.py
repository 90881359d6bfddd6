"""Things that terms are explained for: a holding, by its key, one of its copies or its title."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from schools.rules.roles import Scope

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Thing:
    """A holding as far as terms look at it."""

    holding_id: int
    title_id: int
    title: str
    type_code: str
    centre_id: int


def thing_of_holding(session: Session, scope: Scope, holding_id: int) -> Thing | None:
    """Return a holding of a centre within the scope."""
    return _one(session, _things(scope).where(Holding.id == holding_id))


def thing_of_copy(session: Session, scope: Scope, copy_id: int) -> Thing | None:
    """Return the holding of a copy of a centre within the scope."""
    copies = select(Copy.holding_id).where(Copy.id == copy_id)
    return _one(session, _things(scope).where(Holding.id.in_(copies)))


def things_called(session: Session, scope: Scope, text: str) -> tuple[Thing, ...]:
    """Return holdings whose title begins so or has that media number, by title; at most 20."""
    beginning = Title.name.istartswith(text, autoescape=True)
    query = _things(scope).where(or_(beginning, Title.media_number == text))
    rows = session.execute(query.order_by(Title.name, Holding.id).limit(MOST_FOUND))
    return tuple(Thing(*row) for row in rows)


def _one(session: Session, query: Select[*tuple[Any, ...]]) -> Thing | None:
    row = session.execute(query).one_or_none()
    return None if row is None else Thing(*row)


def _things(scope: Scope) -> Select[*tuple[Any, ...]]:
    query = select(Holding.id, Title.id, Title.name, Title.media_type, Holding.centre_id)
    return query.join(Title, Title.id == Holding.title_id).where(_within(scope))


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else Holding.centre_id.in_(scope.centre_ids)
