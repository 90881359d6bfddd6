"""Take a copy off the shelf, for repair or for a reason of staff, and put it back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState, CopyStep, next_state
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.operations.journal import Act
from loans.operations.lock_copy import counts_in_pool, lock_copy, move_copy
from loans.operations.pass_on import release
from loans.queries.hand_out import open_loan_of
from schools.rules.roles import Actor, Right

OFF_THE_SHELF = frozenset({CopyState.IN_REPAIR, CopyState.INCOMPLETE, CopyState.MISSING})
"""States from which a copy comes back by a word of staff; from a loan it comes by a return."""


class ShelfStep(StrEnum):
    """What staff do with a copy in the house."""

    REPAIR = "repair"
    """Off the shelf until it is mended."""
    PUT_BACK = "put_back"
    """Mended, complete or found: on the shelf again."""
    BLOCK = "block"
    """Not lent, whatever its state."""
    UNBLOCK = "unblock"


@dataclass(frozen=True, slots=True)
class ShelfWish:
    """A step for one copy; the reason stands in the log, and beside a blocked copy."""

    copy_id: int
    step: ShelfStep
    reason: str = ""


def take_off_shelf(session: Session, wish: ShelfWish, by: Actor, now: datetime) -> Copy:
    """Take a copy out of lending or put it back; the holding's capacity follows.

    Locks holding and copy in this order. Whoever it was kept for waits again.

    Raises:
        loans.errors.NotFoundError: no such copy at a centre whose defects the actor handles.
        loans.errors.ImpossibleStepError: the copy is out or its loan not settled, it is
            withdrawn, or not where the step begins.

    Source:
        docs/rules.md, Lending 3.1 and 4.2.
    """
    copy = lock_copy(session, wish.copy_id)
    if not by.scope(Right.HANDLE_DEFECTS).covers_centre(copy.centre_id):
        raise NotFoundError("copy", wish.copy_id)
    before = _noted(copy)
    if wish.step in {ShelfStep.REPAIR, ShelfStep.PUT_BACK}:
        state = _state_after(copy, wish.step)
        if open_loan_of(session, copy.id) is not None:
            raise ImpossibleStepError("copy", copy.state, wish.step)
        release(Act(session, by, now.date(), now), copy)
        move_copy(copy, state)
    else:
        if wish.step is ShelfStep.BLOCK:
            release(Act(session, by, now.date(), now), copy)
        _block(session, copy, wish)
    if _noted(copy) != before:
        change = Change(wish.step.value, before, _noted(copy), wish.reason)
        record(session, by, Subject("copy", copy.id, copy.centre_id), change, now)
    return copy


def steps_from(state: CopyState) -> tuple[ShelfStep, ...]:
    """Return which of repair and putting back are possible for a copy in a state."""
    steps = []
    if state is not CopyState.IN_REPAIR and next_state(state, CopyStep.SEND_TO_REPAIR):
        steps.append(ShelfStep.REPAIR)
    if state in OFF_THE_SHELF:
        steps.append(ShelfStep.PUT_BACK)
    return tuple(steps)


def _state_after(copy: Copy, step: ShelfStep) -> CopyState:
    taken = CopyStep.SEND_TO_REPAIR if step is ShelfStep.REPAIR else CopyStep.PUT_BACK
    state = next_state(copy.state, taken)
    if state is None or (taken is CopyStep.PUT_BACK and copy.state not in OFF_THE_SHELF):
        raise ImpossibleStepError("copy", copy.state, step)
    return state


def _block(session: Session, copy: Copy, wish: ShelfWish) -> None:
    if copy.state is CopyState.WITHDRAWN:
        raise ImpossibleStepError("copy", copy.state, wish.step)
    loan = open_loan_of(session, copy.id)
    counted = counts_in_pool(copy)
    copy.lendable = wish.step is ShelfStep.UNBLOCK
    copy.not_lendable_reason = "" if copy.lendable else wish.reason
    if loan is None or not loan.placed:
        copy.holding.lendable += int(counts_in_pool(copy)) - int(counted)


def _noted(copy: Copy) -> dict[str, object]:
    return {
        "state": copy.state.value,
        "lendable": copy.lendable,
        "reason": copy.not_lendable_reason,
    }
