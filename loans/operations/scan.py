"""Scan: one field takes a person, a copy, a booking or a command, in any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from loans.errors import Refused
from loans.models.booking import Booking
from loans.models.desk_session import DeskMode, DeskScan, ScanOutcome
from loans.operations.answer import Answer, answer_question
from loans.operations.keep_log import (
    Line,
    Turn,
    close_question,
    done_in,
    is_open,
    newest_and_questions,
    note,
    open_desk,
    reached_branch,
)
from loans.operations.serve_copy import OnTheDesk, lend_here, take_back_here
from loans.operations.serve_person import serve_person
from loans.queries.boxes import Box, contents_of
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
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Scan:
    """What came from the scanner.

    Attributes:
        code: as typed.
        idem: the request's key.
        branch_id: the counter.
        mode: set from here on, where the form says so; None leaves it.
    """

    code: str
    idem: str
    branch_id: int
    mode: DeskMode | None = None


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
    desk = open_desk(session, by, branch, now)
    if wish.mode is not None:
        desk.mode = wish.mode
    turn = Turn(session, branch, desk, by, today, now, wish.code, wish.idem)
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
            return _command(turn, found)
    return note(turn, _unknown())


def _command(turn: Turn, word: Command | int) -> DeskScan:
    match word:
        case Command.LEND | Command.RETURN:
            return note(turn, _mode(turn, DeskMode(word.value)))
        case Command.DONE:
            return _finish(turn)
    return answer_question(turn, Answer(word))


def _copy(turn: Turn, found: ScannedCopy) -> Line:
    thing = OnTheDesk(
        found.id,
        {"title": found.title, "barcode": found.barcode, "shelf": found.shelf_mark},
    )
    rows = newest_and_questions(turn)
    last = _last(rows)
    this = ThisScan(found.id, turn.desk.mode is DeskMode.RETURN, turn.desk.person_id is not None)
    if is_rescan(last, this, turn.now):
        return _again(turn, thing, found.state, last)
    for row in rows:
        if is_open(row) and row.copy_id == found.id:
            close_question(row)
    served = turn.desk.person_id is not None and turn.desk.institution_id is not None
    if turn.desk.mode is DeskMode.RETURN:
        return take_back_here(turn, thing)
    if served:
        return lend_here(turn, thing)
    if turn.desk.person_id is None and found.state is CopyState.ON_LOAN:
        return take_back_here(turn, thing)
    facts = {**thing.facts, "state": found.state.value}
    return Line(DeskAct.WHOSE, ScanOutcome.QUESTION, facts, copy_id=found.id)


def _again(turn: Turn, thing: OnTheDesk, state: CopyState, last: LastScan | None) -> Line:
    """Say that a scan repeats the one before; lent by it, the copy is with this person."""
    facts = {**thing.facts, "seconds": 0 if last is None else (turn.now - last.at).seconds}
    if turn.desk.mode is DeskMode.RETURN:
        return Line(DeskAct.RETURN, ScanOutcome.AGAIN, facts, copy_id=thing.copy_id)
    out = turn.desk.person_id is not None and state is CopyState.ON_LOAN
    refused = (Refused(Refusal.ON_LOAN_SAME_PERSON),) if out else ()
    return Line(DeskAct.LEND, ScanOutcome.AGAIN, facts, refused, thing.copy_id)


def _last(rows: Sequence[DeskScan]) -> LastScan | None:
    if not rows:
        return None
    row = rows[-1]
    return LastScan(row.act, row.copy_id, row.outcome is ScanOutcome.REFUSED, row.at)


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


def _mode(turn: Turn, mode: DeskMode) -> Line:
    turn.desk.mode = mode
    return Line(DeskAct.MODE, ScanOutcome.DONE, {"mode": mode.value})


def _finish(turn: Turn) -> DeskScan:
    row = note(turn, Line(DeskAct.FINISH, ScanOutcome.DONE, done_in(turn)))
    turn.desk.ended_at = turn.now
    return row


def _unknown() -> Line:
    return Line(DeskAct.UNKNOWN, ScanOutcome.REFUSED, refused=(Refused(Refusal.UNKNOWN),))
