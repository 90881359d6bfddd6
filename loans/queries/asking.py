"""Who asks for what, and where: wishes with all that is known before copies are counted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from loans.errors import NotFoundError
from loans.queries.availability import (
    HoldingFacts,
    NumberedCopy,
    facts_of_holdings,
    numbered_copies,
)
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.wishes import BookingWish, LineWish, Wishes, merged
from loans.rules.booking_policy import Membership as Term
from loans.rules.booking_policy import joined
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.models.person import Membership, Person
from schools.rules.roles import Actor, Right, Scope


@dataclass(frozen=True, slots=True)
class Member:
    """A person acts for an institution, which `centre_id` serves."""

    person_id: int
    institution_id: int
    centre_id: int | None
    term: Term


@dataclass(frozen=True, slots=True, eq=False)
class AskedWish:
    """A wish with those it concerns.

    Attributes:
        wish: as it was asked.
        lines: one for each thing.
        centre_id: whose holdings they are.
        view: for the institution acted for, at the place; None if the person acts for none here.
        terms: when the person may act for that institution.
    """

    wish: BookingWish
    lines: tuple[LineWish, ...]
    centre_id: int
    view: Viewpoint | None
    terms: tuple[Term, ...] = ()

    @property
    def institution_id(self) -> int:
        """For whom; 0 without a view."""
        customer = None if self.view is None else self.view.customer
        return 0 if customer is None else customer.id


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Some wishes asked in one go, with the rows they name.

    Attributes:
        by: whoever asks.
        wishes: in the order asked.
        holdings: of their lines, by id.
        copies: of holdings that are booked by number, or whose copies lines name, by id.
        people: who borrows, by id.
    """

    by: Actor
    wishes: tuple[AskedWish, ...]
    holdings: Mapping[int, HoldingFacts]
    copies: Mapping[int, NumberedCopy]
    people: Mapping[int, Person]

    @property
    def institution_ids(self) -> frozenset[int]:
        """The institutions acted for."""
        return frozenset(each.institution_id for each in self.wishes if each.view is not None)


@dataclass(frozen=True, slots=True)
class _Asking:
    session: Session
    by: Actor
    right: Right
    today: date
    now: datetime
    editing: int

    @property
    def scope(self) -> Scope:
        """Whose people the actor may ask for."""
        return self.by.scope(self.right)


def asked_of(session: Session, wishes: Wishes, by: Actor, today: date, now: datetime) -> Asked:
    """Read everything wishes name, and for whom they are.

    The number of statements depends on how many institutions are asked for, not on how many
    wishes, lines or people there are.

    Raises:
        loans.errors.NotFoundError: no such holding, copy, person, unit, institution or place,
            or none within the actor's reach; lines of one wish lie at different centres.

    Source:
        docs/rules.md, Lending 2.4, 5.8 and 6.1.
    """
    asking = _Asking(session, by, wishes.right, today, now, wishes.editing)
    holdings = _holdings(asking, wishes.holding_ids)
    members = _members(session, wishes.person_ids)
    units = _units(session, {wish.unit_id for wish in wishes.every if wish.unit_id is not None})
    acting = [_acting(asking, wish, _Known(holdings, members, units)) for wish in wishes.every]
    views = _views(asking, acting)
    return Asked(
        by=by,
        wishes=tuple(_asked(each, views, members) for each in acting),
        holdings=holdings,
        copies=_copies(session, wishes, holdings),
        people=_people(session, wishes.person_ids),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    holdings: Mapping[int, HoldingFacts]
    members: Mapping[int, tuple[Member, ...]]
    units: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Acting:
    wish: BookingWish
    centre_id: int
    institution_id: int | None


def _holdings(asking: _Asking, holding_ids: Collection[int]) -> dict[int, HoldingFacts]:
    centre_ids = asking.by.centre_ids()
    scope = asking.by.scope(Right.BOOK)
    found = {
        each.id: each
        for each in facts_of_holdings(asking.session, scope, holding_ids)
        if each.centre_id in centre_ids
    }
    for holding_id in holding_ids:
        if holding_id not in found:
            raise NotFoundError("holding", holding_id)
    return found


def _people(session: Session, person_ids: Collection[int]) -> dict[int, Person]:
    rows = session.scalars(select(Person).where(Person.id.in_(person_ids)))
    found = {person.id: person for person in rows}
    for person_id in person_ids:
        if person_id not in found:
            raise NotFoundError("person", person_id)
    return found


def _members(session: Session, person_ids: Collection[int]) -> dict[int, tuple[Member, ...]]:
    found: dict[int, list[Member]] = {person_id: [] for person_id in person_ids}
    for row in session.execute(_memberships(), {"person_ids": list(person_ids)}):
        term = Term(row.first, row.last)
        member = Member(row.person_id, row.institution_id, row.centre_id, term)
        found[row.person_id].append(member)
    return {person_id: tuple(each) for person_id, each in found.items()}


@cache
def _memberships() -> Select[*tuple[Any, ...]]:
    """Build the statement once, as those below: building costs more than asking."""
    return (
        select(
            Membership.person_id,
            Membership.institution_id,
            Institution.centre_id,
            Membership.first,
            Membership.last,
        )
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Membership.person_id.in_(bindparam("person_ids", expanding=True)))
        .order_by(Membership.id)
    )


