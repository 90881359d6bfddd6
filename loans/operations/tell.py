"""Owe the letters about bookings and loans, in the transaction that gives rise to them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalogue.amounts import counted
from loans.models.booking import Booking
from loans.operations.tell_courier import courier_facts
from loans.rules.booking_edits import outstanding
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Letter, owe, person_addressed


def tell_about_booking(
    session: Session,
    booking: Booking,
    kind: LetterKind,
    now: datetime,
    *,
    reason: str = "",
) -> None:
    """Owe the borrower one letter about a booking as it stands now; none without an address.

    Args:
        session: the session, in the unit of work of the act.
        booking: with its number.
        kind: BOOKING_CONFIRMED.
        now: the instant.
        reason: words of staff.
    """
    if booking.person is None:
        return
    (facts,) = facts_of_bookings(session, [booking], now)
    facts["reason"] = reason
    occasion = f"{kind.value}:{booking.number}:{booking.sequence}"
    letter = Letter(kind, occasion, facts)
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    owe(session, letter, to, now)


def facts_of_bookings(
    session: Session, bookings: Sequence[Booking], now: datetime
) -> list[dict[str, Any]]:
    """Return what letters say about bookings as they stand now, with the courier's days."""
    courier = courier_facts(session, bookings, now)
    return [facts_of_booking(each) | courier.get(each.id, {}) for each in bookings]


def facts_of_booking(booking: Booking) -> dict[str, Any]:
    """Return what letters say about a booking as it stands now."""
    unit, place = booking.unit, booking.place
    return {
        "number": booking.number,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "titles": [counted(line.holding.title.name, line.quantity) for line in booking.lines],
        "pieces": sum(line.quantity for line in booking.lines),
        "place": f"{place.name}, {place.branch.name}",
        "school": booking.institution.short_name or booking.institution.name,
        "unit": "" if unit is None else f"{unit.number} {unit.name}".strip(),
        "class_name": booking.class_name,
        "sequence": booking.sequence,
    }


def facts_of_cancelled(booking: Booking, due_on: date | None) -> dict[str, Any]:
    """Return what letters say about a booking that was given up, or about the rest of it.

    The rest is what was left to collect. While something is out, its days stay in calendars.

    Args:
        booking: after it was cancelled, before its `sequence` rises.
        due_on: from when on something of it is due; None where nothing is out.
    """
    facts = facts_of_booking(booking)
    if booking.state is BookingState.CANCELLED:
        return facts
    left = ((line, outstanding(line.quantity, line.handed_out)) for line in booking.lines)
    facts |= {
        "rest": True,
        "titles": [counted(line.holding.title.name, count) for line, count in left if count],
    }
    if booking.state is BookingState.COLLECTED:
        del facts["sequence"]
        facts |= {} if due_on is None else {"due_on": due_on.isoformat()}
    return facts
