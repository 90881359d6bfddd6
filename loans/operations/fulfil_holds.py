"""Fulfil one's own hold by borrowing any copy of the title (Lending 7.3)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.models.hold import STILL_OPEN, Hold
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy
from loans.operations.pass_on import let_go
from loans.operations.serve_hold import fulfil, is_kept


@dataclass(frozen=True, slots=True)
class Waits:
    """Where a person waits for a title.

    Attributes:
        hold_ids: the person's open holds on it.
        holding_ids: the holdings that are locked.
    """

    hold_ids: frozenset[int]
    holding_ids: frozenset[int]


def lock_with_holds(session: Session, copy_id: int, person_id: int) -> tuple[Copy, Waits]:
    """Lock a copy, and first the holdings on which the person waits for the same title.

    Returns:
        The copy behind its holding, and where the person waits.

    Raises:
        loans.errors.NotFoundError: there is no such copy.
    """
    title = select(Holding.title_id).join(Copy).where(Copy.id == copy_id).scalar_subquery()
    rows = session.execute(
        select(Hold.id, Hold.holding_id)
        .join(Holding, Holding.id == Hold.holding_id)
        .where(Hold.person_id == person_id, Hold.state.in_(STILL_OPEN))
        .where(Holding.title_id == title)
    ).all()
    elsewhere = {holding_id for _, holding_id in rows}
    if elsewhere:
        own = session.scalars(select(Copy.holding_id).where(Copy.id == copy_id))
        lock(session, Holding, elsewhere | set(own))
    copy = lock_copy(session, copy_id)
    ids = frozenset(hold_id for hold_id, _ in rows)
    return copy, Waits(ids, frozenset({copy.holding_id, *elsewhere}))


def fulfil_own(act: Act, copy: Copy, person_id: int, waits: Waits) -> tuple[Hold, ...]:
    """End the holds of whoever borrowed a locked copy; another copy kept for them is passed on.

    Args:
        act: the act.
        copy: lent by now.
        person_id: to whom.
        waits: what is locked; a hold elsewhere, placed this moment, stays.

    Source:
        docs/rules.md, Lending 7.3.
    """
    query = (
        select(Hold)
        .where(Hold.person_id == person_id, Hold.holding_id.in_(waits.holding_ids))
        .where(Hold.state.in_(STILL_OPEN))
        .order_by(Hold.holding_id)
        .execution_options(populate_existing=True)
    )
    holds = tuple(act.session.scalars(query))
    for hold in holds:
        other = hold.copy_id if is_kept(hold) and hold.copy_id != copy.id else None
        fulfil(act, hold, copy)
        if other is not None:
            let_go(act, lock_copy(act.session, other))
    return holds
