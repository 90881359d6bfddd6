"""Check in: a copy comes back, by itself, whoever brings it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.completeness import Completeness, Verdict
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.operations.count_parts import Count, count_parts
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy, move_copy
from loans.queries.hand_out import hold_on, open_loan_of, parts_of
from loans.rules.booking_states import BookingStep, next_state
from loans.rules.codes import Refusal
from loans.rules.returns import ReturnCase, ReturnNote, ReturnStep, take_back
from schools.models.media_centre import Branch, PickupPlace
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """A copy scanned on its way back.

    Attributes:
        copy_id: the copy.
        branch_id: where.
        pieces: how many of each part were found, by the part's id; None if nobody counted.
    """

    copy_id: int
    branch_id: int
    pieces: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came of it.

    Attributes:
        copy: with its new state.
        note: what the desk says.
        loan: the loan that ended; None if it was not on loan.
        verdict: of the count; None without parts.
        sent_to: the branch it must go to; None if it stays.
    """

    copy: Copy
    note: ReturnNote
    loan: Loan | None
    verdict: Verdict | None
    sent_to: int | None


def check_in(
    session: Session, wish: BroughtBack, by: Actor, today: date, now: datetime
) -> TakenBack:
    """Take a copy back: end its loan, close its booking when all is back, move it on.

    Locks holding, copy, booking and loan in this order. A copy that is not on loan is moved
    on as the table of returns says; its box is not counted.

    Raises:
        loans.errors.NotFoundError: copy or branch lies out of reach.
        loans.errors.RefusedError: `PARTS_UNCOUNTED`, a box whose parts nobody counted.

    Source:
        docs/rules.md, Lending 3.2, 8.4 and 8.5.
    """
    copy = lock_copy(session, wish.copy_id)
    _check_reach(session, wish, by, copy)
    loan = open_loan_of(session, copy.id)
    before = copy.state
    verdict = None
    if loan is not None:
        verdict = _count(session, Count(copy, wish.pieces or {}, today, loan), wish, by, now)
        _close_booking(session, loan)
        loan = _end(session, loan, by, today, now)
    step = take_back(_case(session, wish, copy))
    if verdict is not None and verdict.completeness is Completeness.INCOMPLETE:
        step = ReturnStep(CopyState.INCOMPLETE, step.note)
    move_copy(copy, step.state, was_placed=loan is not None and loan.placed)
    copy.branch_id = wish.branch_id
    if loan is not None or copy.state is not before:
        _record(session, by, _Done(copy, before, loan, wish), now)
    return TakenBack(copy, step.note, loan, verdict, step.sent_to)


@dataclass(frozen=True, slots=True)
class _Done:
    copy: Copy
    before: CopyState
    loan: Loan | None
    wish: BroughtBack


def _check_reach(session: Session, wish: BroughtBack, by: Actor, copy: Copy) -> None:
    if not by.scope(Right.LEND).covers_centre(copy.centre_id):
        raise NotFoundError("copy", copy.id)
    branch = session.get(Branch, wish.branch_id)
    if branch is None or branch.centre_id != copy.centre_id:
        raise NotFoundError("branch", wish.branch_id)


def _count(
    session: Session, count: Count, wish: BroughtBack, by: Actor, now: datetime
) -> Verdict | None:
    if wish.pieces is None:
        uncounted = len(parts_of(session, count.copy.id))
        if uncounted:
            raise RefusedError((Refused(Refusal.PARTS_UNCOUNTED, {"count": uncounted}),))
        return None
    return count_parts(session, count, by, now)


def _case(session: Session, wish: BroughtBack, copy: Copy) -> ReturnCase:
    bound_for = None
    if copy.state in {CopyState.SET_ASIDE, CopyState.IN_TRANSIT}:
        hold = hold_on(session, copy.id)
        if hold is not None:
            bound_for = session.get_one(PickupPlace, hold.place_id).branch_id
    return ReturnCase(copy.state, wish.branch_id, copy.home_branch_id, bound_for)


def _close_booking(session: Session, loan: Loan) -> None:
    """Close the loan's booking if nothing but this copy is still out and nothing is to come."""
    if loan.line_id is None:
        return
    line = session.get_one(BookingLine, loan.line_id)
    (booking,) = lock(session, Booking, [line.booking_id])
    others = session.scalar(
        select(func.count(Loan.id))
        .join(BookingLine, BookingLine.id == Loan.line_id)
        .where(BookingLine.booking_id == booking.id, Loan.returned_on.is_(None))
        .where(Loan.id != loan.id)
    )
    state = next_state(booking.state, BookingStep.CLOSE)
    if state is not None and not others:
        booking.state = state


def _end(session: Session, loan: Loan, by: Actor, today: date, now: datetime) -> Loan:
    (locked,) = lock(session, Loan, [loan.id])
    locked.returned_on = today
    locked.returned_at = now
    locked.returned_by = by.account_id
    locked.checked_at = now
    return locked


def _record(session: Session, by: Actor, done: _Done, now: datetime) -> None:
    copy, loan = done.copy, done.loan
    institution_id = None if loan is None else loan.institution_id
    kind, key = ("copy", copy.id) if loan is None else ("loan", loan.id)
    change = Change(
        "check_in",
        before={"state": done.before.value},
        after={"state": copy.state.value, "copy": copy.barcode, "branch_id": done.wish.branch_id},
    )
    record(session, by, Subject(kind, key, copy.centre_id, institution_id), change, now)
