"""For which day a booking is taken off the shelf, and what goes back onto it."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loans.rules.booking_states import COMMITTING, BookingState
from loans.rules.calendar import OpeningCalendar
from loans.rules.commitments import processed_days
from loans.rules.tours import RouteTimes, goes_on

DIGITS = re.compile(r"(\d+)")


class PickNote(StrEnum):
    """What came of scanning a copy at the shelf."""

    PICKED = "picked"
    AGAIN = "again"
    """It is picked already."""
    PUT_BACK = "put_back"
    """It had been picked for what is no longer wanted, and lies on its shelf again."""
    ENOUGH = "enough"
    """As many as booked are picked already."""
    NOT_WANTED = "not_wanted"
    """Nothing on this list asks for it."""
    REFUSED = "refused"
    """It cannot be lent."""


class PutBack(StrEnum):
    """Why a picked copy goes back onto its shelf."""

    GONE = "gone"
    """Its booking was cancelled, or is over."""
    LATER = "later"
    """Its booking begins later than when it was picked."""
    TOO_MANY = "too_many"
    """Fewer are booked by now."""
    NOT_LENT = "not_lent"
    """The copy itself is not lent any more."""
    ELSEWHERE = "elsewhere"
    """Its booking is fetched at another branch than that where it lies."""


@dataclass(frozen=True, slots=True)
class PickCase:
    """A picked copy with its booking as both are now.

    Attributes:
        state: of the booking.
        first: the booking's first day now.
        last: its last day.
        picked_first: its first day when the copy was picked.
        wanted: copies of the line that are not handed out.
        before: copies picked for the line before this one.
        is_lent: the copy is available and not kept back.
        elsewhere: it lies at another branch than the booking is fetched at.
    """

    state: BookingState
    first: date
    last: date
    picked_first: date
    wanted: int
    before: int
    is_lent: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class WayOut:
    """How what is booked at a place leaves the house.

    Attributes:
        calendar: of the place.
        route: that stops there; None at a counter, and at a courier's place without a route.
        courier_before: processed days; 0 at a counter.
    """

    calendar: OpeningCalendar
    route: RouteTimes | None = None
    courier_before: int = 0


def prepared_on(way: WayOut, first: date, earliest: date) -> date:
    """Return the day for which a booking is prepared.

    At a counter its first day; on a route the day of the tour that takes it along; elsewhere, and
    where no tour runs, as many processed days ahead as the courier needs: so nothing is lost.

    Args:
        way: out of the house.
        first: the booking's first day.
        earliest: the first day whose tour can still be packed.

    Source:
        docs/rules.md, Lending 11.1 and 11.2.
    """
    tour = None if way.route is None else goes_on(way.route, first, earliest)
    return tour or processed_days(way.calendar, first, -way.courier_before)


def shelf_order(mark: str) -> tuple[tuple[int, int, str], ...]:
    """Return what sorts shelf marks as shelves stand: numbers by value, what has no mark last.

    "A 2" stands before "A 10".

    Source:
        docs/rules.md, Lending 11.2: a pick list by shelf.
    """
    if not mark:
        return ((2, 0, ""),)
    parts = (part for part in DIGITS.split(mark.casefold()) if part)
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.strip()) for part in parts
    )


def put_back(case: PickCase, today: date) -> PutBack | None:
    """Return why a picked copy goes back onto its shelf; None while it waits for its booking.

    Source:
        docs/rules.md, Lending 5.1 and 5.3: what is cancelled, moved or reduced.
    """
    if case.state not in COMMITTING or case.last < today:
        return PutBack.GONE
    if not case.is_lent:
        return PutBack.NOT_LENT
    if case.elsewhere:
        return PutBack.ELSEWHERE
    if case.before >= case.wanted:
        return PutBack.TOO_MANY
    return PutBack.LATER if case.first > case.picked_first else None
