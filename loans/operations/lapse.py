"""Lapse: what nobody collected in time is given up, and so is a request nobody answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.amounts import counted
from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.models.booking import Booking, BookingLine
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.tell_courier import take_back_ready
from loans.queries.choices import choices_of
from loans.queries.still_out import still_out
from loans.queries.uncollected import uncollected
from loans.rules.booking_states import BookingState, BookingStep, next_state
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Letter, owe, person_addressed
from schools.rules.roles import Actor, Right


@dataclass(slots=True)
class Lapsed:
    """What came of it: bookings and requests that lapsed, and rests of partly collected ones."""

    bookings: int = 0
    requests: int = 0
    rests: int = 0
    letters: int = 0


def lapse(
    session: Session,
    centre_id: int,
    booking_ids: Collection[int],
    by: Actor,
    at: tuple[date, datetime],
) -> Lapsed:
    """Let some bookings of a centre lapse, if they still have to.

    Locks their holdings, then the bookings. The rest of a partly collected booking lapses
    whatever the centre chose, and closes it when nothing of it is out. Copies that were picked
    for it go back among the others. One letter for each booking that lapsed as a whole.

    Args:
        session: within a unit of work.
        centre_id: the centre.
        booking_ids: as `uncollected` returned them.
        by: the night.
        at: day and instant.

    Source:
        docs/rules.md, Lending 4.3 and 5.1.
    """
    today, now = at
    lines = select(BookingLine.holding_id).where(BookingLine.booking_id.in_(booking_ids))
    lock(session, Holding, set(session.scalars(lines)))
    lock(session, Booking, booking_ids)
    lapses = choices_of(session, centre_id).lapses_uncollected
    scope = by.scope(Right.MANAGE_CENTRE)
    due = uncollected(session, scope, centre_id, today, lapses=lapses)
    still = {*due} & {*booking_ids}
    out = still_out(session, still)
    act, done = Act(session, by, today, now), Lapsed()
    for booking in session.scalars(select(Booking).where(Booking.id.in_(still))):
        _lapse(act, booking, done, is_out=booking.id in out)
    session.flush()
    return done


def _lapse(act: Act, booking: Booking, done: Lapsed, *, is_out: bool) -> None:
    before = booking.state
    state = next_state(before, BookingStep.LAPSE)
    if state is None:
        return
    if state is BookingState.COLLECTED:
        done.rests += 1
        if not is_out:
            state = next_state(state, BookingStep.CLOSE) or state
    else:
        if before is BookingState.READY:
            take_back_ready(act.session, booking)
        unanswered = before is BookingState.REQUESTED
        done.requests += unanswered
        done.bookings += not unanswered
        done.letters += _tell(act.session, booking, act.now, unanswered=unanswered)
    booking.state = state
    booking.sequence += 1
    for line in booking.lines:
        line.picks.clear()
    change = Change("lapse", before={"state": before.value}, after={"state": state.value})
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(act.session, act.by, subject, change, act.now)


def _tell(session: Session, booking: Booking, now: datetime, *, unanswered: bool) -> bool:
    if booking.person is None:
        return False
    kind = LetterKind.BOOKING_LAPSED
    facts: dict[str, Any] = {
        "number": booking.number,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "titles": [counted(line.holding.title.name, line.quantity) for line in booking.lines],
        "unanswered": unanswered,
    }
    if booking.sequence or not unanswered:  # a request never changed stands in no calendar
        facts["sequence"] = booking.sequence
    letter = Letter(kind, f"{kind.value}:{booking.number}:{booking.sequence}", facts)
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    return owe(session, letter, to, now)
