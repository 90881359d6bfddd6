"""Owe the letters about bookings and loans, in the transaction that gives rise to them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loans.models.booking import Booking, BookingLine
from loans.operations.tell_courier import courier_facts
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Letter, owe, person_addressed


def tell_about_booking(
    session: Session,
    booking: Booking,
    kind: LetterKind,
    now: datetime,
    *,
    reason: str | None = "",
) -> None:
    """Owe the borrower one letter about a booking as it stands now; none without an address.

    That somebody else cancelled it is told at once, whatever the borrower has chosen.

    Args:
        session: the session, in the unit of work of the act.
        booking: with its number.
        kind: BOOKING_CONFIRMED, or BOOKING_CANCELLED before its `sequence` rises.
        now: the instant.
        reason: words of staff; None where the borrower did it.
    """
    if booking.person is None:
        return
    facts = facts_of_booking(booking) | courier_facts(session, booking) | {"reason": reason or ""}
    always = kind is LetterKind.BOOKING_CANCELLED and reason is not None
    occasion = f"{kind.value}:{booking.number}:{booking.sequence}"
    letter = Letter(kind, occasion, facts, always=always)
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    owe(session, letter, to, now)


def facts_of_booking(booking: Booking) -> dict[str, Any]:
    """Return what letters say about a booking as it stands now."""
    unit, place = booking.unit, booking.place
    return {
        "number": booking.number,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "titles": [_line(line) for line in booking.lines],
        "place": f"{place.name}, {place.branch.name}",
        "school": booking.institution.short_name or booking.institution.name,
        "unit": "" if unit is None else f"{unit.number} {unit.name}".strip(),
        "class_name": booking.class_name,
        "sequence": booking.sequence,
    }


def _line(line: BookingLine) -> str:
    name = line.holding.title.name
    return name if line.quantity == 1 else f"{line.quantity} × {name}"
