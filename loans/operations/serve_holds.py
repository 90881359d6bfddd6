"""Each night: end holds that are over, and serve those who wait from the shelves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from loans.models.booking import BookingPick
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy
from loans.operations.pass_on import give_to, let_go
from loans.operations.serve_hold import end_hold
from loans.queries.queue import next_in_line, waiting_of
from loans.rules.holds import Ending, ending_of, is_uncollected
from loans.rules.returns import ReturnCase
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Served:
    """What a night did with the holds of a holding."""

    ended: int
    served: int


def serve_holds(
    session: Session, holding_id: int, by: Actor, today: date, now: datetime
) -> Served:
    """End the holds of a holding that are over, then serve the first in line, one by one.

    Locks the holding, then each copy it moves. Doing it again changes nothing.

    Source:
        docs/rules.md, Lending 7.1 and 7.2: tried again each night.
    """
    act = Act(session, by, today, now)
    for holding in lock(session, Holding, {holding_id}):
        done = _end_what_is_over(act, holding.id)
        return Served(done.ended, done.served + _serve(act, holding.id))
    return Served(0, 0)


def _end_what_is_over(act: Act, holding_id: int) -> Served:
    """End holds; a copy that was kept for one serves the next at once, or goes home."""
    ended = served = 0
    for hold in _open_holds(act.session, holding_id):
        why = _over(hold, act.today)
        if why is None:
            continue
        kept = hold.copy_id if hold.state is HoldState.SET_ASIDE else None
        end_hold(act, hold, why)
        if kept is not None:
            served += let_go(act, lock_copy(act.session, kept))
        ended += 1
    return Served(ended, served)


def _over(hold: Hold, today: date) -> Ending | None:
    """Return why a hold is over tonight; what is on its way arrives first."""
    if hold.state is HoldState.SET_ASIDE:
        return Ending.NOT_COLLECTED if is_uncollected(hold.pickup_deadline, today) else None
    if hold.state is HoldState.WAITING:
        return ending_of(waiting_of(hold), today)
    return None


def _serve(act: Act, holding_id: int) -> int:
    """Serve as many as there are copies on the shelves that can be kept.

    A numbered copy that cannot be kept for whoever is first is tried again for the next.
    """
    shelf, served = list(_on_the_shelf(act.session, holding_id)), 0
    picked = _picked(act.session, holding_id)
    left = list(shelf)
    while left:
        first = lock_copy(act.session, left[0].id)
        line = next_in_line(act.session, first, act.today, act.now)
        if line is None:
            left = [each for each in left if each.numbered and each is not first]
            continue
        copy = lock_copy(act.session, _best(left, line.branch_id, picked).id)
        shelf.remove(copy)
        left = list(shelf)
        act.journal.watch(copy)
        here = copy.stands_at
        give_to(act, copy, ReturnCase(copy.state, here, copy.home_branch_id), line)
        act.session.flush()
        served += 1
    return served


def _best(shelf: Sequence[Copy], branch_id: int, picked: Collection[int]) -> Copy:
    """Return the copy to take; of the pool any one will do.

    So rather one that does not lie ready for a booking, and then one that need not travel.
    """
    first = shelf[0]
    alike = [first] if first.numbered else [each for each in shelf if not each.numbered]
    here = {each.id: each.stands_at == branch_id for each in alike}
    return min(alike, key=lambda each: (each.id in picked, not here[each.id]))


def _picked(session: Session, holding_id: int) -> frozenset[int]:
    query = select(BookingPick.copy_id).join(Copy, Copy.id == BookingPick.copy_id)
    return frozenset(session.scalars(query.where(Copy.holding_id == holding_id)))


def _open_holds(session: Session, holding_id: int) -> Sequence[Hold]:
    query = select(Hold).where(Hold.holding_id == holding_id, Hold.state.in_(STILL_OPEN))
    ordered = query.order_by(Hold.rank, Hold.id)
    return session.scalars(ordered.execution_options(populate_existing=True)).all()


def _on_the_shelf(session: Session, holding_id: int) -> Sequence[Copy]:
    """Return copies that may be kept for somebody, those of the pool first."""
    query = select(Copy).where(
        Copy.holding_id == holding_id, Copy.state == CopyState.AVAILABLE, Copy.lendable
    )
    ordered = query.order_by(Copy.numbered, Copy.id)
    return session.scalars(ordered.execution_options(populate_existing=True)).all()
