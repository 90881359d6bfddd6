"""Change a hold: suspend and resume, another last day, another place in line, cancel, put back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.pass_on import let_go
from loans.operations.serve_hold import cancel_it, put_back
from loans.queries.borrowers import within
from loans.rules.codes import DayReason, HoldRefusal
from loans.rules.holds import Move, moved
from schools.rules.roles import Actor, Right


class HoldStep(StrEnum):
    """What can be done with an open hold."""

    SUSPEND = "suspend"
    """Passed over up to and including a day; it keeps its place."""
    RESUME = "resume"
    LIMIT = "limit"
    """Not needed after a day, or without end."""
    CANCEL = "cancel"
    MOVE = "move"
    """Another place in line; by staff."""
    PUT_BACK = "put_back"
    """A copy kept for it goes on its shelf, the hold waits at its old place; staff say why."""


BY_STAFF = frozenset({HoldStep.MOVE, HoldStep.PUT_BACK})


@dataclass(frozen=True, slots=True)
class HoldChange:
    """A step with a hold.

    Attributes:
        hold_id: which.
        step: what is done.
        day: until when it is suspended, or after which it is not needed.
        move: where it goes.
        reason: words of staff.
    """

    hold_id: int
    step: HoldStep
    day: date | None = None
    move: Move = Move.UP
    reason: str = ""


def change_hold(session: Session, wish: HoldChange, by: Actor, today: date, now: datetime) -> Hold:
    """Take a step with a hold of one's own, or of the centre.

    Locks its holding, then the copy kept for it. A copy that is not needed any more serves the
    next in line.

    Raises:
        loans.errors.NotFoundError: no such hold within the actor's reach.
        loans.errors.RefusedError: it is over, a copy is kept for it already, the day is past, or
            it is put back without a reason.

    Source:
        docs/rules.md, Lending 7.1, 7.2 and 7.3.
    """
    act = Act(session, by, today, now)
    hold = locked_hold(act, wish.hold_id, staff=wish.step in BY_STAFF)
    if hold.state not in STILL_OPEN:
        raise RefusedError((Refused(HoldRefusal.HOLD_OVER),))
    _STEPS[wish.step](act, hold, wish)
    session.flush()
    return hold


def locked_hold(act: Act, hold_id: int, *, staff: bool = False) -> Hold:
    """Return a hold under its holding's lock: one's own, or one of the centre's.

    Raises:
        loans.errors.NotFoundError: no such hold within the actor's reach.
    """
    scope = act.by.scope(Right.RESERVE_FOR_OTHERS if staff else Right.BOOK)
    near = within(scope, Holding.centre_id, Hold.institution_id)
    own = [] if staff or scope.person_id is None else [Hold.person_id == scope.person_id]
    query = select(Hold).join(Holding, Holding.id == Hold.holding_id)
    found = act.session.scalar(query.where(Hold.id == hold_id, or_(near, *own)))
    if found is None:
        raise NotFoundError("hold", hold_id)
    lock(act.session, Holding, {found.holding_id})
    act.session.refresh(found)
    return found


def _suspend(act: Act, hold: Hold, wish: HoldChange) -> None:
    _check_waits(hold)
    _check_day(act, wish)
    hold.suspended_until = wish.day
    _record(act, hold, Change("suspend_hold", after={"until": _day(wish.day)}))


def _resume(act: Act, hold: Hold, wish: HoldChange) -> None:
    del wish
    _check_waits(hold)
    before = _day(hold.suspended_until)
    hold.suspended_until = None
    _record(act, hold, Change("resume_hold", {"until": before}))


def _limit(act: Act, hold: Hold, wish: HoldChange) -> None:
    _check_waits(hold)
    _check_day(act, wish)
    before = _day(hold.not_after)
    hold.not_after = wish.day
    change = Change("limit_hold", {"not_after": before}, {"not_after": _day(wish.day)})
    _record(act, hold, change)


def _cancel(act: Act, hold: Hold, wish: HoldChange) -> None:
    kept = None if hold.state is HoldState.WAITING else hold.copy_id
    cancel_it(act, hold, wish.reason)
    if kept is not None:
        let_go(act, lock_copy(act.session, kept))


def _move(act: Act, hold: Hold, wish: HoldChange) -> None:
    """Give a hold another place among those that wait; those that are served keep theirs."""
    _check_waits(hold)
    query = select(Hold).where(Hold.holding_id == hold.holding_id)
    waiting = act.session.scalars(
        query.where(Hold.state == HoldState.WAITING).order_by(Hold.rank, Hold.id)
    ).all()
    ranks = [each.rank for each in waiting]
    by_id = {each.id: each for each in waiting}
    before = hold.rank
    for rank, key in zip(ranks, moved(list(by_id), hold.id, wish.move), strict=True):
        by_id[key].rank = rank
    change = Change("move_hold", {"rank": before}, {"rank": hold.rank}, wish.reason)
    _record(act, hold, change)


def _put_back(act: Act, hold: Hold, wish: HoldChange) -> None:
    """Let a hold wait again; its copy goes on the shelf, where anybody may have it."""
    copy_id = hold.copy_id
    if hold.state is not HoldState.SET_ASIDE or copy_id is None:
        raise RefusedError((Refused(HoldRefusal.NOT_KEPT),))
    if not wish.reason.strip():
        raise RefusedError((Refused(HoldRefusal.NO_REASON),))
    copy = lock_copy(act.session, copy_id)
    put_back(act, hold, wish.reason)
    if copy.state is CopyState.SET_ASIDE:
        move_copy(copy, CopyState.AVAILABLE)


_STEPS: Mapping[HoldStep, Callable[[Act, Hold, HoldChange], None]] = {
    HoldStep.SUSPEND: _suspend,
    HoldStep.RESUME: _resume,
    HoldStep.LIMIT: _limit,
    HoldStep.CANCEL: _cancel,
    HoldStep.MOVE: _move,
    HoldStep.PUT_BACK: _put_back,
}


def _check_waits(hold: Hold) -> None:
    if hold.state is not HoldState.WAITING:
        raise RefusedError((Refused(HoldRefusal.HOLD_SERVED),))


def _check_day(act: Act, wish: HoldChange) -> None:
    if wish.day is not None and wish.day < act.today:
        raise RefusedError((Refused(DayReason.PAST),))


def _record(act: Act, hold: Hold, change: Change) -> None:
    subject = Subject("hold", hold.id, hold.holding.centre_id, hold.institution_id)
    record(act.session, act.by, subject, change, act.now)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
