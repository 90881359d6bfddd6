"""Edit a booking: its dates, place, purpose, class and how many of what."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.errors import (
    ChangedMeanwhileError,
    ImpossibleStepError,
    NotFoundError,
    Refused,
    RefusedError,
)
from loans.models.booking import Booking
from loans.operations.find_booking import lock_booking, own_booking
from loans.operations.reshape import Reshaped, asks_again, reshape
from loans.queries.edits import BookingEdit, answer_to, booking_edition, reshaping_of
from loans.queries.wishes import Aside
from loans.rules.booking_states import BookingState, BookingStep, next_state
from loans.rules.codes import DayReason, Refusal
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Actor

_EDIT = BookingStep.EDIT


def edit_booking(
    session: Session, edit: BookingEdit, by: Actor, today: date, now: datetime
) -> Booking:
    """Change a booking of one's own, or of the centre; it does not collide with itself.

    Locks its holdings, its person, then the booking. Shortening and reducing always go. Once
    something is collected, first day and place stay, no line falls below what is out, and what
    staff would have to approve is a booking of its own; with nothing left to collect, no day is
    added either, as what is out is renewed instead. The borrower is told by one letter if
    dates or place change.

    Raises:
        NotFoundError: no such booking, line, copy, place or unit within the actor's reach.
        ImpossibleStepError: it is collected, over or cancelled, or touches what is collected.
        ChangedMeanwhileError: it is not the one that was opened any more.
        RefusedError: the rules forbid it, with every reason; nothing was changed.

    Source:
        docs/rules.md, Lending 4.4, 5.1 and 5.3.
    """
    booking = lock_booking(session, own_booking(session, edit.number, by))
    _check_open(booking, edit, today)
    _check_collected(booking, edit)
    reshaping = reshaping_of(booking, edit, today)
    answer = None
    wish = edit.wish(booking)
    if reshaping.is_smaller or not wish.lines:
        _check_unit(session, booking, edit)
    else:
        aside = Aside(
            keeps_first=reshaping.keeps_first, keeps_last=reshaping.keeps_last, is_counted=True
        )
        answer = answer_to(session, booking, wish, aside, (by, today, now))
    done = Reshaped(booking, edit, reshaping, answer)
    refused = tuple(dict.fromkeys(_refusals(done, by)))
    if refused:
        raise RefusedError(refused)
    reshape(session, done, by, now)
    return booking


def _check_open(booking: Booking, edit: BookingEdit, today: date) -> None:
    over = booking.last < today or booking.person_id is None
    if over or next_state(booking.state, _EDIT) is None:
        raise ImpossibleStepError("booking", booking.state, _EDIT)
    if edit.edition != booking_edition(booking):
        raise ChangedMeanwhileError("booking", booking.number)
    known = {line.id: line.holding_id for line in booking.lines}
    for line_id, line in edit.lines.items():
        if known.get(line_id) != line.holding_id:
            raise NotFoundError("line", line_id)
    if not edit.lines:
        raise NotFoundError("line", 0)


def _check_collected(booking: Booking, edit: BookingEdit) -> None:
    """Make sure that what is collected already is not touched."""
    out = [line for line in booking.lines if line.handed_out]
    moved = (booking.first, booking.place_id) != (edit.period.first, edit.place_id)
    for line in out:
        wished = edit.lines.get(line.id)
        too_few = wished is None or wished.quantity < line.handed_out
        if moved or too_few or (wished is not None and wished.copy_id != line.copy_id):
            raise ImpossibleStepError("booking", booking.state, _EDIT)


def _check_unit(session: Session, booking: Booking, edit: BookingEdit) -> None:
    """Make sure that a new purpose is a unit of the institution in use."""
    if edit.unit_id in {None, booking.unit_id}:
        return
    unit = session.get(TeachingUnit, edit.unit_id)
    if unit is None or unit.retired_on or unit.institution_id != booking.institution_id:
        raise NotFoundError("unit", edit.unit_id or 0)


def _refusals(done: Reshaped, by: Actor) -> Iterator[Refused]:
    edit, answer = done.edit, done.answer
    if answer is not None and not answer.granted:
        yield from answer.refusals
    if done.booking.state is BookingState.PARTLY_COLLECTED and asks_again(done, by):
        yield Refused(Refusal.MORE_NEEDS_APPROVAL)
    if answer is None and edit.period.last > done.booking.last:
        until = {"day": edit.period.last, "until": done.booking.last}
        yield Refused(DayReason.TOO_LONG, until)
    if done.reshaping.ends_in_the_past:
        yield Refused(DayReason.PAST, {"day": edit.period.last})
    if (edit.unit_id is None) == (edit.reason is None):
        yield Refused(Refusal.NO_PURPOSE)
