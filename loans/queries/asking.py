"""Who asks for what, and where: wishes with all that is known before copies are counted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from loans.errors import NotFoundError
from loans.queries.availability import HoldingFacts, NumberedCopy
from loans.queries.named_rows import (
    Unit,
    named_copies,
    named_holdings,
    named_people,
    named_units,
    offered_ids,
    unfit_places,
)
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.wishes import BookingWish, LineWish, Stored, Wishes, merged
from loans.rules.booking_policy import Membership as Term
from loans.rules.booking_policy import joined
from loans.rules.claims import StockKey
from loans.rules.codes import Refusal
from schools.models.institution import Institution
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
        lines: one for each thing; what belongs to a pool now is weighed with that.
        centre_id: whose holdings they are.
        view: for the institution acted for, at the place; None if there is none.
        terms: when the person may act for that institution.
        gone: what lines in a basket name that can no longer be asked for.
        without: why there is no view: the person acts for none here, or the place is no choice.
    """

    wish: BookingWish
    lines: tuple[LineWish, ...]
    centre_id: int
    view: Viewpoint | None
    terms: tuple[Term, ...] = ()
    gone: frozenset[StockKey] = frozenset()
    without: Refusal = Refusal.MEMBERSHIP_ENDED

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
            or none within the actor's reach; lines of one wish lie at different centres. What is
            stored already is found although it is gone.

    Source:
        docs/rules.md, Lending 2.4, 5.3, 5.5, 5.8 and 6.1.
    """
    asking = _Asking(session, by, wishes.right, today, now, wishes.editing)
    known = _known(session, wishes, by)
    acting = [_acting(asking, wish, known) for wish in wishes.every]
    views = _views(asking, acting)
    standing = _Standing(known, views, _unfit(session, acting, views))
    return Asked(
        by=by,
        wishes=tuple(_asked(each, standing) for each in acting),
        holdings=known.holdings,
        copies=known.copies,
        people=named_people(session, wishes.person_ids),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    holdings: Mapping[int, HoldingFacts]
    offered: frozenset[int]
    members: Mapping[int, tuple[Member, ...]]
    units: Mapping[int, Unit]
    copies: Mapping[int, NumberedCopy]
    stored: Stored


def _known(session: Session, wishes: Wishes, by: Actor) -> _Known:
    holdings = named_holdings(session, wishes, by)
    return _Known(
        holdings=holdings,
        offered=offered_ids(holdings.values(), by),
        members=_members(session, wishes.person_ids),
        units=named_units(session, wishes),
        copies=named_copies(session, wishes, holdings),
        stored=wishes.stored,
    )


@dataclass(frozen=True, slots=True)
class _Acting:
    wish: BookingWish
    centre_id: int
    institution_id: int | None
    schools: frozenset[int] = frozenset()


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


def _acting(asking: _Asking, wish: BookingWish, known: _Known) -> _Acting:
    """Return for whom the person books: as named, that of the unit, or the oldest membership.

    The oldest of those that hold on all the days, if any does: whoever changes schools books
    for the new one from then on.

    One that has ended is found where it is named: that is the reason against the wish.
    """
    centre_ids = {known.holdings[line.holding_id].centre_id for line in wish.lines}
    if len(centre_ids) != 1:
        raise NotFoundError("holding", max(wish.holding_ids, default=0))
    (centre_id,) = centre_ids
    near = _near(asking, known.members[wish.person_id])
    if not near and wish.person_id != asking.by.person_id:
        raise NotFoundError("person", wish.person_id)
    found = [
        each
        for each in near
        if each.centre_id == centre_id
        and (each.institution_id == wish.institution_id or not _has_ended(asking, each))
    ]
    found.sort(key=lambda each: not each.term.covers(wish.period))
    here = [each.institution_id for each in found]
    is_stored = bool(known.stored.holding_ids)
    if not here or (is_stored and wish.institution_id not in here):
        return _Acting(wish, centre_id, None)
    if is_stored and not known.stored.is_kept:
        wish = _without_gone_unit(wish, known.units, near)
    schools = frozenset(each.institution_id for each in near)
    return _Acting(wish, centre_id, _named(wish, known.units, here), schools)


def _near(asking: _Asking, members: Iterable[Member]) -> list[Member]:
    """Return the memberships within the actor's reach."""
    scope = asking.scope
    return [
        each
        for each in members
        if each.person_id == scope.person_id
        or scope.covers_institution(each.institution_id, each.centre_id)
    ]


def _has_ended(asking: _Asking, member: Member) -> bool:
    return member.term.last is not None and member.term.last < asking.today


def _without_gone_unit(
    wish: BookingWish, units: Mapping[int, Unit], near: Iterable[Member]
) -> BookingWish:
    """Return the wish without a purpose that is retired, or that of another school of theirs."""
    if wish.unit_id is None:
        return wish
    unit = units[wish.unit_id]
    others = {each.institution_id for each in near} - {wish.institution_id}
    is_gone = unit.is_retired or unit.institution_id in others
    return replace(wish, unit_id=None) if is_gone else wish


def _named(wish: BookingWish, units: Mapping[int, Unit], here: list[int]) -> int:
    of_unit = None if wish.unit_id is None else units[wish.unit_id].institution_id
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


_Unfit = Mapping[tuple[int, int], Refusal]
"""Why not, by centre and place."""


def _unfit(session: Session, acting: Iterable[_Acting], views: _Views) -> _Unfit:
    """Return why places that wishes name are no choice; asks only where one is none.

    They are closed, or the courier stops there for another school of the same person.
    """
    wanted = {
        each.wish.place_id: each.schools
        for each in acting
        if each.institution_id is not None
        and each.wish.place_id is not None
        and not views[each.centre_id, each.institution_id].has_place(each.wish.place_id)
    }
    if not wanted:
        return {}
    return unfit_places(session, wanted.keys(), frozenset[int]().union(*wanted.values()))


@dataclass(frozen=True, slots=True)
class _Standing:
    known: _Known
    views: _Views
    unfit: _Unfit


def _asked(acting: _Acting, standing: _Standing) -> AskedWish:
    wish, known = acting.wish, standing.known
    lines = _lines(wish, known)
    if acting.institution_id is None:
        return AskedWish(wish, lines, acting.centre_id, None)
    why_not = standing.unfit.get((acting.centre_id, wish.place_id or 0))
    if why_not is not None:
        return AskedWish(wish, lines, acting.centre_id, None, without=why_not)
    view = standing.views[acting.centre_id, acting.institution_id]
    if wish.place_id is not None:
        view = view.at(wish.place_id)
    terms = joined(
        each.term
        for each in known.members[wish.person_id]
        if each.institution_id == acting.institution_id
    )
    return AskedWish(wish, lines, acting.centre_id, view, terms, _gone(wish, known))


def _lines(wish: BookingWish, known: _Known) -> tuple[LineWish, ...]:
    """Return one line for each thing; a copy that a booking names and a pool has counts there."""
    if not known.stored.is_kept:
        return merged(wish.lines)
    return merged(
        replace(line, copy_id=None)
        if line.copy_id is not None and known.copies[line.copy_id].is_pooled
        else line
        for line in wish.lines
    )


def _gone(wish: BookingWish, known: _Known) -> frozenset[StockKey]:
    """Return what lines in a basket name that is not offered any more."""
    if known.stored.is_kept:
        return frozenset()
    return frozenset(
        line.stock
        for line in wish.lines
        if line.holding_id not in known.offered
        or (line.copy_id is not None and not known.copies[line.copy_id].is_bookable)
    )
