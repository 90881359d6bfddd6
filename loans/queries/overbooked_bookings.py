"""Which bookings have too few copies behind them, until that is solved."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.queries.availability import amounts
from loans.queries.bookings import BookingFacts
from loans.queries.commitments import commitments_of, commitments_of_copies
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import Availability
from loans.rules.commitments import Commitment, CommitmentKind, occupied
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

    The days that a booking takes for service and courier count as well. Eight statements for each
    centre, three more where copies are booked by number, whatever the number of bookings; what is
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
    period = view.widest.around(days, view.calendar)
    seen = amounts(session, view, holdings, period)
    copies = {each.holding_id: each for found in seen.values() for each in found.copies}
    for stocks, kept in (
        (seen, commitments_of(session, view, holdings, period)),
        (copies, commitments_of_copies(session, view, copies, period)),
    ):
        yield from _lacking(view, stocks, kept)


def _lacking(
    view: Viewpoint, stocks: Mapping[int, Availability], kept: Mapping[int, Iterable[Commitment]]
) -> Iterator[int]:
    for key, found in stocks.items():
        for each in kept.get(key, ()):
            away = occupied(each, view.calendar, view.today)
            if each.kind is not CommitmentKind.BOOKING or each.booking_id is None or away is None:
                continue
            if any(found.free_on(day) < 0 for day in away if _counts(found, day)):
                yield each.booking_id


def _counts(found: Availability, day: date) -> bool:
    return day >= found.days.today and found.swept.contains(day)


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
