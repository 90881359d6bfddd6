"""When the daily letter goes out."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

DAILY_AT = time(6, 30)
"""Local time of the centre."""

SEARCH_DAYS = 366
ONE_DAY = timedelta(days=1)


def next_daily(local: datetime, is_open: Callable[[date], bool]) -> datetime:
    """Return the next half past six in the morning of an open day, after `local`.

    Args:
        local: an aware instant in the zone of the centre.
        is_open: says whether the centre is open on a day.

    Returns:
        An aware instant in the same zone. A centre without any open day within 366 days gets
        its letters on the next day all the same.

    Source:
        docs/decisions/0018-letters-and-feeds.md.
    """
    today = _at(local, local.date())
    first = local.date() if local < today else local.date() + ONE_DAY
    days = (first + timedelta(days=number) for number in range(SEARCH_DAYS))
    return _at(local, next((day for day in days if is_open(day)), first))


def _at(local: datetime, day: date) -> datetime:
    return datetime.combine(day, DAILY_AT, tzinfo=local.tzinfo)
