"""When the courier drives a route, and which of its tours brings a booking and fetches it."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loans.errors import NoOpenDayError
from loans.rules.booking_days import Tours
from loans.rules.calendar import SEARCH_DAYS, OpeningCalendar
from loans.rules.commitments import processed_days
from schools.rules.periods import ONE_DAY, Period

HOUSE_TIME = ZoneInfo("Europe/Berlin")
"""Cut-offs are times of day at the centre. Source: docs/rules.md, Lending 1.1."""

LAST_WEEKDAY = 6


@dataclass(frozen=True, slots=True, eq=False)
class RouteTimes:
    """When a route is driven.

    Attributes:
        weekdays: Monday 0 to Sunday 6.
        cut_off: local time of the open day before a tour, from which on nothing joins it.
        calendar: of the branch it starts from.
        active: False while nobody drives it.
    """

    weekdays: frozenset[int]
    cut_off: time
    calendar: OpeningCalendar
    active: bool = True

    def runs_on(self, day: date) -> bool:
        """Say whether a tour runs on `day`: a weekday of the route on which orders are processed.

        Source:
            docs/rules.md, Lending 11.1 and 1.2.
        """
        driven = self.active and day.weekday() in self.weekdays
        return driven and self.calendar.is_processed(day)

    def closes_at(self, day: date) -> datetime | None:
        """Return the instant from which on nothing more joins the tour of `day`.

        Returns:
            None if no open day lies within 366 days before: then nothing ever joins it.

        Source:
            docs/rules.md, Lending 11.1: noon of the previous open day.
        """
        try:
            before = self.calendar.previous_open_day(day - ONE_DAY)
        except NoOpenDayError:
            return None
        return datetime.combine(before, self.cut_off, HOUSE_TIME)

    def is_open(self, day: date, now: datetime) -> bool:
        """Say whether the cut-off of the tour of `day` lies ahead of an aware instant."""
        closes = self.closes_at(day)
        return closes is not None and now < closes

    def last_run(self, days: Period) -> date | None:
        """Return the latest day of a period on which a tour runs."""
        backwards = (days.last - timedelta(days=gone) for gone in range(days.days))
        return next((day for day in backwards if self.runs_on(day)), None)

    def first_run(self, days: Period) -> date | None:
        """Return the earliest day of a period on which a tour runs."""
        return next(self.runs(days), None)

    def runs(self, days: Period) -> Iterator[date]:
        """Go through the days of a period on which a tour runs."""
        return (day for day in days if self.runs_on(day))


@dataclass(frozen=True, slots=True)
class CourierDays:
    """How many processed days a delivery may lie before its first day and after its last."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which tours bring and fetch what is booked for a period.

    Attributes:
        brought_on: the day of the tour that brings it; None if none arrives in time.
        fetched_on: the day of the tour that fetches it; None if none leaves soon enough.
        closes_at: until when the booking can still be changed; None without a tour.
    """

    brought_on: date | None
    fetched_on: date | None
    closes_at: datetime | None


def tours_of(route: RouteTimes, now: datetime) -> Tours:
    """Return the days on which a route serves its stops, as availability asks for them.

    Source:
        docs/rules.md, Lending 11.1.
    """
    return Tours(arrivals=_Runs(route, now), departures=_Runs(route))


def delivery(
    route: RouteTimes, period: Period, courier: CourierDays, calendar: OpeningCalendar
) -> Delivery:
    """Return which tours bring and fetch a booking of a period.

    Args:
        route: of the place.
        period: the borrower's own days.
        courier: of the place.
        calendar: of the place; it counts the courier days.

    Source:
        docs/rules.md, Lending 11.1: the last tour that arrives on or before the first day, the
        first after the last day.
    """
    since = processed_days(calendar, period.first, -courier.before)
    until = processed_days(calendar, period.last, courier.after)
    brought_on = route.last_run(Period(since, period.first))
    after = period.last + ONE_DAY
    return Delivery(
        brought_on=brought_on,
        fetched_on=route.first_run(Period(after, until)) if until >= after else None,
        closes_at=None if brought_on is None else route.closes_at(brought_on),
    )


def goes_on(route: RouteTimes, first: date, earliest: date) -> date | None:
    """Return the day of the tour that takes an open booking along, packed too late or not.

    Args:
        route: of its place.
        first: its first day.
        earliest: the first day whose tour can still be packed.

    Returns:
        The last tour on or before its first day; where that has left without it, the next that
        can still be packed; None if none runs within a year.

    Source:
        docs/rules.md, Lending 11.1.
    """
    year = timedelta(days=SEARCH_DAYS)
    planned = route.last_run(Period(first - year, first))
    if planned is not None and planned >= earliest:
        return planned
    return route.first_run(Period(earliest, earliest + year))


def weekdays_of(wished: Container[int]) -> list[int]:
    """Return the weekdays among those wished, Monday first."""
    return [day for day in range(LAST_WEEKDAY + 1) if day in wished]


@dataclass(frozen=True, slots=True, eq=False)
class _Runs(Container[date]):
    """The days a route runs, without ever listing them; with an instant, those still to join."""

    route: RouteTimes
    now: datetime | None = None

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date) or not self.route.runs_on(day):
            return False
        return self.now is None or self.route.is_open(day, self.now)
