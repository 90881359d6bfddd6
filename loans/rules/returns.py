"""What becomes of a copy that is scanned on its way back, as a table; and since when it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalogue.rules.copy_states import CopyState
from loans.errors import Refused
from loans.rules.codes import LoanRefusal


class ReturnNote(StrEnum):
    """What the desk says besides the copy's new state."""

    RETURNED = "returned"
    RECEIVED = "received"
    """In the house again; its loan stays open until somebody has looked it over."""
    CHECKED = "checked"
    """Received before, looked over now."""
    COMPLETED = "completed"
    """What was missing of a box was brought."""
    FOUND = "found"
    ARRIVED = "arrived"
    READDRESSED = "readdressed"
    STILL_ON_ITS_WAY = "still_on_its_way"
    STILL_SET_ASIDE = "still_set_aside"
    NOT_ON_LOAN = "not_on_loan"
    NOT_LENDABLE = "not_lendable"


@dataclass(frozen=True, slots=True)
class ReturnCase:
    """A copy under the scanner; places are branches.

    Attributes:
        state: as read under the copy's lock.
        here: where it is scanned.
        home: where it belongs.
        bound_for: of a copy set aside, or in transit for a pick-up, that place; else None.
        wanted_at: the pick-up place of the first eligible request; None if nobody waits. A
            request that this very copy already serves is not asked again.
        completed: an incomplete box in which nothing critical is missing any more.
    """

    state: CopyState
    here: int
    home: int
    bound_for: int | None = None
    wanted_at: int | None = None
    completed: bool = False


@dataclass(frozen=True, slots=True)
class ReturnStep:
    """What to do with it.

    Attributes:
        state: its new state.
        note: what the desk says.
        sent_to: where a copy in transit goes; None otherwise.
        serves_first: the first eligible request gets this copy.
    """

    state: CopyState
    note: ReturnNote
    sent_to: int | None = None
    serves_first: bool = False


def take_back(case: ReturnCase) -> ReturnStep:
    """Return the next state of a scanned copy.

    Whether it is complete, and whether the loan is closed now or after a check, is decided
    elsewhere; an incomplete copy serves nobody and is not asked about here.

    Source:
        docs/rules.md, Lending 8.5.
    """
    if case.completed:
        return _free_again(case, ReturnNote.COMPLETED)
    if case.state in _STAYS:
        return ReturnStep(case.state, ReturnNote.NOT_LENDABLE)
    if case.bound_for is not None:
        return _on_its_way_to_a_reader(case, case.bound_for)
    if case.state is CopyState.IN_TRANSIT:
        return _on_its_way_home(case)
    return _free_again(case, _NOTES[case.state])


def back_date_faults(dropped_on: date, lent_on: date, today: date) -> Iterator[Refused]:
    """Go through what stands against noting that a copy has been back since a day.

    Source:
        docs/rules.md, Lending 8.4: never to the future.
    """
    if dropped_on > today:
        yield Refused(LoanRefusal.RETURN_IN_FUTURE, {"until": today})
    if dropped_on < lent_on:
        yield Refused(LoanRefusal.RETURN_BEFORE_LENDING, {"from_day": lent_on})


def _on_its_way_to_a_reader(case: ReturnCase, bound_for: int) -> ReturnStep:
    arrived = case.here == bound_for
    if case.state is CopyState.SET_ASIDE and arrived:
        return ReturnStep(CopyState.SET_ASIDE, ReturnNote.STILL_SET_ASIDE)
    if arrived:
        return ReturnStep(CopyState.SET_ASIDE, ReturnNote.ARRIVED)
    return ReturnStep(CopyState.IN_TRANSIT, ReturnNote.STILL_ON_ITS_WAY, sent_to=bound_for)


def _on_its_way_home(case: ReturnCase) -> ReturnStep:
    if case.wanted_at is not None:
        return _free_again(case, ReturnNote.READDRESSED)
    if case.here == case.home:
        return ReturnStep(CopyState.AVAILABLE, ReturnNote.ARRIVED)
    return ReturnStep(CopyState.IN_TRANSIT, ReturnNote.STILL_ON_ITS_WAY, sent_to=case.home)


def _free_again(case: ReturnCase, note: ReturnNote) -> ReturnStep:
    """Serve the first who waits, else bring the copy home."""
    serves = case.wanted_at is not None
    goal = case.home if case.wanted_at is None else case.wanted_at
    if case.here != goal:
        return ReturnStep(CopyState.IN_TRANSIT, note, sent_to=goal, serves_first=serves)
    state = CopyState.SET_ASIDE if serves else CopyState.AVAILABLE
    return ReturnStep(state, note, serves_first=serves)


_STAYS = frozenset({CopyState.INCOMPLETE, CopyState.IN_REPAIR, CopyState.WITHDRAWN})

_NOTES: Mapping[CopyState, ReturnNote] = {
    CopyState.ON_LOAN: ReturnNote.RETURNED,
    CopyState.RECEIVED: ReturnNote.CHECKED,
    CopyState.MISSING: ReturnNote.FOUND,
    CopyState.LOST: ReturnNote.FOUND,
    CopyState.AVAILABLE: ReturnNote.NOT_ON_LOAN,
    CopyState.SET_ASIDE: ReturnNote.NOT_ON_LOAN,
}
