"""Decide about a requested booking: confirm it, or decline it with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import ChangedMeanwhileError, ImpossibleStepError, Refused, RefusedError
from loans.models.booking import Booking
from loans.operations.book import overbooked_reason
from loans.operations.find_booking import centre_booking, lock_booking
from loans.operations.pick_copy import make_ready_anew
from loans.operations.tell import tell_about_booking
from loans.operations.tell_bookings import tell_about_decline
from loans.queries.edits import answer_to, unchanged
from loans.queries.preview import WishAnswer
from loans.queries.wishes import Aside
from loans.rules.booking_states import BookingState, BookingStep, next_state
from schools.models.owed_letter import LetterKind
from schools.rules.periods import Period
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A request is confirmed.

    Attributes:
        number: of the booking.
        comment: words of staff for the borrower; may be empty.
        anyway: confirm it against the rules, with the comment as the reason.
        sequence: of the booking as staff saw it; None to decide whatever it is by now.
    """

    number: str
    comment: str = ""
    anyway: bool = False
    sequence: int | None = None


def confirm(
    session: Session, wish: Confirmation, by: Actor, today: date, now: datetime
) -> Booking:
    """Confirm what was requested, if it can still be had. One letter with the comment is owed.

    Locks its holdings, its person, then the booking. Its days were judged when it was asked for.
    What lies ready since before it was asked for anew is ready again.

    Raises:
        NotFoundError: no such booking at a centre of the actor.
        ImpossibleStepError: it is not a request (any more).
        ChangedMeanwhileError: its days, place or things are not those that staff saw.
        RefusedError: it cannot be had any more, with every reason; it stays a request.

    Source:
        docs/rules.md, Lending 4.4 and 5.1.
    """
    booking = _to_decide(session, wish, by, BookingStep.CONFIRM)
    answer = recheck(session, booking, wish, (by, today, now))
    if not answer.granted:
        raise RefusedError(answer.refusals)
    booking.state = BookingState.CONFIRMED
    booking.overbooked_reason = overbooked_reason(answer)
    codes = _codes(answer.refusals)
    after = {"state": booking.state.value} | ({"overruled": codes} if codes else {})
    _record(session, booking, by, Change("confirm", after=after, reason=wish.comment.strip()), now)
    reason = wish.comment.strip()
    tell_about_booking(session, booking, LetterKind.BOOKING_CONFIRMED, now, reason=reason)
    make_ready_anew(session, booking, now)
    return booking


def recheck(
    session: Session, booking: Booking, wish: Confirmation, asking: tuple[Actor, date, datetime]
) -> WishAnswer:
    """Say whether a request can still be had; pages ask it before staff decide.

    Source:
        docs/rules.md, Lending 5.1.
    """
    asked = unchanged(booking).wish(booking)
    if wish.anyway:
        asked = replace(asked, overruling=wish.comment.strip())
    kept = Aside(keeps_first=True, keeps_last=True, is_counted=True)
    return answer_to(session, booking, asked, kept, asking)


@dataclass(frozen=True, slots=True)
class Decline:
    """A request is declined.

    Attributes:
        number: of the booking.
        reason: words of staff for the borrower.
        proposals: periods that staff propose instead.
        sequence: as of a confirmation.
    """

    number: str
    reason: str
    proposals: tuple[Period, ...] = ()
    sequence: int | None = None


def decline(session: Session, wish: Decline, by: Actor, now: datetime) -> Booking:
    """Decline what was requested and free it at once; one letter with the reason is owed.

    Raises:
        NotFoundError: no such booking at a centre of the actor.
        ImpossibleStepError: it is not a request (any more).
        ChangedMeanwhileError: its days, place or things are not those that staff saw.

    Source:
        docs/rules.md, Lending 4.3 and 5.1.
    """
    booking = _to_decide(session, wish, by, BookingStep.DECLINE)
    booking.state, booking.cancelled_at = BookingState.DECLINED, now
    change = Change("decline", after={"state": booking.state.value}, reason=wish.reason.strip())
    _record(session, booking, by, change, now)
    tell_about_decline(session, booking, wish.reason.strip(), wish.proposals, now)
    booking.sequence += 1
    return booking


def _to_decide(
    session: Session, wish: Confirmation | Decline, by: Actor, step: BookingStep
) -> Booking:
    booking = lock_booking(session, centre_booking(session, wish.number, by))
    if next_state(booking.state, step) is None:
        raise ImpossibleStepError("booking", booking.state, step)
    if wish.sequence not in {None, booking.sequence}:
        raise ChangedMeanwhileError("booking", booking.number)
    return booking


def _codes(refusals: Iterable[Refused]) -> list[str]:
    return sorted({str(refused.code) for refused in refusals})


def _record(session: Session, booking: Booking, by: Actor, change: Change, now: datetime) -> None:
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, change, now)
