"""What the page of a booking shows, and which bookings are told to staff in red."""

from collections.abc import Collection
from typing import Any

from flask import request

from app.addresses import local_path
from app.bookings.forms import number_in_address
from app.bookings.rows import TONES
from app.offers import Wanted, waiting_address
from app.sessions import session
from app.today import now, today
from app.visitor import actor
from loans.queries.bookings import BookingFacts
from loans.queries.deliveries import delivery_at, still_ahead
from loans.queries.overbooked_bookings import overbooked_among
from loans.queries.still_out import still_out
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Right
from schools.vocabularies.media_types import media_type

GONE = frozenset(
    {
        BookingState.CANCELLED,
        BookingState.CLOSED,
        BookingState.DECLINED,
        BookingState.LAPSED,
    }
)


def words_of(booking: BookingFacts) -> dict[str, Any]:
    """Return what the page of a booking shows, but for what there is to decide about it."""
    own = booking.person_id == actor().person_id
    return {
        "booking": booking,
        "kind_of_first": media_type(booking.lines[0].type_code).kind.value,
        "tones": TONES,
        "made": "made" in request.args and booking.state not in GONE,
        "back": local_path(request.args.get("back"), ""),
        "own": own,
        "overbooked": booking.id in overbooked_ids([booking]),
        "waiting": _waiting(booking, own=own),
        "editable": booking.can_be_edited and booking.period.last >= today(),
        **_ways(booking),
    }


def _ways(booking: BookingFacts) -> dict[str, Any]:
    """Return how it comes and goes, as its letters tell it; what is out goes by its due day."""
    due_on = still_out(session(), [booking.id]).get(booking.id)
    first, last = booking.period.first, due_on or booking.period.last
    brought = delivery_at(session(), booking.place_id, Period(first, max(first, last)))
    return {
        "brought": None if brought is None else still_ahead(brought, now()),
        "comes_in_time": brought is None and first >= today(),
        "goes_back": booking.can_be_cancelled or due_on is not None,
        "back_on": last,
    }


def overbooked_ids(found: Collection[BookingFacts]) -> frozenset[int]:
    """Return those that lack copies, for staff; borrowers see nothing of it.

    Source:
        docs/rules.md, Lending 4.4.
    """
    scope = actor().scope(Right.RESERVE_FOR_OTHERS)
    if not scope.centre_ids:
        return frozenset()
    return overbooked_among(session(), scope, found, today(), now())


def _waiting(booking: BookingFacts, *, own: bool) -> str:
    """Return where to wait for what was wanted besides; empty if nothing was."""
    missing = number_in_address("missing")
    if not missing or len(booking.lines) != 1:
        return ""
    line = booking.lines[0]
    person_id = None if own else booking.person_id
    wanted = Wanted(line.holding_id, line.title_id, missing, booking.period, person_id)
    return waiting_address(wanted, missing)
