"""Locks, in the one order: holding, copy, person, booking, loan; ascending id within a kind.

An institution is locked after the people, and only where its bookings or loans are limited.

On PostgreSQL each is FOR NO KEY UPDATE; on SQLite a unit of work holds the only write lock.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.models.booking import Booking
from loans.models.collective_order import CollectiveOrder
from loans.models.loan import Loan
from schools.models.institution import Institution
from schools.models.person import Person

Locked = TypeVar("Locked", Holding, Copy, Person, Institution, Booking, Loan)


def lock(session: Session, kind: type[Locked], ids: Collection[int]) -> Sequence[Locked]:
    """Lock rows of one kind until the unit of work ends, and read them afresh.

    Returns:
        Those that exist, by ascending id.
    """
    if not ids:
        return ()
    return session.scalars(_locking(kind), {"ids": list(ids)}).all()


def hold_order(session: Session, order_id: int) -> CollectiveOrder | None:
    """Read a collective order afresh, so that nobody closes it before the unit of work ends.

    Several may hold one at once. It is taken before all others, or after the booking.
    """
    held = select(CollectiveOrder).where(CollectiveOrder.id == order_id)
    shared = held.with_for_update(read=True)
    return session.scalar(shared.execution_options(populate_existing=True))


@cache
def _locking(kind: type[Locked]) -> Select[Locked]:
    """Build the statement of a kind once: building it costs more than asking."""
    chosen = select(kind).where(kind.id.in_(bindparam("ids", expanding=True)))
    locking = chosen.order_by(kind.id).with_for_update(key_share=True, of=kind)
    return locking.execution_options(populate_existing=True)
