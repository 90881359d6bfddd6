"""Availability: one function for hit list, calendar, booking form, basket, desk and API.

The store hands over, for a set of holdings at one place, their capacity and commitments; one
sweep over differences answers for every day, whatever the number of commitments.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from loans.errors import Fact, Refused
from loans.rules.booking_days import NO_RULES, BookingDays, BookingRules, Place
from loans.rules.calendar import OpeningCalendar
from loans.rules.codes import DayReason, Refusal
from loans.rules.commitments import (
    Commitment,
    Ignoring,
    Margins,
    nothing,
    occupied,
    touching,
)
from schools.rules.periods import Period

UNNAMED = 0
"""Stands for a copy's id where staff promised more than there are copies to name."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A holding, as the store knows it; of a numbered copy booked by itself, that copy alone.

    Attributes:
        holding_id: of the holding.
        capacity: lendable copies (Lending 4.2).
        commitments: at least all that can touch the days asked about, see `asked_of_store`.
        rules: what terms and licence say for the borrower.
        copies: of a holding that is booked by number its copies, each by itself, and what is
            `UNNAMED`; the holding's own capacity and commitments are then left out.
    """

    holding_id: int
    capacity: int
    commitments: tuple[Commitment, ...] = ()
    rules: BookingRules = NO_RULES
    copies: tuple["Stock", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """So many copies for a period.

    Attributes:
        period: the borrower's own days.
        quantity: at least 1.
        keeps_first: an edit that leaves the first day as it was: it is not judged again.
        keeps_last: the same of the last day, but for what a new first day asks of it;
            shortening is always allowed too.
    """

    period: Period
    quantity: int = 1
    keeps_first: bool = False
    keeps_last: bool = False


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a holding, for calendars.

    Attributes:
        day: the day.
        capacity: lendable copies.
        committed: copies away.
        free: what is left, signed: below 0 where staff have overbooked.
        start_reasons: why nothing can start that day.
        end_reasons: why nothing can end that day, whatever its start.
    """

    day: date
    capacity: int
    committed: int
    free: int
    start_reasons: tuple[DayReason, ...]
    end_reasons: tuple[DayReason, ...]

    @property
    def shown(self) -> int:
        """Free copies as borrowers see them."""
        return max(0, self.free)


@dataclass(frozen=True, slots=True, eq=False)
class Availability:
    """What is free of one holding on each day of a period.

    Attributes:
        holding_id: of the holding.
        capacity: lendable copies.
        period: the days asked about.
        swept: the same, widened by the holding's own margins.
        committed: copies away on each day of `swept`.
        days: where bookings may start and end.
        margins: of a wish for this holding at this place.
        copies: of a holding that is booked by number what is free of each copy by itself: none
            takes another's place within a period.
    """

    holding_id: int
    capacity: int
    period: Period
    swept: Period
    committed: tuple[int, ...]
    days: BookingDays
    margins: Margins
    copies: tuple["Availability", ...] = ()

    def free_on(self, day: date) -> int:
        """Return how many are free on a day of `swept`, signed."""
        return self.capacity - self.committed[(day - self.swept.first).days]

    def lacking_on(self, day: date) -> int:
        """Return how many too few there are on a day of `swept`, at least 0.

        Source:
            docs/rules.md, Lending 4.4: shown until solved; 3.3: a copy that is free does not
            make up for one that is promised twice.
        """
        if self.copies:
            return sum(each.lacking_on(day) for each in self.copies)
        return max(0, -self.free_on(day))

    def free_in(self, period: Period) -> int:
        """Return how many are free on every day of a part of `swept`, signed.

        Source:
            docs/rules.md, Lending 4.4: the minimum over the days; 3.3: of copies booked by number
            those that are free on all of them.
        """
        if self.copies:
            return sum(each.free_in(period) > 0 for each in self.copies)
        first, last = self._place_of(period.first), self._place_of(period.last)
        return self.capacity - max(self.committed[first : last + 1])

    def free_for(self, period: Period) -> int:
        """Return how many a wish for a part of `period` could have, signed.

        The wish is widened by its own service and courier days; days before today are left
        out. A wish wholly in the past could have all there are.

        Source:
            docs/rules.md, Lending 4.4.
        """
        needed = self.margins.around(period, self.days.place.days.calendar)
        if needed.last < self.days.today:
            return self.capacity
        return self.free_in(Period(max(needed.first, self.days.today), needed.last))

    def views(self) -> Iterator[DayView]:
        """Go through the days asked about, with numbers and reasons."""
        for day in self.period:
            free = self.free_on(day)
            yield DayView(
                day,
                self.capacity,
                self.capacity - free,
                free,
                self.days.start_reasons(day),
                self.days.end_reasons(day),
            )

    def _place_of(self, day: date) -> int:
        if not self.swept.contains(day):
            raise ValueError(f"{day} lies outside the days that were swept")
        return (day - self.swept.first).days


