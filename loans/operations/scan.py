"""Scan: one field takes a person, a copy, a booking or a command, in any order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from loans.errors import Refused
from loans.models.booking import Booking
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.keep_log import (
    Line,
    Turn,
    close_question,
    is_open,
    newest_and_questions,
    note,
    open_desk,
    reached_branch,
)
from loans.operations.obey import obey
from loans.operations.serve_copy import OnTheDesk, lend_here, take_back_here
from loans.operations.serve_person import serve_person
from loans.operations.set_mode import RETURNING, returned_at, set_mode
from loans.queries.boxes import Box, contents_of
from loans.queries.late_scans import moved_since
from loans.queries.scanned import (
    Scanned,
    ScannedBooking,
    ScannedCopy,
    ScannedPerson,
    scanned,
)
from loans.rules.booking_states import COLLECTABLE, BookingState
from loans.rules.codes import Refusal
from loans.rules.desk import Command, DeskAct, LastScan, ThisScan, is_rescan
from loans.rules.late_scans import OLDEST, is_too_old
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Scan:
    """What came from the scanner.

    Attributes:
        code: as typed.
        idem: the request's key.
        branch_id: the counter.
        mode: set from here on, where the form says so; None leaves it.
        late_at: when it came in, if it comes late from a desk without connection; `scan` is
            then given the instant and the day of the scan itself.
    """

    code: str
    idem: str
    branch_id: int
    mode: DeskMode | None = None
    late_at: datetime | None = None


def scan(session: Session, wish: Scan, by: Actor, today: date, now: datetime) -> DeskScan:
    """Act on a scanned code at once and write what came of it into the desk's log.

    Locks the desk's session, then what lending and taking back lock.

    Returns:
        The turn's main line, flushed; refusals and questions are lines as well, not errors.

    Raises:
        loans.errors.NotFoundError: the branch lies out of reach.

    Source:
        docs/rules.md, Lending 8.1, 8.2 and 8.4.
    """
    branch = reached_branch(session, by, wish.branch_id)
    desk = open_desk(session, by, branch, wish.late_at or now)
    turn = Turn(session, branch, desk, by, today, now, wish.code, wish.idem, wish.late_at)
    if wish.mode is not None and wish.mode is not desk.mode:
        set_mode(turn, wish.mode)
    if is_too_old(now, turn.came_at):
        return note(turn, _late(turn, {"days": OLDEST.days}))
    return _act(turn, scanned(session, by.scope(Right.LEND), branch.centre_id, wish.code))


def _act(turn: Turn, found: Scanned | None) -> DeskScan:
    match found:
        case ScannedCopy():
            return note(turn, _copy(turn, found))
        case ScannedPerson():
            return serve_person(turn, found.id)
        case ScannedBooking():
            return _booking(turn, found.id)
        case Box():
            return note(turn, _box(turn, found))
        case Command() | int():
            return obey(turn, found)
    return note(turn, _unknown())


def _copy(turn: Turn, found: ScannedCopy) -> Line:
    thing = OnTheDesk(
        found.id,
        {"title": found.title, "barcode": found.barcode, "shelf": found.shelf_mark},
        returned=returned_at(turn),
    )
    if turn.late_at is not None and moved_since(turn.session, found.id, turn.now):
        return _late(turn, thing.facts)
    rows = newest_and_questions(turn)
    last = _last(rows)
    returns = turn.desk.mode in RETURNING
    this = ThisScan(found.id, returns, turn.desk.person_id is not None)
    if is_rescan(last, this, turn.now):
        return _again(turn, thing, found.state, last)
    for row in rows:
        if is_open(row) and row.copy_id == found.id:
            close_question(row)
    served = turn.desk.person_id is not None and turn.desk.institution_id is not None
    if returns:
        return take_back_here(turn, thing)
    if served:
        return lend_here(turn, thing)
    if turn.desk.person_id is None and found.state in _OUT:
        return take_back_here(turn, thing)
    facts = {**thing.facts, "state": found.state.value}
    return Line(DeskAct.WHOSE, ScanOutcome.QUESTION, facts, copy_id=found.id)


_OUT = frozenset({CopyState.ON_LOAN, CopyState.RECEIVED})
"""States in which a copy scanned by itself is on its way back."""


def _again(turn: Turn, thing: OnTheDesk, state: CopyState, last: LastScan | None) -> Line:
    """Say that a scan repeats the one before; lent by it, the copy is with this person."""
    facts = {**thing.facts, "seconds": 0 if last is None else (turn.now - last.at).seconds}
    if turn.desk.mode in RETURNING:
        return Line(DeskAct.RETURN, ScanOutcome.AGAIN, facts, copy_id=thing.copy_id)
    out = turn.desk.person_id is not None and state is CopyState.ON_LOAN
    refused = (Refused(Refusal.ON_LOAN_SAME_PERSON),) if out else ()
    return Line(DeskAct.LEND, ScanOutcome.AGAIN, facts, refused, thing.copy_id)


def _last(rows: Sequence[DeskScan]) -> LastScan | None:
    if not rows:
        return None
    row = rows[-1]
    refused = row.outcome is ScanOutcome.REFUSED
    return LastScan(row.act, row.copy_id, refused, row.scanned_at or row.at)


def _booking(turn: Turn, booking_id: int) -> DeskScan:
    booking = turn.session.get_one(Booking, booking_id)
    facts = {"booking": booking.number, "state": booking.state.value}
    if booking.person_id is None or booking.state not in COLLECTABLE | {BookingState.COLLECTED}:
        refused = (Refused(Refusal.UNKNOWN),)
        return note(turn, Line(DeskAct.BOOKING, ScanOutcome.REFUSED, facts, refused))
    return serve_person(turn, booking.person_id, booking)


def _box(turn: Turn, box: Box) -> Line:
    """Say what a tour's box is and what lies in it; scanning it changes nothing."""
    contents = contents_of(turn.session, box.id)
    facts = {
        "box": box.number,
        "route": box.route,
        "day": box.day.isoformat(),
        "place": box.place,
        "contents": [[each.title, each.barcode, each.is_back] for each in contents],
    }
    return Line(DeskAct.TOUR_BOX, ScanOutcome.DONE, facts)


def _late(turn: Turn, facts: Mapping[str, Any]) -> Line:
    """Say that a scan of another time is not acted on, so that nothing newer is undone by it."""
    said = {**facts, "scanned_at": turn.now.isoformat()}
    return Line(DeskAct.LATE, ScanOutcome.REFUSED, said)


def _unknown() -> Line:
    return Line(DeskAct.UNKNOWN, ScanOutcome.REFUSED, refused=(Refused(Refusal.UNKNOWN),))
