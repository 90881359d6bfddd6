"""Whether a title is there, and when it is back: what staff ask for in passing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.loan import Loan
from loans.queries.who import MOST_LIKE, Out, Reserved, loan_columns, out_of, reservations
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class TitleNow:
    """A title at the scope's centres: how many copies, how many there, what comes next."""

    title_id: int
    title: str
    type_code: str
    copies: int
    there: int
    out: Out | None = None
    reserved: Reserved | None = None


def titles_numbered(session: Session, scope: Scope, text: str) -> tuple[int, ...]:
    """Return the titles in the scope's offer with that media number."""
    number = "".join(filter(str.isprintable, text)).strip()
    query = (
        select(Title.id)
        .join(Holding, Holding.title_id == Title.id)
        .where(Title.media_number.in_({number, number.upper()}))
        .where(Holding.centre_id.in_(scope.centre_ids))
        .order_by(Title.id)
        .distinct()
        .limit(MOST_LIKE)
    )
    return tuple(session.scalars(query)) if number else ()


def titles_now(
    session: Session, scope: Scope, title_ids: Collection[int], today: date
) -> tuple[TitleNow, ...]:
    """Return titles with their copies at the scope's centres, in three statements."""
    rows = session.execute(_titles(scope).where(Title.id.in_(title_ids))).all()
    back = _first_back(session, scope, title_ids)
    holdings = _holdings(session, scope, title_ids)
    reserved = reservations(session, scope, holdings, today)
    found = [
        TitleNow(
            row.id,
            row.name,
            row.media_type,
            row.copies,
            row.there or 0,
            back.get(row.id),
            _earliest(reserved, [key for key, title in holdings.items() if title == row.id]),
        )
        for row in rows
    ]
    order = {title_id: place for place, title_id in enumerate(title_ids)}
    return tuple(sorted(found, key=lambda each: order[each.title_id]))


def _titles(scope: Scope) -> Select[*tuple[Any, ...]]:
    there = func.sum(case((and_(Copy.state == CopyState.AVAILABLE, Copy.lendable), 1), else_=0))
    return (
        select(
            Title.id,
            Title.name,
            Title.media_type,
            func.count(Copy.id).label("copies"),
            there.label("there"),
        )
        .join(Holding, Holding.title_id == Title.id)
        .join(Copy, and_(Copy.holding_id == Holding.id, Copy.withdrawn_on.is_(None)))
        .where(Holding.centre_id.in_(scope.centre_ids))
        .group_by(Title.id, Title.name, Title.media_type)
    )


def _holdings(session: Session, scope: Scope, title_ids: Collection[int]) -> dict[int, int]:
    """Return the titles of the holdings by the holdings' ids."""
    rows = session.execute(
        select(Holding.id, Holding.title_id)
        .where(Holding.title_id.in_(title_ids), Holding.centre_id.in_(scope.centre_ids))
        .order_by(Holding.id)
    )
    return dict(rows.all())


def _first_back(session: Session, scope: Scope, title_ids: Collection[int]) -> dict[int, Out]:
    """Return by title the loan that is due first, but for what is back in the house."""
    place = func.row_number().over(partition_by=Holding.title_id, order_by=(Loan.due_on, Loan.id))
    ranked = (
        select(Loan.id, Holding.title_id, place.label("place"))
        .join(Holding, Holding.id == Loan.holding_id)
        .where(Holding.title_id.in_(title_ids), Loan.centre_id.in_(scope.centre_ids))
        .where(Loan.returned_on.is_(None), Loan.received_on.is_(None), ~Loan.placed)
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.title_id, *loan_columns())
        .join(Loan, Loan.id == ranked.c.id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .where(ranked.c.place == 1)
    )
    found = {row.title_id: out_of(row) for row in rows}
    return {title_id: out for title_id, out in found.items() if out is not None}


def _earliest(
    reserved: Mapping[int, tuple[Reserved, ...]], holding_ids: Collection[int]
) -> Reserved | None:
    found = [each for key in holding_ids for each in reserved.get(key, ())]
    return min(found, key=lambda each: each.period.first, default=None)
