"""Cancel: a booking that is not collected yet is given up, freeing it at once."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.booking import Booking
from loans.operations.lock import lock
from loans.operations.tell import tell_about_booking
from loans.queries.borrowers import within
from loans.rules.booking_states import BookingStep, next_state
from schools.models.owed_letter import LetterKind
from schools.rules.roles import Actor, Right


def cancel(
    session: Session, number: str, by: Actor, now: datetime, *, reason: str = ""
) -> Booking:
    """Cancel a booking, or what is left to collect of it.

    Locks its holdings, then the booking. The borrower is told by one letter.

    Raises:
        NotFoundError: no such booking within the actor's reach.
        ImpossibleStepError: it is collected, over or cancelled already.

    Source:
        docs/rules.md, Lending 5.1 and 4.3: what is cancelled keeps nothing.
    """
    found = _within_reach(session, number, by)
    lock(session, Holding, {line.holding_id for line in found.lines})
    (booking,) = lock(session, Booking, {found.id})
    state = next_state(booking.state, BookingStep.CANCEL)
    if state is None:
        raise ImpossibleStepError("booking", booking.state, BookingStep.CANCEL)
    change = Change(
        "cancel",
        before={"state": booking.state.value},
        after={"state": state.value},
        reason=reason,
    )
    booking.state, booking.cancelled_at = state, now
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)
    own = by.person_id is not None and by.person_id == booking.person_id
    told = None if own else reason
    tell_about_booking(session, booking, LetterKind.BOOKING_CANCELLED, now, reason=told)
    booking.sequence += 1
    return booking


def _within_reach(session: Session, number: str, by: Actor) -> Booking:
    scope = by.scope(Right.BOOK)
    near = within(scope, Booking.centre_id, Booking.institution_id)
    own = [] if scope.person_id is None else [Booking.person_id == scope.person_id]
    found = session.scalar(
        select(Booking).where(Booking.number == number.strip().upper(), or_(near, *own))
    )
    if found is None:
        raise NotFoundError("booking", number)
    return found
