"""How free days are drawn: the strip of four weeks and the table of a month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from babel.dates import get_day_names
from flask_babel import get_locale
from flask_babel import gettext as _

from app.dates import day as day_words
from schools.rules.periods import Period

STRIP_DAYS = 28
DAYS_A_WEEK = 7
DAY_PITCH = 10
WEEK_GAP = 4
BAR_WIDTH = 8
WISH_MARGIN = 2.5
SCARCE_SHARE = 4
"""Scarce: at most one in four is free, or only the last of several."""


class Mark(IntEnum):
    """What a day shows: the number is the class of bar (a0-a3) and cell (c0-c3)."""

    CLOSED = 0
    FULL = 1
    SCARCE = 2
    FREE = 3


@dataclass(frozen=True, slots=True)
class FreeDay:
    """What is free on a day, as `loans` computed it.

    Attributes:
        day: the day.
        free: copies, at least 0.
        capacity: copies there would be with nothing committed.
        open: False where the day can be neither start nor end.
        lacking: how many too few there are, where overbooked; staff alone are told.
    """

    day: date
    free: int
    capacity: int
    open: bool = True
    lacking: int = 0

    def mark(self, wanted: int = 1) -> Mark:
        """Return what the day shows to someone who wants so many."""
        if not self.open:
            return Mark.CLOSED
        if self.free < max(wanted, 1):
            return Mark.FULL
        last_of_several = self.free == 1 and self.capacity > 1
        scarce = last_of_several or self.free * SCARCE_SHARE <= self.capacity
        return Mark.SCARCE if scarce else Mark.FREE


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the strip, in units of the drawing."""

    x: int
    y: int
    width: int
    height: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Strip:
    """The drawing of four weeks; `words` say the same to those who cannot see it."""

    bars: tuple[Bar, ...]
    weeks: tuple[tuple[int, str], ...]
    wish: tuple[float, float] | None
    words: str


def strip(days: Sequence[FreeDay], wish: Period | None = None, wanted: int = 1) -> Strip:
    """Return the drawing of the first 28 of `days`, which follow each other without gap."""
    return drawing(days[0].day, [each.mark(wanted) for each in days[:STRIP_DAYS]], wish)


def drawing(first: date, marks: Sequence[Mark], wish: Period | None = None) -> Strip:
    """Return the drawing of days from `first` on that show `marks`."""
    days = [first + timedelta(days=place) for place in range(len(marks))]
    bars = tuple(_bar(place, mark) for place, mark in enumerate(marks))
    weeks = tuple(
        (_x(place), day_words(days[place], "short")) for place in range(0, len(days), DAYS_A_WEEK)
    )
    return Strip(bars, weeks, _wish(days, wish), _words(first, marks))


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the month's table; `address` is empty where nothing can be chosen."""

    day: FreeDay
    mark: Mark
    chosen: bool
    address: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday; None stands for days of other months."""

    first: date
    capacity: int
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[Cell | None, ...], ...]

    @property
    def previous(self) -> date:
        """The first day of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        """The first day of the month after."""
        return (self.first + timedelta(days=31)).replace(day=1)


def month(
    days: Sequence[FreeDay],
    address: Callable[[date], str],
    wish: Period | None = None,
    wanted: int = 1,
) -> Month:
    """Return the table of the month that `days` are; every day of it, from the first.

    Args:
        days: all days of one month.
        address: where choosing a day leads.
        wish: the period chosen so far.
        wanted: how many copies are wished for.
    """
    cells: list[Cell | None] = [None] * days[0].day.weekday()
    for each in days:
        mark = each.mark(wanted)
        chosen = wish is not None and wish.first <= each.day <= wish.last
        bookable = mark in {Mark.SCARCE, Mark.FREE}
        cells.append(Cell(each, mark, chosen, address(each.day) if bookable else ""))
    cells += [None] * (-len(cells) % DAYS_A_WEEK)
    weeks = tuple(tuple(cells[at : at + DAYS_A_WEEK]) for at in range(0, len(cells), DAYS_A_WEEK))
    return Month(days[0].day, max(each.capacity for each in days), _weekdays(), weeks)


def _weekdays() -> tuple[tuple[str, str], ...]:
    locale = get_locale() or "de"
    short = get_day_names("short", locale=locale)
    wide = get_day_names("wide", locale=locale)
    return tuple((short[number].rstrip("."), wide[number]) for number in range(DAYS_A_WEEK))


def _x(place: int) -> int:
    return place * DAY_PITCH + place // DAYS_A_WEEK * WEEK_GAP


def _bar(place: int, mark: Mark) -> Bar:
    if mark is Mark.CLOSED:
        return Bar(_x(place) + 3, 21, 2, 2, mark)
    top = {Mark.FREE: 3, Mark.SCARCE: 12, Mark.FULL: 19}[mark]
    return Bar(_x(place), top, BAR_WIDTH, 23 - top, mark)


def _wish(days: Sequence[date], wish: Period | None) -> tuple[float, float] | None:
    places = [place for place, day in enumerate(days) if wish is not None and wish.contains(day)]
    if not places:
        return None
    left = _x(places[0]) - WISH_MARGIN
    return left, _x(places[-1]) + BAR_WIDTH + WISH_MARGIN - left


def _words(first: date, marks: Sequence[Mark]) -> str:
    return str(
        _(
            "%(days)s days from %(first)s: free on %(free)s, scarce on %(scarce)s, "
            "fully booked on %(full)s, closed on %(closed)s",
            days=len(marks),
            first=day_words(first, "short"),
            free=marks.count(Mark.FREE),
            scarce=marks.count(Mark.SCARCE),
            full=marks.count(Mark.FULL),
            closed=marks.count(Mark.CLOSED),
        )
    )
