"""What the desk's log keeps of a return, for its sentence: where it goes, for whom, since when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalogue.rules.copy_states import CopyState
from loans.models.desk_session import DeskScan
from loans.operations.check_in import BroughtBack, TakenBack
from loans.operations.drop_pick import pick_of
from loans.operations.keep_log import Facts, Turn
from loans.queries.picking import case_of_pick
from loans.rules.picking import put_back
from loans.rules.returns import ReturnNote
from schools.models.media_centre import Branch


@dataclass(frozen=True, slots=True)
class HowReturned:
    """How a copy comes back.

    Attributes:
        dropped_on: since when it lay in the return box; None for today.
        check: it is looked over now; None as the centre chose.
    """

    dropped_on: date | None = None
    check: bool | None = None

    def facts(self) -> Facts:
        """Return it for the log, so that a question keeps it until it is answered."""
        found: Facts = {}
        if self.dropped_on is not None:
            found["dropped_on"] = self.dropped_on.isoformat()
        if self.check is not None:
            found["check"] = self.check
        return found


AT_THE_DESK = HowReturned()


def how_returned(row: DeskScan) -> HowReturned:
    """Return how the copy of a line comes back."""
    day: Any = row.facts.get("dropped_on")
    return HowReturned(date.fromisoformat(day) if day else None, row.facts.get("check"))


def facts_of_return(turn: Turn, wish: BroughtBack, done: TakenBack) -> Facts:
    """Return what the line of a return says, besides what its label says."""
    branch = None if done.sent_to is None else turn.session.get(Branch, done.sent_to)
    loan = done.loan
    since = None if loan is None else loan.received_on or loan.returned_on
    back_on = since or wish.dropped_on or turn.today
    late = 0 if loan is None or loan.due_on is None else max(0, (back_on - loan.due_on).days)
    facts: Facts = {
        "note": done.note.value,
        "state": done.copy.state.value,
        "sent_to": "" if branch is None else branch.name,
        "late": late,
    }
    if back_on != turn.today:
        facts["back_on"] = back_on.isoformat()
    if done.hold is not None:
        facts |= _whose(done)
    if done.note is ReturnNote.NOT_ON_LOAN and done.copy.state is CopyState.AVAILABLE:
        facts |= _ready_for(turn, done)
    if done.short:
        facts["short"] = [[each.number, each.first.isoformat()] for each in done.short]
    return facts


def _ready_for(turn: Turn, done: TakenBack) -> Facts:
    """Return the booking that a copy was taken off its shelf for and that still wants it."""
    pick = pick_of(turn.session, done.copy.id)
    if pick is None or put_back(case_of_pick(pick, pick.line, done.copy, 0), turn.today):
        return {}
    booking = pick.line.booking
    school = booking.institution
    return {"ready_for": {"number": booking.number, "school": school.short_name or school.name}}


def _whose(done: TakenBack) -> Facts:
    hold = done.hold
    if hold is None:
        return {}
    institution = hold.institution
    deadline = hold.pickup_deadline
    return {
        "kept_for": hold.person.name,
        "kept_school": institution.short_name or institution.name,
        "kept_until": "" if deadline is None else deadline.isoformat(),
    }
