"""Bookings that begin or end on a day on which their place is closed."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.queries.calendars import Calendars, calendars_of
from loans.queries.viewpoint import Viewpoint
from loans.rules.booking_states import COMMITTING
from loans.rules.calendar import Day
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class ClosedBooking:
    """A booking with what the calendar says of its closed days; None of one that is open."""

    number: str
    period: Period
    institution: str
    first: Day | None
    last: Day | None


def closed_bookings(session: Session, view: Viewpoint) -> tuple[ClosedBooking, ...]:
    """Return the centre's bookings with a closed day at an end that is still ahead.

    Two statements. They keep their days until somebody asks their borrowers.

    Source:
        docs/rules.md, Lending 1.7.
    """
    if not view.scope.covers_centre(view.centre_id):
        return ()
    asked = {"centre_id": view.centre_id, "today": view.today}
    rows = session.execute(_bookings(), asked).all()
    if not rows:
        return ()
    branches = {row.branch_id for row in rows}
    span = Period(view.today, max(row.last for row in rows))
    calendars = calendars_of(session, branches, span)
    found = (_closed(row, calendars, view.today) for row in rows)
    return tuple(each for each in found if each.first or each.last)


def _closed(row: Row[Any], calendars: Calendars, today: date) -> ClosedBooking:
    calendar = calendars.of(row.branch_id)
    first, last = calendar.day(row.first), calendar.day(row.last)
    return ClosedBooking(
        number=row.number,
        period=Period(row.first, row.last),
        institution=row.short_name or row.name,
        first=None if first.is_open or row.first < today else first,
        last=None if last.is_open else last,
    )


@cache
def _bookings() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(
            Booking.number,
            Booking.first,
            Booking.last,
            PickupPlace.branch_id,
            Institution.name,
            Institution.short_name,
        )
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .where(Booking.centre_id == bindparam("centre_id"))
        .where(Booking.state.in_(COMMITTING), Booking.last >= bindparam("today"))
        .order_by(Booking.first, Booking.id)
    )
