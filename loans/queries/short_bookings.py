"""Bookings ahead for which a holding has too few copies left (Lending 4.4)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.models.booking import Booking
from loans.queries.availability import committed_stocks
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.availability import availability
from loans.rules.booking_days import LONGEST_BOOKING_DAYS
from loans.rules.commitments import CommitmentKind
from loans.rules.overbooking import keeping
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

    Looks as far ahead as a booking can last; at most nine statements.

    Source:
        docs/rules.md, Lending 4.4: shown red until solved.
    """
    if not scope.covers_centre(holding.centre_id):
        return ()
    view = viewpoint_of(session, scope, Where(holding.centre_id), today, now)
    period = Period(today, today + LONGEST_BOOKING_DAYS * ONE_DAY)
    (stock,) = committed_stocks(session, view, {holding.id}, period)
    found = availability((stock,), view.rules_place(), period, today=today)[holding.id]
    keys = {
        each.booking_id for each in keeping(stock, found) if each.kind is CommitmentKind.BOOKING
    }
    if not keys:
        return ()
    rows = session.execute(
        select(Booking.id, Booking.number, Booking.first, Booking.last)
        .where(Booking.id.in_(keys))
        .order_by(Booking.first, Booking.id)
    )
    return tuple(ShortBooking(*row) for row in rows)
