"""Which bookings have too few copies behind them, until that is solved."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.models.booking import Booking, BookingLine
from loans.queries.availability import amounts
from loans.queries.bookings import BookedLine, BookingFacts
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.availability import Availability
from schools.rules.periods import Period
from schools.rules.roles import Scope


def overbooked_among(
    session: Session,
    scope: Scope,
    bookings: Iterable[BookingFacts],
    today: date,
    now: datetime,
) -> frozenset[int]:
    """Return the ids of those bookings that have too few copies behind them on some day.

    Seven statements for each centre, whatever the number of bookings; what is over is settled.

    Source:
        docs/rules.md, Lending 4.4: shown until solved.
    """
    current = [each for each in bookings if each.can_be_edited and each.period.last >= today]
    found: set[int] = set()
    for centre_id in {each.centre_id for each in current}:
        here = [each for each in current if each.centre_id == centre_id]
        view = viewpoint_of(session, scope, Where(centre_id), today, now)
        holdings = {line.holding_id for each in here for line in each.lines}
        seen = amounts(session, view, holdings, _around(here))
        found |= {
            each.id
            for each in here
            if any(_lacks(line, each.period, seen) for line in each.lines if line.left)
        }
    return frozenset(found)


def is_overbooked(
    session: Session, scope: Scope, booking: Booking, today: date, now: datetime
) -> bool:
    """Say whether a locked booking has too few copies behind what is left of it to collect.

    Source:
        docs/rules.md, Lending 4.4: shown until solved.
    """
    period = Period(booking.first, booking.last)
    holdings = {line.holding_id for line in booking.lines}
    view = viewpoint_of(session, scope, Where(booking.centre_id), today, now)
    seen = amounts(session, view, holdings, period)
    return any(
        _lacks(line, period, seen) for line in booking.lines if line.handed_out < line.quantity
    )


def _around(bookings: list[BookingFacts]) -> Period:
    return Period(
        min(each.period.first for each in bookings), max(each.period.last for each in bookings)
    )


def _lacks(line: BookedLine | BookingLine, period: Period, seen: dict[int, Availability]) -> bool:
    """Say whether fewer than none are left of a line's stock in the booking's days."""
    found = seen.get(line.holding_id)
    if found is None:
        return False
    alone = next((each for each in found.copies if each.holding_id == line.copy_id), found)
    return alone.free_for(period) < 0
