"""Drop the pick of a copy that goes elsewhere; what it had been picked for is no longer ready."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from loans.models.booking import Booking, BookingPick
from loans.operations.journal import Journal
from loans.operations.lock import lock
from loans.operations.tell_courier import take_back_ready
from loans.rules.booking_states import COLLECTABLE, BookingStep, next_state


def drop_pick(
    session: Session,
    copy_id: int,
    own_booking_ids: Collection[int] = (),
    journal: Journal | None = None,
) -> Booking | None:
    """Drop the pick of a locked copy, if it has one.

    Locks the booking it was picked for together with those of `own_booking_ids`, in the order
    of their ids; a caller that goes on to lock any of these names them here.

    Args:
        session: inside a unit of work.
        copy_id: the copy.
        own_booking_ids: of whoever gets it.
        journal: of an act that can be undone: the copy is picked again then.

    Returns:
        The booking it had been picked for, if that is none of one's own: no longer ready.

    Source:
        docs/rules.md, Lending 5.6.
    """
    pick = pick_of(session, copy_id)
    if pick is None:
        return None
    picked_for = pick.line.booking_id
    found = lock(session, Booking, {picked_for, *own_booking_ids})
    if journal is not None:
        journal.watch(*found)
        journal.dropped(pick)
    session.delete(pick)
    session.flush()
    if picked_for in own_booking_ids:
        return None
    booking = next(each for each in found if each.id == picked_for)
    _no_longer_ready(session, booking, journal)
    return booking


def lacks_copies(session: Session, booking: Booking, holding_id: int) -> bool:
    """Say whether a locked booking needs copies of a locked holding that nobody has picked yet.

    Source:
        docs/rules.md, Lending 5.6.
    """
    if booking.state not in COLLECTABLE:
        return False
    lines = [line for line in booking.lines if line.holding_id == holding_id]
    wanted = sum(line.quantity - line.handed_out for line in lines)
    picked = select(func.count(BookingPick.id)).where(
        BookingPick.line_id.in_([line.id for line in lines])
    )
    return wanted > (session.scalar(picked) or 0)


def pick_of(session: Session, copy_id: int) -> BookingPick | None:
    """Return the pick of a copy with its line."""
    return session.scalar(_pick(), {"copy_id": copy_id})


@cache
def _pick() -> Select[BookingPick]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(BookingPick)
        .options(joinedload(BookingPick.line, innerjoin=True))
        .where(BookingPick.copy_id == bindparam("copy_id"))
        .execution_options(populate_existing=True)
    )


def _no_longer_ready(session: Session, booking: Booking, journal: Journal | None) -> None:
    state = next_state(booking.state, BookingStep.UNDO_READY)
    if state is not None:
        booking.state, booking.ready_at = state, None
        take_back_ready(session, booking, journal)
