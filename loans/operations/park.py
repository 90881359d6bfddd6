"""Park: a customer waits while somebody else is served, and is taken up again."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.errors import NotFoundError
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.operations.end_desk import end_desk, go_on_at
from loans.operations.keep_log import Facts, Line, Turn, done_in, note, open_desk, reached_branch
from loans.queries.parked import is_in_use, parked_for, parked_keys
from loans.rules.desk import MOST_PARKED, DeskAct
from schools.models.institution import Institution
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class ParkedWish:
    """What becomes of a parked session: it goes on, or ends."""

    session_id: int
    idem: str
    ends: bool = False


def park(turn: Turn) -> DeskScan:
    """Let the customer of this turn wait; with nobody at the desk the last parked one goes on.

    Source:
        docs/rules.md, Lending 8.7.
    """
    if not is_in_use(turn.session, turn.desk):
        waiting = parked_keys(turn.session, turn.desk, turn.came_at)
        if waiting:
            return take_up(turn, waiting[-1])
        return note(turn, Line(DeskAct.PARK, ScanOutcome.AGAIN, {"nobody": True}))
    if len(parked_keys(turn.session, turn.desk, turn.came_at)) >= MOST_PARKED:
        return note(turn, Line(DeskAct.PARK, ScanOutcome.REFUSED, {"most": MOST_PARKED}))
    row = note(turn, Line(DeskAct.PARK, ScanOutcome.DONE, _facts(turn)))
    turn.desk.parked = True
    return row


def take_up(turn: Turn, session_id: int) -> DeskScan:
    """Go on with a parked session; whoever is at the desk waits in its place.

    Raises:
        loans.errors.NotFoundError: nobody is parked there under that key.
    """
    wanted = _locked(turn, session_id)
    if is_in_use(turn.session, turn.desk):
        turn.desk.parked = True
    else:
        turn.desk.ended_at = turn.came_at
    wanted.parked = False
    there = replace(turn, desk=wanted)
    return note(there, Line(DeskAct.RESUME, ScanOutcome.DONE, _facts(there)))


def take_up_for(turn: Turn, person_id: int) -> Turn | None:
    """Return the turn at the session in which a person was parked; None if there is none.

    The desk's own session ends, as with any other card; copies that wait for a card, and boxes
    to be counted, go along.
    """
    session_id = parked_for(turn.session, turn.desk, person_id, turn.came_at)
    if session_id is None:
        return None
    wanted = _locked(turn, session_id)
    wanted.parked = False
    return go_on_at(turn, wanted, {DeskAct.WHOSE, DeskAct.RETURN})


def choose_parked(turn: Turn, number: int) -> DeskScan | None:
    """Go on with the parked session of that number, from 1; None if there is none."""
    waiting = parked_keys(turn.session, turn.desk, turn.came_at)
    return take_up(turn, waiting[number - 1]) if 0 < number <= len(waiting) else None


def handle_parked(
    session: Session, wish: ParkedWish, by: Actor, today: date, now: datetime
) -> DeskScan:
    """Go on with one's own parked session, or end it without taking it up.

    Raises:
        loans.errors.NotFoundError: no such session is parked by this account.
    """
    parked = session.get(DeskSession, wish.session_id)
    if parked is None or parked.account_id != by.account_id:
        raise NotFoundError("session", wish.session_id)
    branch = reached_branch(session, by, parked.branch_id)
    turn = Turn(session, branch, open_desk(session, by, branch, now), by, today, now)
    turn = replace(turn, idem=wish.idem)
    if not wish.ends:
        return take_up(turn, wish.session_id)
    there = replace(turn, desk=_locked(turn, wish.session_id))
    row = note(there, Line(DeskAct.FINISH, ScanOutcome.DONE, done_in(there)))
    there.desk.parked = False
    end_desk(there)
    return row


def _locked(turn: Turn, session_id: int) -> DeskSession:
    """Return a parked session under its lock.

    Only its own account takes it, and the desk's session is locked before, so no two wait for
    each other.
    """
    found = turn.session.scalar(
        select(DeskSession)
        .where(DeskSession.id == session_id, DeskSession.parked)
        .where(DeskSession.id.in_(parked_keys(turn.session, turn.desk, turn.came_at)))
        .with_for_update(key_share=True)
    )
    if found is None:
        raise NotFoundError("session", session_id)
    return found


def _facts(turn: Turn) -> Facts:
    school = ""
    if turn.desk.institution_id is not None:
        row = turn.session.get_one(Institution, turn.desk.institution_id)
        school = row.short_name or row.name
    return {**done_in(turn), "school": school, "mode": turn.desk.mode.value}
