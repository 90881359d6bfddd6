"""Take a copy off the shelf, for repair or since nobody finds it, and put it back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState, CopyStep, next_state
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.pass_on import release
from loans.queries.hand_out import lacks_critical, open_loan_of
from schools.rules.roles import Actor, Right

OFF_THE_SHELF = frozenset({CopyState.IN_REPAIR, CopyState.INCOMPLETE, CopyState.MISSING})
"""States from which a copy comes back by a word of staff; from a loan it comes by a return."""

NOT_MISSED = frozenset({CopyState.RECEIVED, CopyState.MISSING, CopyState.LOST})
"""States in which nobody looks for a copy on the shelves, or everybody does already."""


class ShelfStep(StrEnum):
    """What staff do with a copy in the house."""

    REPAIR = "repair"
    """Off the shelf until it is mended."""
    MISSING = "missing"
    """Nobody finds it; a scan finds it again."""
    PUT_BACK = "put_back"
    """Mended, complete or found: on the shelf again, unless it lacks a part it needs."""


@dataclass(frozen=True, slots=True)
class ShelfWish:
    """A step for one copy; the reason stands in the log."""

    copy_id: int
    step: ShelfStep
    reason: str = ""


def take_off_shelf(session: Session, wish: ShelfWish, by: Actor, now: datetime) -> Copy:
    """Take a copy out of lending or put it back; the holding's capacity follows.

    Locks holding and copy in this order. Whoever it was kept for waits again. What comes back
    from repair without a part it needs is incomplete.

    Raises:
        loans.errors.NotFoundError: no such copy at a centre whose defects the actor handles.
        loans.errors.ImpossibleStepError: the copy is out or its loan not settled, it is
            withdrawn, lacks a part it needs, or is not where the step begins.

    Source:
        docs/rules.md, Lending 3.1, 3.2 and 4.2.
    """
    copy = lock_copy(session, wish.copy_id)
    if not by.scope(Right.HANDLE_DEFECTS).covers_centre(copy.centre_id):
        raise NotFoundError("copy", wish.copy_id)
    before = copy.state
    state = _state_after(before, wish.step, lacks=lacks_critical(session, copy.id))
    if state is None or open_loan_of(session, copy.id) is not None:
        raise ImpossibleStepError("copy", before, wish.step)
    release(Act(session, by, now.date(), now), copy)
    move_copy(copy, state)
    if state is not before:
        change = Change(
            wish.step.value, {"state": before.value}, {"state": state.value}, wish.reason
        )
        record(session, by, Subject("copy", copy.id, copy.centre_id), change, now)
    return copy


def steps_from(state: CopyState, *, lacks: bool) -> tuple[ShelfStep, ...]:
    """Return which steps are possible for a copy in a state.

    Args:
        state: of the copy.
        lacks: a part is missing that it needs.
    """
    return tuple(
        step
        for step in ShelfStep
        if _state_after(state, step, lacks=lacks) not in {None, state}
        and state is not CopyState.RECEIVED
    )


def _state_after(state: CopyState, step: ShelfStep, *, lacks: bool) -> CopyState | None:
    """Return where a step leads; None if it cannot be taken."""
    match step:
        case ShelfStep.REPAIR:
            return next_state(state, CopyStep.SEND_TO_REPAIR)
        case ShelfStep.MISSING if state not in NOT_MISSED:
            return next_state(state, CopyStep.REPORT_MISSING)
        case ShelfStep.PUT_BACK if state in OFF_THE_SHELF:
            return next_state(state, CopyStep.FIND_INCOMPLETE if lacks else CopyStep.PUT_BACK)
    return None
