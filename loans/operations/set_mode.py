"""What a scanned copy means from now on: lent, taken back, out of the box, or looked over."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.errors import NoOpenDayError, RefusedError
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.keep_log import Facts, Line, Turn, note, open_desk, reached_branch
from loans.operations.tell_return import HowReturned
from loans.queries.calendars import calendars_of
from loans.rules.desk import DeskAct
from loans.rules.returns import back_date_faults
from schools.rules.periods import Period
from schools.rules.roles import Actor

RETURNING = frozenset({DeskMode.RETURN, DeskMode.BOX, DeskMode.CHECK})
"""Modes in which a scanned copy is on its way back."""


def set_mode(turn: Turn, mode: DeskMode) -> Facts:
    """Give the desk another mode, for what is scanned from now on.

    What lies in the return box counts as back since the last open day, until staff say another.

    Returns:
        What the log says of it.

    Source:
        docs/rules.md, Lending 8.4.
    """
    desk = turn.desk
    desk.mode = mode
    facts: Facts = {"mode": mode.value}
    if mode is DeskMode.BOX:
        desk.dropped_on = _last_open_day(turn)
        facts["dropped_on"] = desk.dropped_on.isoformat()
    return facts


@dataclass(frozen=True, slots=True)
class BoxWish:
    """What the return box of a counter holds is back since a day."""

    branch_id: int
    dropped_on: date
    idem: str


def empty_box(session: Session, wish: BoxWish, by: Actor, today: date, now: datetime) -> DeskScan:
    """Take in what the return box holds as back since a day, never one that lies ahead.

    Raises:
        loans.errors.NotFoundError: the branch lies out of reach.
        loans.errors.RefusedError: `RETURN_IN_FUTURE`.

    Source:
        docs/rules.md, Lending 8.4.
    """
    faults = tuple(back_date_faults(wish.dropped_on, wish.dropped_on, today))
    if faults:
        raise RefusedError(faults)
    branch = reached_branch(session, by, wish.branch_id)
    desk = open_desk(session, by, branch, now)
    desk.mode, desk.dropped_on = DeskMode.BOX, wish.dropped_on
    facts = {"mode": DeskMode.BOX.value, "dropped_on": wish.dropped_on.isoformat()}
    turn = Turn(session, branch, desk, by, today, now, idem=wish.idem)
    return note(turn, Line(DeskAct.MODE, ScanOutcome.DONE, facts))


def returned_at(turn: Turn) -> HowReturned:
    """Return how a copy scanned at the desk now comes back.

    A scan that comes late says since when, for a question about it is answered on another day.
    """
    scanned_on = None if turn.late_at is None else turn.today
    match turn.desk.mode:
        case DeskMode.BOX:
            return HowReturned(dropped_on=turn.desk.dropped_on or turn.today)
        case DeskMode.CHECK:
            return HowReturned(scanned_on, check=True)
    return HowReturned(scanned_on)


def _last_open_day(turn: Turn) -> date:
    today = turn.today
    calendars = calendars_of(turn.session, {turn.branch.id}, Period(today, today))
    try:
        return calendars.of(turn.branch.id).open_days_after(today, -1)
    except NoOpenDayError:
        return today
