"""The month on a title's page: its days lead to the reserve form, start first, then end."""

from datetime import date, timedelta

from app.finder.addresses import Pairs, title_address, with_period
from app.finder.free_words import free_day
from app.finder.hits import RESERVE
from app.free_days import FreeDay, Month, month
from loans.rules.availability import Availability
from schools.rules.periods import ONE_DAY, Period

CALENDAR = "#frei"


def shown_month(text: str, found: Availability, today: date, wish: Period | None) -> date:
    """Return the first day of the month to show.

    Args:
        text: what the address asks for, as “2026-12”; anything else shows the wish's month.
        found: availability from today on.
        today: no month before this one is shown.
        wish: the period chosen so far.
    """
    fallback = (wish.first if wish else today).replace(day=1)
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return fallback
    within = today.replace(day=1) <= asked <= found.period.last
    return asked if within else fallback


def month_table(
    found: Availability, first: date, wish: Period | None, wanted: int, way: "Way"
) -> Month:
    """Return the table of the month that begins on `first`."""
    following = (first + timedelta(days=31)).replace(day=1)
    days = [way.day(found, each) for each in Period(first, following - ONE_DAY)]
    return month(days, lambda day: way.choosing(day, first, wish), wish, wanted)


class Way:
    """Addresses of one title's page that keep the search it was found by."""

    def __init__(self, title_id: int, pairs: Pairs, *, for_staff: bool = False) -> None:
        """Take the title and what the search's address says; staff see what is overbooked."""
        self._title_id = title_id
        self._pairs = pairs
        self._for_staff = for_staff

    def day(self, found: Availability, day: date) -> FreeDay:
        """Return one day; what lies before today or beyond what was looked at is shut."""
        if day < found.days.today or day > found.period.last:
            return FreeDay(day, 0, found.capacity, open=False)
        return free_day(found, day, for_staff=self._for_staff)

    def to_month(self, first: date) -> str:
        """Return the page with another month."""
        return self._address(self._pairs, first, CALENDAR)

    def choosing(self, day: date, shown: date, wish: Period | None) -> str:
        """Return the page with a day chosen: the end, if only a start is; else a new start."""
        if wish is not None and wish.days == 1 and day > wish.first:
            return self._address(with_period(self._pairs, Period(wish.first, day)), shown, RESERVE)
        return self._address(with_period(self._pairs, Period(day, day)), shown, CALENDAR)

    def _address(self, pairs: Pairs, shown: date, anchor: str) -> str:
        asked = [*pairs, ("month", f"{shown:%Y-%m}")]
        return title_address(self._title_id, asked, anchor=anchor)
