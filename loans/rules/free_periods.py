"""Other days for a wish: when it could be had next, and until when something can be kept."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from loans.rules.availability import Availability, Wish
from loans.rules.booking_days import BookingDays
from loans.rules.calendar import SEARCH_DAYS
from schools.rules.periods import ONE_DAY, Period


def next_free(found: Availability, wish: Wish, *, since: date | None = None) -> Period | None:
    """Return the next period as long as the wish that could be had instead.

    Looks at starts from `since` (default: the wish's first day) to the end of `found.period`,
    within the horizon; see `search_period`.

    Source:
        docs/rules.md, Lending 4.5 and 5.2.
    """
    if found.copies:
        return _next_free_of_copies(found, wish, since)
    span = timedelta(days=wish.period.days - 1)
    since = max(since or wish.period.first, found.period.first, found.days.today)
    until = min(found.period.last, found.days.latest_day())
    for gap in _gaps(found, wish, since):
        first = gap.first
        while first + span <= min(gap.last, until):
            candidate = Period(first, first + span)
            if _is_allowed(found.days, candidate):
                return candidate
            first += ONE_DAY
    return None


def _next_free_of_copies(found: Availability, wish: Wish, since: date | None) -> Period | None:
    """Return the next period in which so many copies are free, each by itself.

    Source:
        docs/rules.md, Lending 3.3.
    """
    alone = replace(wish, quantity=1)
    while True:
        periods = [next_free(each, alone, since=since) for each in found.copies]
        free = sorted((each for each in periods if each is not None), key=lambda each: each.first)
        if len(free) < wish.quantity:
            return None
        latest = free[wish.quantity - 1]
        if free[0] == latest:
            return latest
        since = latest.first


def next_free_together(wanted: Sequence[tuple[Availability, Wish]]) -> Period | None:
    """Return the next period, as long as the wishes' own, in which all of them could be had.

    Args:
        wanted: wishes for the same period, each with availability as for `next_free`.

    Source:
        docs/rules.md, Lending 4.5 and 5.2.
    """
    since: date | None = None
    while wanted:
        found = [next_free(each, wish, since=since) for each, wish in wanted]
        periods = [period for period in found if period is not None]
        if len(periods) < len(found):
            return None
        latest = max(periods, key=lambda period: period.first)
        if all(period == latest for period in periods):
            return latest
        since = latest.first
    return None


def last_free_day(found: Availability, first: date, quantity: int = 1) -> date | None:
    """Return until when so many could be kept from `first` on, margins after it included.

    Args:
        found: availability over `first` and as far as the answer matters.
        first: the first day wanted, in `found.period`; days before today are left out.
        quantity: copies wanted.

    Returns:
        A day of `found.period`, its last if nothing is in the way; None if not even `first`.

    Source:
        docs/rules.md, Lending 1.6, 4.4 and 9.1.
    """
    first = max(first, found.days.today)
    calendar = found.days.place.days.calendar
    for day in Period(first, found.swept.last):
        if found.free_on(day) < quantity:
            last = found.margins.earliest_last(day, calendar) - ONE_DAY
            return min(last, found.period.last) if last >= first else None
    return found.period.last


def search_period(wish: Period, today: date) -> Period:
    """Return the days in which `next_free` looks for another period as long."""
    first = max(wish.first, today)
    return Period(first, first + timedelta(days=SEARCH_DAYS + wish.days))


def _is_allowed(days: BookingDays, period: Period) -> bool:
    return not days.start_reasons(period.first) and not days.end_reasons(period.last, period.first)


def _gaps(found: Availability, wish: Wish, since: date) -> Iterator[Period]:
    """Go through the stretches in which a wish's own days find enough free, margins included.

    Only stretches as long as the wish are given: between two days with too little that are
    closer together nothing needs to be worked out.
    """
    calendar, margins = found.days.place.days.calendar, found.margins
    before: date | None = None
    for bad in (*_bad_days(found, wish.quantity), None):
        first = since if before is None else max(since, before + ONE_DAY)
        last = found.period.last if bad is None else bad - ONE_DAY
        if (last - first).days + 1 >= wish.period.days:
            if before is not None:
                first = max(since, margins.latest_first(before, calendar) + ONE_DAY)
            if bad is not None:
                last = margins.earliest_last(bad, calendar) - ONE_DAY
            if first <= last:
                yield Period(first, last)
        before = bad


def _bad_days(found: Availability, quantity: int) -> Iterator[date]:
    """Go through the days from today on that have too little."""
    most = found.capacity - quantity
    ago = max(0, (found.days.today - found.swept.first).days)
    for place, away in enumerate(found.committed[ago:], start=ago):
        if away > most:
            yield found.swept.first + timedelta(days=place)
