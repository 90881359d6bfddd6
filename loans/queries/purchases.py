"""Wishes for purchase: one's own, and those a centre has to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload

from loans.models.purchase_wish import PurchaseWish
from loans.rules.purchases import PurchaseState
from schools.models.person import Person
from schools.rules.pages import last_page
from schools.rules.roles import Actor, Scope

PAGE = 25
MOST_OWN = 200


@dataclass(frozen=True, slots=True)
class WishFacts:
    """A wish with everything its pages say; `person` is empty once cut, or for other eyes.

    `unit` is number and name of the teaching unit.
    """

    id: int
    centre_id: int
    state: PurchaseState
    what: str
    why: str
    answer: str
    title_id: int | None
    title: str
    institution: str
    unit: str
    person: str
    made_at: datetime
    changed_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class WishPage:
    """One page of a centre's wishes, and how many there are by state."""

    wishes: tuple[WishFacts, ...]
    counts: dict[PurchaseState, int]
    total: int

    @property
    def last_page(self) -> int:
        """The number of the last page, at least 1."""
        return last_page(self.total, PAGE)


def wishes_of(session: Session, who: Actor) -> tuple[WishFacts, ...]:
    """Return the actor's own wishes, the newest first, in one statement."""
    query = _wishes().where(PurchaseWish.person_id == who.person_id)
    rows = session.scalars(query.order_by(PurchaseWish.id.desc()).limit(MOST_OWN))
    return tuple(_facts(row) for row in rows)


def wishes_of_centre(
    session: Session, scope: Scope, state: PurchaseState | None, page: int
) -> WishPage:
    """Return a page of the wishes within a scope, the oldest unanswered first; two statements.

    Args:
        session: the session.
        scope: whose wishes.
        state: exactly these; None for all.
        page: counted from 1.
    """
    counts = dict(
        session.execute(
            select(PurchaseWish.state, func.count(PurchaseWish.id))
            .where(_within(scope))
            .group_by(PurchaseWish.state)
        ).all()
    )
    query = _wishes().where(_within(scope))
    if state is not None:
        query = query.where(PurchaseWish.state == state)
    oldest_first = PurchaseWish.state != PurchaseState.OPEN, PurchaseWish.id
    rows = session.scalars(
        query.order_by(*oldest_first).limit(PAGE).offset(PAGE * (max(1, page) - 1))
    )
    total = sum(counts.values()) if state is None else counts.get(state, 0)
    return WishPage(tuple(_facts(row) for row in rows), counts, total)


def wish_within(session: Session, scope: Scope, wish_id: int) -> WishFacts | None:
    """Return a wish with who is told of the answer; None where the scope ends."""
    query = _wishes().where(PurchaseWish.id == wish_id, _within(scope))
    row = session.scalar(query)
    if row is None:
        return None
    person = None if row.person_id is None else session.get(Person, row.person_id)
    return _facts(row, "" if person is None else person.name)


def wishes_for_titles(
    session: Session, scope: Scope, title_ids: Sequence[int] | None = None
) -> dict[int, int]:
    """Count by title the wishes within a scope that are not settled; all titles without a list."""
    query = (
        select(PurchaseWish.title_id, func.count(PurchaseWish.id))
        .where(_within(scope), PurchaseWish.title_id.is_not(None))
        .where(PurchaseWish.state.in_((PurchaseState.OPEN, PurchaseState.ORDERED)))
        .group_by(PurchaseWish.title_id)
    )
    if title_ids is not None:
        query = query.where(PurchaseWish.title_id.in_(title_ids))
    return {title_id: number for title_id, number in session.execute(query) if title_id}


def _within(scope: Scope) -> ColumnElement[bool]:
    return PurchaseWish.centre_id.in_(scope.centre_ids)


def _wishes() -> Select[PurchaseWish]:
    return select(PurchaseWish).options(
        joinedload(PurchaseWish.institution),
        joinedload(PurchaseWish.unit),
        joinedload(PurchaseWish.title),
    )


def _facts(row: PurchaseWish, person: str = "") -> WishFacts:
    school, unit, title = row.institution, row.unit, row.title
    return WishFacts(
        id=row.id,
        centre_id=row.centre_id,
        state=row.state,
        what=row.what,
        why=row.why,
        answer=row.answer,
        title_id=row.title_id,
        title="" if title is None else title.name,
        institution="" if school is None else school.short_name or school.name,
        unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
        person=person,
        made_at=row.made_at,
        changed_at=row.changed_at,
        version=row.version,
    )
