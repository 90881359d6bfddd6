"""Who waits in vain and who does not: the conditions under which a hold could be served."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from loans.models.hold import Hold, HoldState
from schools.models.person import Membership, Person


def waiting_for(session: Session, holding_ids: Collection[int], today: date) -> dict[int, int]:
    """Count by holding the people who wait and could be served today; one statement."""
    rows = session.execute(
        select(Hold.holding_id, func.count(Hold.id))
        .where(Hold.holding_id.in_(holding_ids), *waits(today))
        .group_by(Hold.holding_id)
    )
    return dict(rows.all())


def waits(today: date | BindParameter[date]) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions on a hold to be one that a copy could serve on a day.

    Left out are those that are passed over: suspended, of somebody blocked or without
    membership, or over.

    Source:
        docs/rules.md, Lending 7.1 and 9.1, and docs/decisions/0014-holds-and-undoing.md.
    """
    yield Hold.state == HoldState.WAITING
    yield or_(Hold.suspended_until.is_(None), Hold.suspended_until < today)
    yield or_(Hold.not_after.is_(None), Hold.not_after >= today)
    yield or_(Hold.first.is_(None), Hold.first > today)
    yield acts_for_school(today)
    yield ~exists().where(Person.id == Hold.person_id, Person.blocked)


def acts_for_school(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that whoever waits acts on a day for the school it is for."""
    return exists().where(
        Membership.person_id == Hold.person_id,
        Membership.institution_id == Hold.institution_id,
        Membership.first <= today,
        or_(Membership.last.is_(None), Membership.last >= today),
    )
