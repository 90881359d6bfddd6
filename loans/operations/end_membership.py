"""End memberships of leavers; whoever still has something stays until it is back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan
from loans.operations.lock import lock
from schools.errors import NotFoundError, RefusedError
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.operations.leave import end_memberships
from schools.rules.granting import GrantFault
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves a school.

    Attributes:
        institution_id: the school.
        membership_ids: memberships of it.
        last: their last day, included.
    """

    institution_id: int
    membership_ids: frozenset[int]
    last: date


@dataclass(frozen=True, slots=True)
class Left:
    """What came of it, by keys of memberships; `kept` still have something of ours."""

    ended: tuple[int, ...]
    kept: tuple[int, ...]


def end_membership(session: Session, leaving: Leaving, by: Actor, now: datetime) -> Left:
    """End the memberships of those who have nothing left, and keep the others.

    Locks the people, so that nobody is lent anything meanwhile, then the memberships.

    Raises:
        schools.errors.NotFoundError: one of them is not a membership of this school, or the
            school lies out of the actor's reach.
        schools.errors.RefusedError: `OWN_ACCOUNT`, nobody ends their own membership.

    Source:
        docs/rules.md, Schools 1.4.
    """
    leavers = _leavers(session, leaving, by)
    if by.person_id in {each.person_id for each in leavers}:
        raise RefusedError((GrantFault.OWN_ACCOUNT,))
    lock(session, Person, [each.person_id for each in leavers])
    holding = _still_holding(session, leaving, [each.person_id for each in leavers])
    kept = tuple(each.id for each in leavers if each.person_id in holding)
    ended = tuple(each.id for each in leavers if each.person_id not in holding)
    end_memberships(session, ended, leaving.last, by, now)
    return Left(ended, kept)


def _leavers(session: Session, leaving: Leaving, by: Actor) -> Sequence[Membership]:
    school = session.get(Institution, leaving.institution_id)
    scope = by.scope(Right.MANAGE_MEMBERS)
    if school is None or not scope.covers_institution(school.id, school.centre_id):
        raise NotFoundError("institution", leaving.institution_id)
    query = select(Membership).where(
        Membership.id.in_(leaving.membership_ids), Membership.institution_id == school.id
    )
    found = session.scalars(query.order_by(Membership.id)).all()
    if len(found) < len(leaving.membership_ids):
        raise NotFoundError("membership", sorted(leaving.membership_ids))
    return found


def _still_holding(
    session: Session, leaving: Leaving, person_ids: Collection[int]
) -> frozenset[int]:
    """Return who has anything for this school, lent or placed, of whichever centre."""
    query = select(Loan.person_id).where(
        Loan.person_id.in_(person_ids),
        Loan.institution_id == leaving.institution_id,
        Loan.returned_on.is_(None),
    )
    return frozenset(each for each in session.scalars(query) if each is not None)
