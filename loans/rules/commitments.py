"""What keeps copies from being free, and on which days: loans, bookings, baskets, holds.

The store fills `Commitment` values; everything about their length is decided here.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from loans.errors import NoOpenDayError
from loans.rules.calendar import SEARCH_DAYS, OpeningCalendar
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Margins:
    """Days a copy is away from the shelf before and after the borrower's own days.

    After the last day come the courier days, then the service days; before the first day,
    counted backwards, the same. Service days are open days, courier days are days on which
    orders are processed. A walk that finds none of them ends 366 days off.

    Source:
        docs/rules.md, Lending 4.3.
    """

    service_before: int = 0
    courier_before: int = 0
    courier_after: int = 0
    service_after: int = 0

    def before(self, first: date, calendar: OpeningCalendar) -> date:
        """Return the first day away of somebody who has it from `first`."""
        left = processed_days(calendar, first, -self.courier_before)
        return open_days(calendar, left, -self.service_before)

    def after(self, last: date, calendar: OpeningCalendar) -> date:
        """Return the last day away of somebody who has it until `last`."""
        back = processed_days(calendar, last, self.courier_after)
        return open_days(calendar, back, self.service_after)

    def around(self, period: Period, calendar: OpeningCalendar) -> Period:
        """Return the period widened at both ends."""
        return Period(self.before(period.first, calendar), self.after(period.last, calendar))

    def earliest_last(self, day: date, calendar: OpeningCalendar) -> date:
        """Return the earliest last day whose margin still reaches `day`: `after` turned round."""
        served = open_days(calendar, day, -self.service_after)
        return processed_days(calendar, served, -self.courier_after)

    def latest_first(self, day: date, calendar: OpeningCalendar) -> date:
        """Return the latest first day whose margin still reaches `day`: `before` turned round."""
        served = open_days(calendar, day, self.service_before)
        return processed_days(calendar, served, self.courier_before)


NO_MARGINS = Margins()


class CommitmentKind(StrEnum):
    """What commits a copy.

    Source:
        docs/rules.md, Lending 4.3.
    """

    LOAN = "loan"
    BOOKING = "booking"
    BASKET = "basket"
    SET_ASIDE = "set_aside"
    IN_TRANSIT_FOR_HOLD = "in_transit_for_hold"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Commitment:
    """So many copies of one holding, for somebody, for some days.

    Only copies that count in the capacity commit it; copies in transit home and placements are
    never given. Of a basket, only lines that have not run out; of bookings, only those in
    `booking_states.COMMITTING`.

    Attributes:
        kind: what it is.
        first: LOAN: lent on. BOOKING, BASKET: first day. Else any day up to today.
        last: LOAN: due date. BOOKING, BASKET: last day. SET_ASIDE: pick-up deadline.
            IN_TRANSIT_FOR_HOLD: the deadline it would have if it were set aside today.
            RECEIVED: anything, it is taken as today.
        quantity: copies; always 1 but for BOOKING and BASKET.
        handed_out: of a BOOKING, copies already lent on it; they are LOANs of their own.
        margins: its own service and courier days.
        calendar: of the place it is handed over at, which counts them; None for that of whoever
            looks at it.
        id: of the row of that kind: loan, booking line, basket line, hold, copy.
        booking_id: of a BOOKING, and of a LOAN made on one.
    """

    kind: CommitmentKind
    first: date
    last: date
    quantity: int = 1
    handed_out: int = 0
    margins: Margins = NO_MARGINS
    calendar: OpeningCalendar | None = field(default=None, repr=False, compare=False)
    id: int | None = None
    booking_id: int | None = None

    @property
    def copies(self) -> int:
        """How many copies it still keeps."""
        return self.quantity - self.handed_out


Ignoring = Callable[[Commitment], bool]
"""Says which commitments a check leaves out."""


def nothing(_: Commitment) -> bool:
    """Leave out no commitment."""
    return False


def of_booking(booking_id: int) -> Ignoring:
    """Leave out what a booking still keeps, for an edit of it; loans made on it are others'.

    Source:
        docs/rules.md, Lending 5.3: editing does not collide with itself.
    """
    return lambda commitment: (
        commitment.booking_id == booking_id and commitment.kind is CommitmentKind.BOOKING
    )


def of_loan(loan_id: int) -> Ignoring:
    """Leave out one loan, for its renewal."""
    return lambda commitment: commitment.kind is CommitmentKind.LOAN and commitment.id == loan_id


def of_basket_lines(line_ids: frozenset[int]) -> Ignoring:
    """Leave out lines of a basket, for its submission."""
    return lambda commitment: (
        commitment.kind is CommitmentKind.BASKET and commitment.id in line_ids
    )


def occupied(commitment: Commitment, calendar: OpeningCalendar, today: date) -> Period | None:
    """Return the days on which the copies are away, from today's point of view.

    An overdue loan is expected back a calendar month from today, rolling. A booking whose
    period has passed uncollected has lapsed, whether or not the night has written so.

    Args:
        commitment: what keeps copies.
        calendar: of the place they are looked at from, where the commitment has none of its own.
        today: the day.

    Returns:
        None if it keeps nothing (any more).

    Source:
        docs/rules.md, Lending 4.3.
    """
    if commitment.copies < 1:
        return None
    margins, calendar = commitment.margins, commitment.calendar or calendar
    match commitment.kind:
        case CommitmentKind.LOAN:
            last = commitment.last if commitment.last >= today else a_month_after(today)
            return Period(min(commitment.first, last), margins.after(last, calendar))
        case CommitmentKind.RECEIVED:
            return Period(today, margins.after(today, calendar))
        case CommitmentKind.BOOKING | CommitmentKind.BASKET:
            first = margins.before(commitment.first, calendar)
        case _:
            first = min(commitment.first, commitment.last)
    if commitment.last < today:
        return None
    return Period(first, margins.after(commitment.last, calendar))


def touching(days: Period, widest: Margins, calendar: OpeningCalendar) -> Period:
    """Return bounds for a query: outside them no commitment reaches `days`.

    A loan, booking, basket line or hold matters only if its first day is not after the
    returned period and its last day not before it. Overdue loans and received copies are
    looked for apart: they always matter.

    Args:
        days: the days looked at, already widened by the wish's own margins.
        widest: the greatest of each margin among the commitments.
        calendar: of the place.

    Source:
        docs/rules.md, Lending 4.6.
    """
    return Period(
        widest.earliest_last(days.first, calendar), widest.latest_first(days.last, calendar)
    )


def a_month_after(day: date) -> date:
    """Return the same day of the next month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def open_days(calendar: OpeningCalendar, day: date, count: int) -> date:
    """Return the `count`-th open day after (or, negative, before) `day`, at most 366 days off."""
    try:
        return calendar.open_days_after(day, count)
    except NoOpenDayError:
        return _far_from(day, count)


def processed_days(calendar: OpeningCalendar, day: date, count: int) -> date:
    """Return the `count`-th processed day after (or before) `day`, at most 366 days off."""
    try:
        return calendar.processed_days_after(day, count)
    except NoOpenDayError:
        return _far_from(day, count)


def _far_from(day: date, count: int) -> date:
    return day + timedelta(days=SEARCH_DAYS if count > 0 else -SEARCH_DAYS)
