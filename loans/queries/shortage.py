"""What a centre was short of: refused wishes by title, without persons."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.refused_wish import RefusedWish
from loans.queries.purchases import wishes_for_titles
from loans.rules.purchases import SCARCE, Missed, pieces_short
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.rules.periods import Period
from schools.rules.roles import Scope

COUNTED = timedelta(days=365)
"""How far back refused wishes count."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A title that could not always be had, or of which more is wished for.

    Attributes:
        copies: lendable ones now.
        refused: how often a wish was refused because too little was free.
        short: pieces that would have been asked for on one day, at most; see `pieces_short`.
        schools: how many different ones.
        units: how many different teaching units.
        last: the day of the last refusal; None if only wishes for purchase name it.
        wishes: unsettled wishes for purchase.
    """

    title_id: int
    title: str
    type_code: str
    copies: int
    refused: int
    short: int
    schools: int
    units: int
    last: date | None
    wishes: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where wishes for a title came from: a school, or a subject and grade of units."""

    words: str
    subject: str
    grade: int | None
    refused: int


def shortages(session: Session, scope: Scope, today: date) -> tuple[Shortage, ...]:
    """Return the titles a scope's centres were short of in the last year, worst first.

    Four statements, whatever the number of titles and refusals.

    Source:
        docs/rules.md, Lending 5.9.
    """
    counted = {row.title_id: row for row in session.execute(_counted(scope, today))}
    wished = wishes_for_titles(session, scope)
    title_ids = counted.keys() | wished.keys()
    missed = _missed(session, scope, today)
    found = [
        _shortage(row, counted.get(row.id), missed[row.id], wished.get(row.id, 0))
        for row in session.execute(_titles(scope, title_ids))
    ]
    return tuple(sorted(found, key=lambda each: (-each.refused, -each.wishes, each.title)))


def origins(
    session: Session, scope: Scope, title_id: int, today: date
) -> tuple[tuple[Origin, ...], tuple[Origin, ...]]:
    """Return from which schools, and from units of which subjects and grades, wishes came.

    Two statements; the largest number first. Numbers are told as they are: whoever shows them
    outside the school leaves out the small ones.

    Source:
        docs/rules.md, Lending 5.9 and 6.3.
    """
    number = func.count(RefusedWish.id)
    ours = (_conditions(scope, today), Holding.title_id == title_id)
    joined = select(number).join(Holding, Holding.id == RefusedWish.holding_id)
    schools = session.execute(
        joined.add_columns(Institution.short_name, Institution.name)
        .outerjoin(TeachingUnit, TeachingUnit.id == RefusedWish.unit_id)
        .join(Institution, Institution.id == _school())
        .where(*ours)
        .group_by(Institution.id, Institution.short_name, Institution.name)
        .order_by(number.desc(), Institution.name)
    )
    units = session.execute(
        joined.add_columns(TeachingUnit.subject, TeachingUnit.grade)
        .join(TeachingUnit, TeachingUnit.id == RefusedWish.unit_id)
        .where(*ours)
        .group_by(TeachingUnit.subject, TeachingUnit.grade)
        .order_by(number.desc(), TeachingUnit.subject, TeachingUnit.grade)
    )
    return (
        tuple(Origin(short or name, "", None, count) for count, short, name in schools),
        tuple(Origin("", subject, grade, count) for count, subject, grade in units),
    )


def _counted(scope: Scope, today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Holding.title_id,
            func.count(RefusedWish.id).label("refused"),
            func.count(_school().distinct()).label("schools"),
            func.count(RefusedWish.unit_id.distinct()).label("units"),
            func.max(RefusedWish.wished_on).label("last"),
        )
        .join(Holding, Holding.id == RefusedWish.holding_id)
        .outerjoin(TeachingUnit, TeachingUnit.id == RefusedWish.unit_id)
        .where(_conditions(scope, today))
        .group_by(Holding.title_id)
    )


def _missed(session: Session, scope: Scope, today: date) -> defaultdict[int, list[Missed]]:
    rows = session.execute(
        select(
            Holding.title_id,
            RefusedWish.first,
            RefusedWish.last,
            RefusedWish.quantity,
            _school(),
            RefusedWish.unit_id,
            RefusedWish.wished_on,
        )
        .join(Holding, Holding.id == RefusedWish.holding_id)
        .outerjoin(TeachingUnit, TeachingUnit.id == RefusedWish.unit_id)
        .where(_conditions(scope, today))
    )
    found: defaultdict[int, list[Missed]] = defaultdict(list)
    for title_id, first, last, quantity, school, unit, day in rows:
        found[title_id].append(Missed(Period(first, last), quantity, (school, unit, day)))
    return found


def _school() -> ColumnElement[int]:
    """Return who wished: the school named, or that of the unit."""
    named: ColumnElement[int] = func.coalesce(
        RefusedWish.institution_id, TeachingUnit.institution_id
    )
    return named


def _conditions(scope: Scope, today: date) -> ColumnElement[bool]:
    codes = cast(RefusedWish.codes, String)
    scarce = or_(*(codes.contains(f'"{code}"', autoescape=True) for code in sorted(SCARCE)))
    recent = RefusedWish.wished_on > today - COUNTED
    return Holding.centre_id.in_(scope.centre_ids) & recent & scarce


def _titles(scope: Scope, title_ids: Collection[int]) -> Select[*tuple[Any, ...]]:
    copies = (
        select(func.coalesce(func.sum(Holding.lendable), 0))
        .where(Holding.title_id == Title.id, Holding.centre_id.in_(scope.centre_ids))
        .scalar_subquery()
    )
    columns = (Title.id, Title.name, Title.media_type, copies.label("copies"))
    return select(*columns).where(Title.id.in_(title_ids))


def _shortage(
    title: Row[*tuple[Any, ...]],
    counted: Row[*tuple[Any, ...]] | None,
    missed: Iterable[Missed],
    wishes: int,
) -> Shortage:
    return Shortage(
        title_id=title.id,
        title=title.name,
        type_code=title.media_type,
        copies=title.copies,
        refused=0 if counted is None else counted.refused,
        short=pieces_short(missed),
        schools=0 if counted is None else counted.schools,
        units=0 if counted is None else counted.units,
        last=None if counted is None else counted.last,
        wishes=wishes,
    )
