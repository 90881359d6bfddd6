"""Write an edit of a booking down, and all that follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.operations.book import overbooked_reason
from loans.operations.tell_bookings import Was, tell_about_change
from loans.operations.tell_courier import take_back_ready
from loans.queries.edits import BookingEdit
from loans.queries.overbooked_bookings import is_overbooked
from loans.queries.preview import WishAnswer
from loans.queries.still_out import still_out
from loans.queries.wishes import LineWish
from loans.rules.booking_edits import Reshaping, outstanding, state_after
from loans.rules.booking_states import BookingState, BookingStep, next_state
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Reshaped:
    """An edit that goes.

    Attributes:
        booking: locked, as it stands.
        edit: what it shall be.
        reshaping: both as availability sees them.
        answer: what availability said; None where nothing more is asked for than before.
    """

    booking: Booking
    edit: BookingEdit
    reshaping: Reshaping
    answer: WishAnswer | None


def reshape(session: Session, done: Reshaped, by: Actor, now: datetime) -> None:
    """Write the new values, the log, and one letter if dates or place changed.

    Loans made on the booking keep their due dates and take its purpose. With other dates or at
    another place it is no part of its collective order's delivery any more.

    Source:
        docs/rules.md, Lending 4.4, 5.1, 5.3 and 5.8.
    """
    booking, edit = done.booking, done.edit
    before, was = _said(booking), Was.of(booking)
    booking.state = state_after(booking.state, done.reshaping, asks_again=asks_again(done, by))
    booking.first, booking.last = edit.period.first, edit.period.last
    booking.place_id = edit.place_id
    booking.unit_id, booking.reason = edit.unit_id, edit.reason
    booking.class_name, booking.remark = edit.class_name.strip(), edit.remark.strip()
    if done.reshaping.moves:
        booking.order_id = None
    _write_lines(session, done)
    if booking.state is not BookingState.READY and booking.ready_at is not None:
        booking.ready_at = None
        take_back_ready(session, booking)
    session.flush()
    session.expire(booking, ["place", "unit", "lines"])
    _settle(session, done, by, now)
    _carry_purpose_on(session, booking)
    _note(session, done, before, by, now)
    if done.reshaping.changes:
        booking.sequence += 1
    if done.reshaping.moves:
        tell_about_change(session, booking, was, by, now)


def asks_again(done: Reshaped, by: Actor) -> bool:
    """Say whether more is asked for than was granted, and staff have to decide about it."""
    staff = by.scope(Right.RESERVE_FOR_OTHERS).covers_centre(done.booking.centre_id)
    return done.answer is not None and done.answer.needs_approval and not staff


def _write_lines(session: Session, done: Reshaped) -> None:
    for line in list(done.booking.lines):
        wished = done.edit.lines.get(line.id)
        if wished is None:
            _remove(session, line)
        else:
            _rewrite(line, wished)
    left = [line for line in done.booking.lines if line.id in done.edit.lines]
    if left and all(line.handed_out == line.quantity for line in left):
        done.booking.state = BookingState.COLLECTED


def _settle(session: Session, done: Reshaped, by: Actor, now: datetime) -> None:
    """Close the booking if all of it is back; forget why it was overbooked if it is no more."""
    booking = done.booking
    if booking.state is BookingState.COLLECTED and not still_out(session, [booking.id]):
        booking.state = next_state(booking.state, BookingStep.CLOSE) or booking.state
    if done.answer is not None:
        booking.overbooked_reason = overbooked_reason(done.answer)
    elif booking.overbooked_reason:
        scope, today = by.scope(Right.BOOK), done.reshaping.today
        if not is_overbooked(session, scope, booking, today, now):
            booking.overbooked_reason = ""


def _remove(session: Session, line: BookingLine) -> None:
    """Remove a line; a hand-over of it that was undone keeps its loan, without the line."""
    session.execute(update(Loan).where(Loan.line_id == line.id).values(line_id=None))
    session.delete(line)


def _rewrite(line: BookingLine, wished: LineWish) -> None:
    """Give a line its new amount; copies picked for it that are too many go back to the shelf."""
    if wished.copy_id != line.copy_id:
        line.picks.clear()
    line.quantity, line.copy_id = wished.quantity, wished.copy_id
    while len(line.picks) > outstanding(line.quantity, line.handed_out):
        line.picks.pop()


def _carry_purpose_on(session: Session, booking: Booking) -> None:
    """Give the loans made on a booking its purpose and class."""
    line_ids = [line.id for line in booking.lines if line.handed_out]
    if line_ids:
        session.execute(
            update(Loan)
            .where(Loan.line_id.in_(line_ids), ~Loan.void)
            .values(unit_id=booking.unit_id, reason=booking.reason, class_name=booking.class_name)
        )


def _note(
    session: Session, done: Reshaped, before: dict[str, Any], by: Actor, now: datetime
) -> None:
    after = _said(done.booking)
    changed = {name for name in after if after[name] != before[name]}
    overruled = [] if done.answer is None else [str(each.code) for each in done.answer.refusals]
    change = Change(
        "edit",
        before={name: before[name] for name in sorted(changed)},
        after={name: after[name] for name in sorted(changed)}
        | ({"overruled": overruled} if overruled else {}),
        reason=done.edit.overruling.strip(),
    )
    if changed:
        booking = done.booking
        subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
        record(session, by, subject, change, now)


def _said(booking: Booking) -> dict[str, Any]:
    return {
        "state": booking.state.value,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "place_id": booking.place_id,
        "order_id": booking.order_id,
        "unit_id": booking.unit_id,
        "reason": None if booking.reason is None else booking.reason.value,
        "class_name": booking.class_name,
        "remark": booking.remark,
        "lines": _lines(booking.lines),
    }


def _lines(lines: Iterable[BookingLine]) -> list[list[int | None]]:
    return [[line.holding_id, line.quantity, line.copy_id] for line in lines]
