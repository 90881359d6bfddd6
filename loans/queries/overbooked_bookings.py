"""Which bookings have too few copies behind them, until that is solved."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.queries.availability import committed_stocks
from loans.queries.bookings import BookingFacts
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import availability
from loans.rules.commitments import CommitmentKind
from loans.rules.overbooking import keeping
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

    The days that a booking takes for service and courier count as well. Seven statements for each
    centre, two more where copies are booked by number, whatever the number of bookings; what is
    over is settled.

    Source:
        docs/rules.md, Lending 4.4: shown until solved.
    """
    current = [each for each in bookings if each.can_be_edited and each.period.last >= today]
    found: set[int] = set()
    for centre_id in {each.centre_id for each in current}:
        here = [each for each in current if each.centre_id == centre_id]
        view = viewpoint_of(session, scope, Where(centre_id), today, now)
        holdings = {line.holding_id for each in here for line in each.lines}
        found |= set(_short(session, view, holdings, _around(here)))
    return frozenset(found & {each.id for each in current})


def _short(
    session: Session, view: Viewpoint, holdings: Collection[int], days: Period
) -> Iterator[int]:
    """Yield the ids of bookings that keep something on a day with too little of it."""
    wide = view.widest.around(days, view.calendar)
    period = Period(max(wide.first, view.today), wide.last)
    stocks = committed_stocks(session, view, holdings, period)
    found = availability(stocks, view.rules_place(), period, today=view.today)
    for stock in stocks:
        for each in keeping(stock, found[stock.holding_id]):
            if each.kind is CommitmentKind.BOOKING and each.booking_id is not None:
                yield each.booking_id


def is_overbooked(
    session: Session, scope: Scope, booking: Booking, today: date, now: datetime
) -> bool:
    """Say whether a locked booking has too few copies behind what is left of it to collect.

    Source:
        docs/rules.md, Lending 4.4: shown until solved.
    """
    view = viewpoint_of(session, scope, Where(booking.centre_id), today, now)
    holdings = {line.holding_id for line in booking.lines}
    return booking.id in _short(session, view, holdings, Period(booking.first, booking.last))


def _around(bookings: list[BookingFacts]) -> Period:
    return Period(
        min(each.period.first for each in bookings), max(each.period.last for each in bookings)
    )
