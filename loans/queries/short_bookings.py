"""Bookings ahead for which a holding has too few copies left (Lending 4.4)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.models.booking import Booking
from loans.queries.commitments import commitments_of
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.availability import Stock, availability
from loans.rules.booking_days import LONGEST_BOOKING_DAYS
from loans.rules.commitments import CommitmentKind, occupied
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class ShortBooking:
    """A booking that touches a day on which more is committed than there is."""

    id: int
    number: str
    first: date
    last: date


def short_bookings(
    session: Session, scope: Scope, holding: Holding, today: date, now: datetime
) -> tuple[ShortBooking, ...]:
    """Return the bookings of a holding that are short of copies, the earliest first.

    Looks as far ahead as a booking can last; at most seven statements.

    Source:
        docs/rules.md, Lending 4.4: shown red until solved.
    """
    if not scope.covers_centre(holding.centre_id):
        return ()
    view = viewpoint_of(session, scope, Where(holding.centre_id), today, now)
    period = Period(today, today + LONGEST_BOOKING_DAYS * ONE_DAY)
    committed = commitments_of(session, view, {holding.id}, period).get(holding.id, ())
    stock = Stock(holding.id, holding.lendable, committed)
    found = availability((stock,), view.rules_place(), period, today=today)[holding.id]
    short = {day for day in period if found.free_on(day) < 0}
    if not short:
        return ()
    keys = {
        each.booking_id
        for each in committed
        if each.kind is CommitmentKind.BOOKING
        and (away := occupied(each, view.calendar, today)) is not None
        and any(day in short for day in away)
    }
    rows = session.execute(
        select(Booking.id, Booking.number, Booking.first, Booking.last)
        .where(Booking.id.in_(keys))
        .order_by(Booking.first, Booking.id)
    )
    return tuple(ShortBooking(*row) for row in rows)
