"""A centre's titles and copies as its staff work on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from schools.models.media_centre import Branch
from schools.rules.roles import Scope

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class TitleFilter:
    """What staff look for among their titles; empty values do not narrow.

    Attributes:
        words: each must be part of a name, a person or a number.
        media_type: code of the vocabulary.
        without_copies: only those of which no copy is left.
        latest_first: by the day of the last change instead of by name.
    """

    words: str = ""
    media_type: str = ""
    without_copies: bool = False
    latest_first: bool = False


@dataclass(frozen=True, slots=True)
class ListedTitle:
    """A title in a centre's offer.

    Attributes:
        copies: all that are not withdrawn.
        lendable: those in capacity.
    """

    id: int
    name: str
    subtitle: str
    media_type: str
    year: int | None
    media_number: str | None
    shelf_mark: str
    visible: bool
    lendable: int
    copies: int


@dataclass(frozen=True, slots=True)
class ListedCopy:
    """A copy as a title's list shows it; `parts` counts kinds."""

    id: int
    barcode: str
    inventory_number: str | None
    serial_number: str
    state: CopyState
    lendable: bool
    not_lendable_reason: str
    branch: str
    note: str
    withdrawn_on: date | None
    withdrawn_reason: str
    parts: int


def titles_within(
    session: Session, scope: Scope, wanted: TitleFilter, page: int, size: int
) -> tuple[tuple[ListedTitle, ...], int]:
    """Return a page of the titles that the scope's centres offer, and how many there are.

    Three statements whatever the number of titles; pages count from 1.
    """
    where = [_offered(scope), Title.withdrawn_at.is_(None), *_narrowed(wanted)]
    joined = select(func.count(Holding.id)).join(Title, Title.id == Holding.title_id)
    total = session.scalar(joined.where(*where)) or 0
    rows = session.execute(_listed(wanted).where(*where).limit(size).offset((page - 1) * size))
    return tuple(ListedTitle(*row) for row in rows), total


def title_within(session: Session, scope: Scope, title_id: int) -> Title | None:
    """Return a title that a centre of the scope keeps or offers, with links, keeper and cover."""
    offered = exists().where(Holding.title_id == Title.id, _offered(scope))
    query = (
        select(Title)
        .where(Title.id == title_id, Title.withdrawn_at.is_(None))
        .where(or_(Title.keeper_id.in_(scope.centre_ids), offered))
        .options(selectinload(Title.links), joinedload(Title.keeper), joinedload(Title.cover))
    )
    return session.scalar(query)


def holding_within(session: Session, scope: Scope, title_id: int) -> Holding | None:
    """Return the first offer of a title by a centre of the scope."""
    query = select(Holding).where(Holding.title_id == title_id, _offered(scope))
    return session.scalars(query.order_by(Holding.id).limit(1)).first()


def copies_within(session: Session, scope: Scope, title_id: int) -> tuple[ListedCopy, ...]:
    """Return the copies of a title at the scope's centres, withdrawn ones last."""
    parts = select(func.count(Part.id)).where(Part.copy_id == Copy.id).scalar_subquery()
    query: Select[*tuple[Any, ...]] = (
        select(
            Copy.id,
            Copy.barcode,
            Copy.inventory_number,
            Copy.serial_number,
            Copy.state,
            Copy.lendable,
            Copy.not_lendable_reason,
            Branch.name,
            Copy.note,
            Copy.withdrawn_on,
            Copy.withdrawn_reason,
            parts,
        )
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Branch, Branch.id == Copy.home_branch_id)
        .where(Holding.title_id == title_id, _offered(scope))
        .order_by(Copy.withdrawn_on.is_not(None), func.length(Copy.barcode), Copy.barcode)
    )
    return tuple(ListedCopy(*row) for row in session.execute(query))


def copy_within(session: Session, scope: Scope, copy_id: int) -> Copy | None:
    """Return a copy of one of the scope's centres, with its title and parts."""
    query = (
        select(Copy)
        .where(Copy.id == copy_id, Copy.centre_id.in_(scope.centre_ids))
        .options(joinedload(Copy.holding).joinedload(Holding.title), selectinload(Copy.parts))
    )
    return session.scalar(query)


def licences_within(session: Session, scope: Scope, title_id: int) -> Sequence[Licence]:
    """Return the licences of a title held by the scope's centres, or by all centres."""
    ours = or_(Licence.centre_id.is_(None), Licence.centre_id.in_(scope.centre_ids))
    query = select(Licence).where(Licence.title_id == title_id, ours)
    return session.scalars(query.order_by(Licence.valid_from, Licence.id)).all()


def branches_of(session: Session, scope: Scope, centre_id: int) -> Sequence[Branch]:
    """Return the branches of a centre of the scope, the first one first."""
    query = select(Branch).where(
        Branch.centre_id == centre_id, Branch.centre_id.in_(scope.centre_ids)
    )
    return session.scalars(query.order_by(Branch.id)).all()


def _listed(wanted: TitleFilter) -> Select[*tuple[Any, ...]]:
    copies = (
        select(func.count(Copy.id))
        .where(Copy.holding_id == Holding.id, Copy.withdrawn_on.is_(None))
        .scalar_subquery()
    )
    query = select(
        Title.id,
        Title.name,
        Title.subtitle,
        Title.media_type,
        Title.year,
        Title.media_number,
        Holding.shelf_mark,
        Holding.visible,
        Holding.lendable,
        copies,
    ).join(Holding, Holding.title_id == Title.id)
    if wanted.latest_first:
        return query.order_by(Title.changed_at.desc(), Title.id.desc())
    return query.order_by(func.lower(Title.name), Title.id)


def _narrowed(wanted: TitleFilter) -> list[ColumnElement[bool]]:
    where = [_has(word) for word in wanted.words.split()[:MOST_WORDS]]
    if wanted.media_type:
        where.append(Title.media_type == wanted.media_type)
    if wanted.without_copies:
        left = exists().where(Copy.holding_id == Holding.id, Copy.withdrawn_on.is_(None))
        where.append(~left)
    return where


def _has(word: str) -> ColumnElement[bool]:
    numbered = exists().where(
        Copy.holding_id == Holding.id,
        or_(Copy.barcode == word, Copy.inventory_number == word),
    )
    texts = (
        Title.name,
        Title.subtitle,
        Title.series,
        Title.persons,
        Title.media_number,
        Title.isbn,
        Holding.shelf_mark,
    )
    return or_(numbered, *(text.icontains(word, autoescape=True) for text in texts))


def _offered(scope: Scope) -> ColumnElement[bool]:
    return Holding.centre_id.in_(scope.centre_ids)
