"""Cancel: a booking that is not collected yet is given up, freeing it at once."""

from datetime import datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError
from loans.models.booking import Booking
from loans.operations.find_booking import lock_booking, own_booking
from loans.operations.tell import tell_about_booking
from loans.rules.booking_states import BookingStep, next_state
from schools.models.owed_letter import LetterKind
from schools.rules.roles import Actor


def cancel(
    session: Session, number: str, by: Actor, now: datetime, *, reason: str = ""
) -> Booking:
    """Cancel a booking, or what is left to collect of it.

    Locks its holdings, its person, then the booking. The borrower is told by one letter.

    Raises:
        NotFoundError: no such booking within the actor's reach.
        ImpossibleStepError: it is collected, over or cancelled already.

    Source:
        docs/rules.md, Lending 5.1 and 4.3: what is cancelled keeps nothing.
    """
    booking = lock_booking(session, own_booking(session, number, by))
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
    tell_about_booking(session, booking, LetterKind.BOOKING_CANCELLED, now, reason=reason)
    booking.sequence += 1
    return booking
