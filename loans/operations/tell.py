"""Owe the letters about bookings and loans, in the transaction that gives rise to them."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.models.loan import Loan
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Letter, owe, person_addressed


def tell_about_booking(
    session: Session, booking: Booking, kind: LetterKind, now: datetime
) -> None:
    """Owe the borrower one letter about a booking as it stands now; none without an address.

    Facts: `number`, `state`, `first`, `last` (ISO days), `lines` (pairs of title and quantity),
    `place`, `branch`, `class_name`, `unit`, `reason` (a code, empty with a unit), `sequence`.
    """
    if booking.person is None:
        return
    letter = Letter(kind, f"{kind.value}:{booking.number}:{booking.sequence}", _booking(booking))
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    owe(session, letter, to, now)


def tell_about_renewal(session: Session, loan: Loan, now: datetime) -> None:
    """Owe the borrower one letter about a loan's new due date.

    Facts: `title`, `barcode`, `due_on` (ISO day), `renewals`.
    """
    if loan.person is None or loan.due_on is None:
        return
    facts = {
        "title": loan.holding.title.name,
        "barcode": loan.copy.barcode,
        "due_on": loan.due_on.isoformat(),
        "renewals": loan.renewals,
    }
    kind = LetterKind.LOAN_RENEWED
    letter = Letter(kind, f"{kind.value}:{loan.id}:{loan.renewals}", facts)
    to = person_addressed(
        loan.person, centre_id=loan.centre_id, institution_id=loan.institution_id
    )
    owe(session, letter, to, now)


def _booking(booking: Booking) -> dict[str, Any]:
    unit = booking.unit
    return {
        "number": booking.number,
        "state": booking.state.value,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "lines": [[line.holding.title.name, line.quantity] for line in booking.lines],
        "place": booking.place.name,
        "branch": booking.place.branch.name,
        "class_name": booking.class_name,
        "unit": "" if unit is None else f"{unit.number} {unit.name}".strip(),
        "reason": "" if booking.reason is None else booking.reason.value,
        "sequence": booking.sequence,
    }