def availability(
    stocks: Iterable[Stock],
    place: Place,
    period: Period,
    *,
    today: date,
    ignoring: Ignoring = nothing,
) -> dict[int, Availability]:
    """Return for each holding what is free on each day of a period.

    Args:
        stocks: holdings with their commitments.
        place: where they are handed over; its calendar counts a wish's service and courier days,
            and those of commitments without a calendar of their own.
        period: the days of interest. It may begin in the past and be of any length.
        today: overdue loans roll with it, and no wish looks behind it.
        ignoring: which commitments to leave out, as `commitments.of_booking(7)`.

    Returns:
        By `holding_id`, in the order given.

    Source:
        docs/rules.md, Lending 4.1 to 4.6.
    """
    by_rules: dict[BookingRules, BookingDays] = {}
    result: dict[int, Availability] = {}
    for stock in stocks:
        days = by_rules.setdefault(stock.rules, BookingDays(place, stock.rules, today))
        margins = place.margins(stock.rules)
        asked = _Asked(period, margins.around(period, place.days.calendar), days, ignoring)
        result[stock.holding_id] = _found(stock, asked, margins)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    period: Period
    swept: Period
    days: BookingDays
    ignoring: Ignoring


def of_copies(holding_id: int, copies: tuple[Availability, ...]) -> Availability:
    """Return what is free of copies that are booked by number, seen from one place.

    On a day on which none is free, those that are promised twice count below 0.

    Args:
        holding_id: theirs.
        copies: what is free of each; at least one.

    Source:
        docs/rules.md, Lending 3.3.
    """
    capacity = sum(each.capacity for each in copies)
    free, lacking = [0] * copies[0].swept.days, [0] * copies[0].swept.days
    for each in copies:
        for place, away in enumerate(each.committed):
            free[place] += max(0, each.capacity - away)
            lacking[place] += max(0, away - each.capacity)
    left = (some or -few for some, few in zip(free, lacking, strict=True))
    committed = tuple(capacity - each for each in left)
    return replace(
        copies[0], holding_id=holding_id, capacity=capacity, committed=committed, copies=copies
    )


def _found(stock: Stock, asked: _Asked, margins: Margins) -> Availability:
    if stock.copies:
        copies = tuple(_found(each, asked, margins) for each in stock.copies)
        return of_copies(stock.holding_id, copies)
    return Availability(
        holding_id=stock.holding_id,
        capacity=stock.capacity,
        period=asked.period,
        swept=asked.swept,
        committed=_committed(stock, asked),
        days=asked.days,
        margins=margins,
    )


def _committed(stock: Stock, asked: _Asked) -> tuple[int, ...]:
    counted = (each for each in stock.commitments if not asked.ignoring(each))
    return _sweep(counted, asked.swept, asked.days)


def check_wish(found: Availability, wish: Wish) -> tuple[Refused, ...]:
    """Return everything that stands against a wish; empty if it can be had.

    Args:
        found: availability over at least the wish's period.
        wish: what is wanted.

    Returns:
        The reasons of the first day, of the last day, then `NOT_FREE` with how many are free.

    Source:
        docs/rules.md, Lending 4.4 and 4.5.
    """
    refused = list(_day_refusals(found.days, wish))
    free = found.free_for(wish.period)
    if free < wish.quantity:
        facts: dict[str, Fact] = {"free": max(0, free), "wanted": wish.quantity}
        refused.append(Refused(Refusal.NOT_FREE, facts))
    return tuple(refused)


def asked_of_store(period: Period, widest: Margins, calendar: OpeningCalendar) -> Period:
    """Return bounds for the query behind `availability` over `period`.

    Commitments with a first day after the returned period, or a last day before it, cannot
    matter. Overdue loans and received copies always matter and are asked for apart.

    Args:
        period: the days that will be asked about.
        widest: the greatest of each margin among the holdings' rules and the commitments.
        calendar: of the place.

    Source:
        docs/rules.md, Lending 4.6.
    """
    return touching(widest.around(period, calendar), widest, calendar)


def _sweep(commitments: Iterable[Commitment], swept: Period, days: BookingDays) -> tuple[int, ...]:
    """Add up copies away by day: one change where each commitment begins, one after it ends."""
    calendar, today = days.place.days.calendar, days.today
    changes = [0] * (swept.days + 1)
    base, length = swept.first.toordinal(), swept.days
    for commitment in commitments:
        away = occupied(commitment, calendar, today)
        if away is None or not away.overlaps(swept):
            continue
        changes[max(0, away.first.toordinal() - base)] += commitment.copies
        changes[min(length, away.last.toordinal() - base + 1)] -= commitment.copies
    return tuple(accumulate(changes[:-1]))


def _day_refusals(days: BookingDays, wish: Wish) -> Iterator[Refused]:
    first, last = wish.period.first, wish.period.last
    start = () if wish.keeps_first else days.start_reasons(first)
    end = days.end_reasons(last, first)
    if wish.keeps_last:  # a new first day may make it too long all the same
        alone = days.end_reasons(last)
        end = () if wish.keeps_first else tuple(each for each in end if each not in alone)
    for reason in start:
        yield days.refused(reason, first, first)
    for reason in end:
        if first != last or reason not in start:
            yield days.refused(reason, last, first)