def _units(session: Session, unit_ids: Collection[int]) -> dict[int, int]:
    """Return the institution of each unit."""
    if not unit_ids:
        return {}
    rows = session.execute(
        select(TeachingUnit.id, TeachingUnit.institution_id).where(
            TeachingUnit.id.in_(unit_ids), TeachingUnit.retired_on.is_(None)
        )
    )
    found = {row.id: row.institution_id for row in rows}
    for unit_id in unit_ids:
        if unit_id not in found:
            raise NotFoundError("unit", unit_id)
    return found


def _copies(
    session: Session, wishes: Wishes, holdings: Mapping[int, HoldingFacts]
) -> dict[int, NumberedCopy]:
    lines = [line for wish in wishes.every for line in wish.lines]
    asked = {line.holding_id for line in lines if line.copy_id is not None}
    asked |= {each.id for each in holdings.values() if each.by_number}
    if not asked:
        return {}
    found = {each.id: each for each in numbered_copies(session, asked)}
    for line in lines:
        copy = None if line.copy_id is None else found.get(line.copy_id)
        if line.copy_id is not None and (copy is None or copy.holding_id != line.holding_id):
            raise NotFoundError("copy", line.copy_id)
    return found


def _acting(asking: _Asking, wish: BookingWish, known: _Known) -> _Acting:
    """Return for whom the person books: as named, that of the unit, or the oldest membership."""
    centre_ids = {known.holdings[line.holding_id].centre_id for line in wish.lines}
    if len(centre_ids) != 1:
        raise NotFoundError("holding", max(wish.holding_ids, default=0))
    (centre_id,) = centre_ids
    seen = _seen(asking, known.members[wish.person_id])
    if not seen and wish.person_id != asking.by.person_id:
        raise NotFoundError("person", wish.person_id)
    here = [each for each in seen if each.centre_id == centre_id]
    if not here:
        return _Acting(wish, centre_id, None)
    institution_id = _named(wish, known.units, [each.institution_id for each in here])
    return _Acting(wish, centre_id, institution_id)


def _seen(asking: _Asking, members: Iterable[Member]) -> list[Member]:
    """Return the memberships within the actor's reach that have not ended."""
    scope = asking.scope
    return [
        each
        for each in members
        if (each.term.last is None or each.term.last >= asking.today)
        and (
            each.person_id == scope.person_id
            or scope.covers_institution(each.institution_id, each.centre_id)
        )
    ]


def _named(wish: BookingWish, units: Mapping[int, int], here: list[int]) -> int:
    of_unit = None if wish.unit_id is None else units[wish.unit_id]
    named = wish.institution_id or of_unit or here[0]
    if named not in here:
        raise NotFoundError("institution", named)
    if of_unit is not None and of_unit != named:
        raise NotFoundError("unit", wish.unit_id or 0)
    return named


_Views = Mapping[tuple[int, int], Viewpoint]


def _views(asking: _Asking, acting: Iterable[_Acting]) -> _Views:
    wanted = {(each.centre_id, each.institution_id) for each in acting}
    scope = asking.by.scope(Right.BOOK)
    return {
        (centre_id, institution_id): viewpoint_of(
            asking.session,
            scope,
            Where(centre_id, institution_id=institution_id, editing=asking.editing),
            asking.today,
            asking.now,
        )
        for centre_id, institution_id in wanted
        if institution_id is not None
    }


def _asked(acting: _Acting, views: _Views, members: Mapping[int, tuple[Member, ...]]) -> AskedWish:
    wish, lines = acting.wish, merged(acting.wish.lines)
    if acting.institution_id is None:
        return AskedWish(wish, lines, acting.centre_id, None)
    view = views[acting.centre_id, acting.institution_id]
    if wish.place_id is not None:
        view = view.at(wish.place_id)
    terms = joined(
        each.term
        for each in members[wish.person_id]
        if each.institution_id == acting.institution_id
    )
    return AskedWish(wish, lines, acting.centre_id, view, terms)
