"""Commitments and looks at a holding of few copies, for tests of availability."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from loans.rules.availability import (
    Availability,
    Stock,
    availability,
)
from loans.rules.booking_days import BookingRules, Place
from loans.rules.calendar import Closure, OpeningCalendar
from loans.rules.commitments import (
    Commitment,
    CommitmentKind,
    Ignoring,
    Margins,
    nothing,
)
from loans.rules.due_dates import Days
from schools.rules.periods import Period
from tests.loans.rules.calendars import EVERY_DAY

HOLDING = 1
EARLY_2027 = date(2027, 1, 1)
LATE_2026 = date(2026, 11, 22)
CHRISTMAS = OpeningCalendar(closures=(Closure("Christmas", date(2026, 12, 23), date(2027, 1, 6)),))


def booking(first: date, last: date, quantity: int = 1, **facts: object) -> Commitment:
    plain = Commitment(CommitmentKind.BOOKING, first, last, quantity)
    return replace(plain, **facts)  # type: ignore[arg-type]  # names are checked by replace


def loan(first: date, last: date, **facts: object) -> Commitment:
    return replace(booking(first, last), kind=CommitmentKind.LOAN, **facts)  # type: ignore[arg-type]  # as above


def look(
    capacity: int,
    commitments: Iterable[Commitment],
    *,
    today: date = EARLY_2027,
    calendar: OpeningCalendar = EVERY_DAY,
    rules: BookingRules | None = None,
    ignoring: Ignoring = nothing,
) -> Availability:
    """Sweep a year and a half around today."""
    stock = Stock(HOLDING, capacity, tuple(commitments), rules or BookingRules())
    period = Period(today - timedelta(days=30), today + timedelta(days=500))
    place = Place(Days(calendar))
    return availability([stock], place, period, today=today, ignoring=ignoring)[HOLDING]


def free(found: Availability, first: date, last: date) -> int:
    return found.free_in(Period(first, last))


def service(after: int) -> Margins:
    return Margins(service_after=after)
