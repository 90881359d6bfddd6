"""Leave: memberships end, and with them the roles at that school."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import NotFoundError
from schools.models.account import Account, Grant
from schools.models.person import Membership
from schools.operations.sign_in import end_sessions
from schools.rules.roles import Actor, Right


def end_memberships(
    session: Session, membership_ids: Iterable[int], last: date, by: Actor, now: datetime
) -> int:
    """End memberships with their roles on `last`, included; all or none.

    Open loans are not looked at here, since only lending knows them: ask it first. A membership
    that ends earlier already stays as it is.

    Returns:
        How many ended now.

    Raises:
        NotFoundError: one of them does not exist or lies outside the actor's scope.
    """
    wanted = sorted(set(membership_ids))
    query = select(Membership).where(Membership.id.in_(wanted)).order_by(Membership.id)
    found = session.scalars(query.with_for_update(of=Membership)).all()
    scope = by.scope(Right.MANAGE_MEMBERS)
    inside = [
        membership
        for membership in found
        if scope.covers_institution(membership.institution_id, membership.institution.centre_id)
    ]
    if len(inside) < len(wanted):
        raise NotFoundError("membership", wanted)
    ending = [each for each in inside if each.last is None or each.last > last]
    for membership in ending:
        _end(session, membership, last, now)
        school = membership.institution
        subject = Subject("membership", membership.id, school.centre_id, school.id)
        change = Change("end_membership", after={"last": last.isoformat()})
        record(session, by, subject, change, now)
    return len(ending)


def _end(session: Session, membership: Membership, last: date, now: datetime) -> None:
    membership.last = max(last, membership.first)
    grants = session.scalars(
        select(Grant)
        .join(Account)
        .where(Account.person_id == membership.person_id)
        .where(Grant.institution_id == membership.institution_id)
        .where(or_(Grant.last.is_(None), Grant.last > last))
    ).all()
    for grant in grants:
        grant.last = last
        end_sessions(session, grant.account_id, now)
