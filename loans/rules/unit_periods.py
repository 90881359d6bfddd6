"""From the weeks of a teaching unit to the days its media are booked for."""

from collections.abc import Iterator
from datetime import date, timedelta

from loans.rules.booking_days import BookingDays
from loans.rules.calendar import OpeningCalendar
from loans.rules.codes import DayReason
from loans.rules.due_dates import Basis, Days
from schools.rules.periods import ONE_DAY, Period

FARTHEST_WEEKS = 12
"""So many weeks before and after its own another week is looked for."""

FARTHEST_TOUR_DAYS = 14
"""So far a delivered booking is stretched to a day on which the courier comes."""


def unit_period(weeks: Period, days: Days) -> Period | None:
    """Return the one period for which the media of a unit are booked.

    From its first to its last school day, holidays between them included, both ends moved
    outward to an open day of the place.

    Args:
        weeks: all days of the unit's weeks, Monday to Sunday.
        days: the calendar of the place, and the movable holidays of the school.

    Returns:
        None for a unit without a school day: it books nothing.

    Raises:
        loans.errors.NoOpenDayError: the place has no open day near.

    Source:
        docs/rules.md, Lending 1.5 and 6.2.
    """
    taught = [day for day in weeks if days.counts(day, Basis.SCHOOL_DAYS)]
    if not taught:
        return None
    calendar = days.calendar
    return Period(calendar.previous_open_day(taught[0]), calendar.next_open_day(taught[-1]))


def reached_by_courier(period: Period, days: BookingDays) -> Period:
    """Return a period with both ends moved outward to days on which the courier can serve it.

    An end that finds no such day near stays, and the booking is refused for it.

    Source:
        docs/rules.md, Lending 6.2 and 11.1.
    """
    first, last = period.first, period.last
    for back in range(FARTHEST_TOUR_DAYS):
        day = period.first - back * ONE_DAY
        if not _is_unserved(days.start_reasons(day)):
            first = day
            break
    for ahead in range(FARTHEST_TOUR_DAYS):
        day = period.last + ahead * ONE_DAY
        if not _is_unserved(days.end_reasons(day)):
            last = day
            break
    return Period(first, last)


def still_to_come(period: Period, earliest: date, calendar: OpeningCalendar) -> Period | None:
    """Return what can still be had of a period that has begun, or begins too soon.

    Args:
        period: the whole.
        earliest: the first day on which a booking may start.
        calendar: of the place.

    Returns:
        The period from the first open day on; None if nothing is left of it.

    Source:
        docs/rules.md, Lending 4.5 and 6.2.
    """
    if period.first >= earliest:
        return period
    first = calendar.next_open_day(earliest)
    return None if first > period.last else Period(first, period.last)


def from_first_served(period: Period, days: BookingDays) -> Period | None:
    """Return what is left of a period from the first day on which its place is served.

    The tour that would come for its first day may be past its cut-off: the next one brings it.

    Args:
        period: what can still be had.
        days: which days may start a booking.

    Returns:
        None if the place is not served on any of its days.

    Source:
        docs/rules.md, Lending 6.2 and 11.1.
    """
    for day in period:
        if not _is_unserved(days.start_reasons(day)):
            return Period(day, period.last)
    return None


def longest_part(period: Period, days: BookingDays) -> Period:
    """Return the longest part from its first day that the terms allow; at least that one day.

    Source:
        docs/rules.md, Lending 4.5 and 6.2: TOO_LONG offers the longest allowed part.
    """
    last = min(period.last, days.latest_end(period.first))
    while last > period.first and days.end_reasons(last, period.first):
        last -= ONE_DAY
    return Period(period.first, max(period.first, last))


def bookable_from(period: Period, days: BookingDays) -> date:
    """Return the first day on which the whole period lies within the horizon.

    Source:
        docs/rules.md, Lending 4.5: both days, calendar days from today.
    """
    return period.last - timedelta(days=days.rules.horizon)


def other_weeks(weeks: Period, within: Period) -> Iterator[Period]:
    """Go through weeks as many as a unit's, the nearest first, of two as near the later one.

    Args:
        weeks: Monday to Sunday.
        within: all of them lie in it.

    Source:
        docs/rules.md, Lending 6.2.
    """
    for distance in range(1, FARTHEST_WEEKS + 1):
        for away in (timedelta(weeks=distance), timedelta(weeks=-distance)):
            moved = Period(weeks.first + away, weeks.last + away)
            if within.contains(moved.first) and within.contains(moved.last):
                yield moved


def _is_unserved(reasons: tuple[DayReason, ...]) -> bool:
    closed = {DayReason.CLOSED, DayReason.HOLIDAY, DayReason.COURIER_NOT_RUNNING}
    return bool(closed & set(reasons))
