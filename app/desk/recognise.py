"""What a text stands for at the centres somebody works for: a copy, a person, a booking."""

from app.sessions import session
from loans.models.booking import Booking
from loans.queries.scanned import (
    Scanned,
    ScannedBooking,
    ScannedCopy,
    ScannedPerson,
    scanned,
)
from schools.rules.roles import Scope

THINGS = (ScannedBooking, ScannedCopy, ScannedPerson)


def recognise(scope: Scope, text: str) -> Scanned | None:
    """Return what answers to a text as to a scanned code; None for names and other words.

    At most four statements for each centre somebody works for, and most work for one.
    """
    for centre_id in sorted(scope.centre_ids):
        found = scanned(session(), scope, centre_id, text)
        if isinstance(found, THINGS):
            return found
    return None


def address_of(found: Scanned | None) -> str:
    """Return the page that a person or a booking has of its own; empty for anything else."""
    match found:
        case ScannedPerson():
            return f"/desk/people/{found.id}"
        case ScannedBooking():
            return f"/bookings/{session().get_one(Booking, found.id).number}"
    return ""
