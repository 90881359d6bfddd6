"""Which rows of the store commit copies in a period: conditions, and the values that fill them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, bindparam, or_

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.queries.viewpoint import Viewpoint
from loans.rules.booking_days import LONGEST_BOOKING_DAYS
from loans.rules.booking_states import COMMITTING
from loans.rules.commitments import CommitmentKind, touching
from schools.rules.periods import Period

LONGEST = timedelta(days=LONGEST_BOOKING_DAYS - 1)
HOLD_KINDS = {
    HoldState.SET_ASIDE: CommitmentKind.SET_ASIDE,
    HoldState.IN_TRANSIT: CommitmentKind.IN_TRANSIT_FOR_HOLD,
}


def bounds_of(view: Viewpoint, period: Period) -> Period:
    """Return the days outside which no dated commitment can touch the period's wish.

    Each branch counts the days around what is handed over there by its own calendar.

    Source:
        docs/rules.md, Lending 4.3 and 4.6.
    """
    wish = view.widest.around(period, view.calendar)
    every = [touching(wish, view.widest, each) for each in view.calendars.by_branch.values()]
    return Period(min(each.first for each in every), max(each.last for each in every))


def values_of(view: Viewpoint, bounds: Period) -> dict[str, Any]:
    """Return the parameters of the statements of this module, but for `holding_ids`."""
    return {
        "centre_id": view.centre_id,
        "from_day": max(bounds.first, view.today),
        "until_day": bounds.last,
        "earliest_first": max(bounds.first, view.today) - LONGEST,
        "today": view.today,
        "now": view.now,
    }


def counts() -> ColumnElement[bool]:
    """Return the condition on a copy to count in its holding's pool and so to commit it.

    Source:
        docs/rules.md, Lending 4.2 and 4.3.
    """
    return and_(is_lendable(), ~Copy.numbered)


def is_lendable() -> ColumnElement[bool]:
    """Return the condition on a copy to be lent, be it of the pool or booked by number."""
    return and_(Copy.state.in_(LENDABLE_STATES), Copy.lendable)


def open_loan() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on an open loan; what is received, not yet checked, counts as such."""
    return (Loan.returned_on.is_(None), ~Loan.placed, Copy.state != CopyState.RECEIVED)


def open_booking() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on what is left to collect; what passed uncollected lapsed.

    `values_of` fills them.

    A booking is never longer than 92 days, so its first day is bounded at both ends, and an index
    leads to few rows however many bookings lie ahead.

    Source:
        docs/rules.md, Lending 4.6.
    """
    return (
        Booking.state.in_(COMMITTING),
        BookingLine.handed_out < BookingLine.quantity,
        Booking.last >= bindparam("from_day"),
        Booking.first <= bindparam("until_day"),
        Booking.first >= bindparam("earliest_first"),
    )


def in_basket() -> tuple[ColumnElement[bool], ...]:
    """Return the condition on a line of a basket to hold its stock; `values_of` fills it."""
    return (BasketLine.held_until > bindparam("now"),)


def kept_for_hold() -> tuple[ColumnElement[bool], ...]:
    """Return the condition on a hold to keep a copy: set aside, or on its way."""
    return (Hold.state.in_(HOLD_KINDS),)


def just_received() -> tuple[ColumnElement[bool], ...]:
    """Return the condition on a copy to have come back, yet to be looked over."""
    return (Copy.state == CopyState.RECEIVED,)


def from_pool(copy_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Return the condition on a wish to be for the pool: for no copy by number.

    A copy that was booked by number and is not any more leaves its wish to the pool, lost or not.
    """
    return or_(copy_id.is_(None), ~Copy.numbered)
