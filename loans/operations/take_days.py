"""Take the days a hold was for: it becomes a booking, and its copy is free for others."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from loans.errors import Refused, RefusedError
from loans.models.booking import Booking
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.models.purpose import OtherReason
from loans.operations.book import book
from loans.operations.change_hold import locked_hold
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.pass_on import pass_on
from loans.operations.serve_hold import fulfil
from loans.operations.tell_holds import ready_occasion
from loans.operations.withdraw_letters import withdraw_letters
from loans.queries.queue import period_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.codes import HoldRefusal
from loans.rules.returns import ReturnCase
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class DaysWish:
    """The days of a hold, and what they are for: a unit, or another reason."""

    hold_id: int
    unit_id: int | None = None
    reason: OtherReason | None = None
    class_name: str = ""


def take_days(session: Session, wish: DaysWish, by: Actor, today: date, now: datetime) -> Booking:
    """Book the days a hold is for, now that they are free; the hold is fulfilled.

    Locks the holding, the copy kept for it, then the person. If the days cannot be had, nothing
    changes.

    Raises:
        loans.errors.NotFoundError: no such hold within the actor's reach.
        loans.errors.RefusedError: every reason against the booking; or the hold names no days,
            or is over.

    Source:
        docs/rules.md, Lending 5.2 and 7.1.
    """
    act = Act(session, by, today, now)
    hold = locked_hold(act, wish.hold_id)
    period = period_of(hold)
    if hold.state not in STILL_OPEN or period is None:
        raise RefusedError((Refused(HoldRefusal.HOLD_OVER),))
    kept = hold.copy_id if hold.state is HoldState.SET_ASIDE else None
    _close(act, hold, kept)
    booking = book(
        session,
        BookingWish(
            lines=one_line(hold.holding_id),
            person_id=hold.person_id,
            period=period,
            institution_id=hold.institution_id,
            unit_id=wish.unit_id,
            reason=wish.reason,
            place_id=_counter(session, hold),
            class_name=wish.class_name,
        ),
        by,
        today,
        now,
    )
    if kept is not None:
        copy = lock_copy(session, kept)
        here = copy.stands_at
        pass_on(act, copy, ReturnCase(copy.state, here, copy.home_branch_id))
    session.flush()
    return booking


def _close(act: Act, hold: Hold, kept: int | None) -> None:
    """End a hold so that what was kept for it counts as free again, and nobody is told to come."""
    copy = None if kept is None else lock_copy(act.session, kept)
    ready_on = hold.ready_on
    fulfil(act, hold, None)
    if ready_on is not None:
        withdraw_letters(act, [ready_occasion(hold, ready_on)], with_correction=False)
    if copy is not None and copy.state is CopyState.SET_ASIDE:
        move_copy(copy, CopyState.AVAILABLE)
    act.session.flush()


def _counter(session: Session, hold: Hold) -> int | None:
    """Return where the days are fetched: as wished, else at another counter of that branch.

    None if there is none any more; then the centre's first.
    """
    if hold.place.active:
        return hold.place_id
    return session.scalar(
        select(PickupPlace.id)
        .where(PickupPlace.branch_id == hold.place.branch_id, PickupPlace.active)
        .where(PickupPlace.kind == PlaceKind.COUNTER)
        .order_by(PickupPlace.id)
        .limit(1)
    )
