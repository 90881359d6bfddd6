"""Move a copy on that nobody has: to whoever waits, else home, else to its shelf."""

from dataclasses import replace

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from loans.models.hold import Hold
from loans.operations.journal import Act
from loans.operations.lock_copy import move_copy
from loans.operations.route import route
from loans.operations.serve_hold import arrive, end_hold, put_back, send_on, serve
from loans.queries.hand_out import hold_on
from loans.queries.queue import InLine, next_in_line, waiting_of
from loans.rules.holds import Ending, ending_of, is_uncollected
from loans.rules.returns import ReturnCase, ReturnNote, ReturnStep, take_back

BOUND = frozenset({CopyState.SET_ASIDE, CopyState.IN_TRANSIT})
"""States in which a copy may be kept for somebody."""


def bring_on(act: Act, copy: Copy, here: int, *, was_placed: bool = False) -> ReturnStep:
    """Move a locked copy on that lies here: to the hold it is kept for, else as `pass_on` does.

    Args:
        act: the act; its journal watches the copy already.
        copy: in the state it was found in; its loan, if any, has ended.
        here: the branch.
        was_placed: it stood at a school for good until now.

    Source:
        docs/rules.md, Lending 8.5.
    """
    before = copy.state
    hold = hold_on(act.session, copy.id) if before in BOUND else None
    if hold is not None and not _let_expire(act, hold):
        return _for_its_hold(act, copy, hold, here)
    completed = before is CopyState.INCOMPLETE
    move_copy(copy, CopyState.AVAILABLE, was_placed=was_placed)
    case = ReturnCase(before, here, copy.home_branch_id, completed=completed)
    return pass_on(act, copy, case)


def pass_on(act: Act, copy: Copy, case: ReturnCase) -> ReturnStep:
    """Serve the first in line with a locked copy that is free now, else bring it home.

    Args:
        act: the act; its journal watches the copy already.
        copy: counted as available in its holding's capacity by now, bound to no hold.
        case: how it was before, and where it is; `wanted_at` is looked up here.

    Source:
        docs/rules.md, Lending 7.2 and 8.5.
    """
    return give_to(act, copy, case, next_in_line(act.session, copy, act.today, act.now))


def give_to(act: Act, copy: Copy, case: ReturnCase, line: InLine | None) -> ReturnStep:
    """Serve somebody in line with a locked copy, else bring it home; as `pass_on`."""
    step = take_back(replace(case, wanted_at=None if line is None else line.branch_id))
    move_copy(copy, step.state, journal=act.journal)
    copy.branch_id = case.here
    if step.serves_first and line is not None:
        serve(act, line, copy, case.here)
    route(act, copy, case.here, step.sent_to)
    return step


def let_go(act: Act, copy: Copy) -> bool:
    """Pass a locked copy on that was kept for somebody who does not need it any more.

    On its way it goes on to where it was sent; there the next in line is served.

    Returns:
        Whether it serves somebody else already.

    Source:
        docs/rules.md, Lending 7.2: the next in line is served.
    """
    if copy.state is not CopyState.SET_ASIDE:
        return False
    act.journal.watch(copy)
    here = copy.stands_at
    move_copy(copy, CopyState.AVAILABLE)
    case = ReturnCase(CopyState.AVAILABLE, here, copy.home_branch_id)
    return pass_on(act, copy, case).serves_first


def release(act: Act, copy: Copy) -> None:
    """Free a locked copy of whom it is kept for, and of its way; it stands where it was seen.

    Whoever it was kept for waits again.

    Source:
        docs/rules.md, Lending 7.2.
    """
    if copy.state not in BOUND:
        return
    act.journal.watch(copy)
    hold = hold_on(act.session, copy.id)
    if hold is not None:
        put_back(act, hold)
    here = copy.stands_at
    route(act, copy, here, None)
    move_copy(copy, CopyState.AVAILABLE)
    copy.branch_id = here


def _let_expire(act: Act, hold: Hold) -> bool:
    """End a hold that is over when its copy is scanned; says whether it was."""
    why = ending_of(waiting_of(hold), act.today)
    if is_uncollected(hold.pickup_deadline, act.today):
        why = Ending.NOT_COLLECTED
    if why is None or hold.first == act.today:  # its first day is the last to fetch it
        return False
    end_hold(act, hold, why)
    return True


def _for_its_hold(act: Act, copy: Copy, hold: Hold, here: int) -> ReturnStep:
    """Set a copy aside at its pick-up place, or let it go on its way there."""
    before = copy.state
    bound_for = hold.place.branch_id
    step = take_back(ReturnCase(before, here, copy.home_branch_id, bound_for=bound_for))
    move_copy(copy, step.state)
    copy.branch_id = here
    if step.note is ReturnNote.ARRIVED:
        arrive(act, hold)
    elif step.state is CopyState.IN_TRANSIT and before is CopyState.SET_ASIDE:
        send_on(act, hold)
    route(act, copy, here, step.sent_to)
    return step
