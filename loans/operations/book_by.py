"""Set whether readers book any copy of a title, or a certain one."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.operations.editing import lock_holding
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from catalogue.rules.stock import StockRefusal
from database.audit import Change, Subject, record
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.rules.booking_states import COMMITTING
from schools.rules.roles import Actor


def book_by(
    session: Session, holding_id: int, booked_by: BookedBy, by: Actor, now: datetime
) -> Holding:
    """Let every copy of a holding be booked by its number, or all of them as one pool.

    Locks the holding, then its copies. Copies booked by number stand outside the pool, whose
    capacity follows. A booking that names a copy keeps it when the copies become a pool.

    Raises:
        NotFoundError: no such holding at a centre of the actor's.
        ActRefusedError: open bookings are for any copy; they would have none any more.

    Source:
        docs/rules.md, Lending 3.3 and 4.2.
    """
    holding = lock_holding(session, holding_id, by)
    if holding.booked_by is booked_by:
        return holding
    if booked_by is BookedBy.NUMBER and _open_bookings(session, holding_id):
        raise ActRefusedError((StockRefusal.BOOKED_AS_POOL,))
    ids = session.scalars(select(Copy.id).where(Copy.holding_id == holding_id)).all()
    for copy in lock(session, Copy, ids):
        copy.numbered = booked_by is BookedBy.NUMBER and copy.state is not CopyState.WITHDRAWN
    session.flush()
    change = Change(
        "book_by", {"booked_by": holding.booked_by.value}, {"booked_by": booked_by.value}
    )
    holding.booked_by = booked_by
    holding.lendable = _capacity(session, holding_id)
    record(session, by, Subject("holding", holding.id, holding.centre_id), change, now)
    return holding


def _open_bookings(session: Session, holding_id: int) -> int:
    """Count the open bookings that are for any copy."""
    query = (
        select(func.count(BookingLine.id))
        .join(Booking, Booking.id == BookingLine.booking_id)
        .where(BookingLine.holding_id == holding_id, BookingLine.copy_id.is_(None))
        .where(Booking.state.in_(COMMITTING), BookingLine.handed_out < BookingLine.quantity)
    )
    return session.scalar(query) or 0


def _capacity(session: Session, holding_id: int) -> int:
    """Count the lendable copies of the pool, as `medienbruecke check` does."""
    placed = (
        select(Loan.id)
        .where(Loan.copy_id == Copy.id, Loan.returned_on.is_(None), Loan.placed)
        .exists()
    )
    counted = select(func.count(Copy.id)).where(
        Copy.holding_id == holding_id,
        Copy.lendable,
        ~Copy.numbered,
        Copy.state.in_(LENDABLE_STATES),
        ~placed,
    )
    return session.scalar(counted) or 0
