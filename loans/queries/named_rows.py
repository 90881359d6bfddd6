"""The rows that wishes name, also those gone meanwhile that something stored names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from loans.errors import NotFoundError
from loans.queries.availability import (
    HoldingFacts,
    NumberedCopy,
    facts_of_holdings,
    numbered_copies,
)
from loans.queries.wishes import Wishes
from loans.rules.codes import Refusal
from schools.models.media_centre import PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person
from schools.rules.roles import Actor, Right, Scope

EVERYTHING = Scope(everything=True)


@dataclass(frozen=True, slots=True)
class Unit:
    """A teaching unit that is a purpose: whose it is, and whether no version has it any more."""

    institution_id: int
    is_retired: bool


def named_holdings(session: Session, wishes: Wishes, by: Actor) -> dict[int, HoldingFacts]:
    """Return the holdings of all lines: those offered to the actor, and those stored already.

    Raises:
        NotFoundError: any other.
    """
    stored = wishes.stored.holding_ids
    scope = EVERYTHING if stored else by.scope(Right.BOOK)
    every = facts_of_holdings(session, scope, wishes.holding_ids)
    offered = offered_ids(every, by)
    found = {each.id: each for each in every if each.id in offered | stored}
    for holding_id in wishes.holding_ids:
        if holding_id not in found:
            raise NotFoundError("holding", holding_id)
    return found


def offered_ids(holdings: Iterable[HoldingFacts], by: Actor) -> frozenset[int]:
    """Return the holdings of centres the actor works with; hidden ones for their staff alone."""
    scope, centre_ids = by.scope(Right.BOOK), by.centre_ids()
    return frozenset(
        each.id
        for each in holdings
        if each.centre_id in centre_ids and (each.visible or scope.covers_centre(each.centre_id))
    )


def named_people(session: Session, person_ids: Collection[int]) -> dict[int, Person]:
    """Return who borrows.

    Raises:
        NotFoundError: one is not there.
    """
    rows = session.scalars(select(Person).where(Person.id.in_(person_ids)))
    found = {person.id: person for person in rows}
    for person_id in person_ids:
        if person_id not in found:
            raise NotFoundError("person", person_id)
    return found


def named_units(session: Session, wishes: Wishes) -> dict[int, Unit]:
    """Return the units that are purposes: those in use, and those stored already.

    Raises:
        NotFoundError: any other.
    """
    if not wishes.unit_ids:
        return {}
    asked = select(TeachingUnit.id, TeachingUnit.institution_id, TeachingUnit.retired_on)
    rows = session.execute(asked.where(TeachingUnit.id.in_(wishes.unit_ids)))
    every = {row.id: Unit(row.institution_id, row.retired_on is not None) for row in rows}
    stored = wishes.stored.unit_ids
    found = {key: unit for key, unit in every.items() if key in stored or not unit.is_retired}
    for unit_id in wishes.unit_ids:
        if unit_id not in found:
            raise NotFoundError("unit", unit_id)
    return found


def named_copies(
    session: Session, wishes: Wishes, holdings: Mapping[int, HoldingFacts]
) -> dict[int, NumberedCopy]:
    """Return the copies of holdings booked by number or by copy, and those stored already.

    Raises:
        NotFoundError: a line names any other.
    """
    lines = [line for wish in wishes.every for line in wish.lines]
    asked = {line.holding_id for line in lines if line.copy_id is not None}
    asked |= {each.id for each in holdings.values() if each.by_number}
    if not asked:
        return {}
    stored = wishes.stored.copy_ids & wishes.copy_ids
    found = {each.id: each for each in numbered_copies(session, asked, stored)}
    for line in lines:
        copy = None if line.copy_id is None else found.get(line.copy_id)
        if line.copy_id is not None and (copy is None or copy.holding_id != line.holding_id):
            raise NotFoundError("copy", line.copy_id)
    return found


def unfit_places(
    session: Session, place_ids: Collection[int], institution_ids: Collection[int]
) -> Mapping[tuple[int, int], Refusal]:
    """Return why places are no choice, each behind its centre: counters, and the schools' stops.

    Args:
        session: the session.
        place_ids: what an institution cannot choose.
        institution_ids: all those that the same people act for.
    """
    own = or_(
        PickupPlace.institution_id.is_(None), PickupPlace.institution_id.in_(institution_ids)
    )
    asked = select(PickupPlace.centre_id, PickupPlace.id, PickupPlace.active)
    rows = session.execute(asked.where(PickupPlace.id.in_(place_ids), own))
    return {
        (centre_id, place_id): Refusal.PLACE_ELSEWHERE if active else Refusal.PLACE_CLOSED
        for centre_id, place_id, active in rows
    }
