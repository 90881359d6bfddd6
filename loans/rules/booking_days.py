"""On which days a booking may start and end at a place, and every reason why not."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from loans.errors import Fact, NoOpenDayError, Refused
from loans.rules.calendar import SEARCH_DAYS, DayKind
from loans.rules.codes import DayReason, may_override
from loans.rules.commitments import Margins, processed_days
from loans.rules.due_dates import Days, LoanPeriod, uncapped_due_date
from loans.rules.terms import UNLIMITED, Terms
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Right

LONGEST_BOOKING_DAYS = 92
"""Of a dated booking. Source: docs/rules.md, Lending 4.6."""


@dataclass(frozen=True, slots=True)
class BookingRules:
    """What the terms and the licence say about bookings of one holding by one borrower.

    Attributes:
        service_before: open days of preparation.
        service_after: open days of looking over.
        lead_time: processed days before the first possible start.
        horizon: calendar days from today; both ends must lie within.
        longest: as long as a loan from the first day would last; None without limit but 92 days.
        licensed: stretches of days with a licence, in order; None where none sets bounds.
    """

    service_before: int = 0
    service_after: int = 0
    lead_time: int = 0
    horizon: int = UNLIMITED
    longest: LoanPeriod | None = None
    licensed: tuple[Period, ...] | None = None


NO_RULES = BookingRules()
"""Nothing is asked of a booking but open days and 92 days at most."""


def booking_rules(terms: Terms, licensed: tuple[Period, ...] | None = None) -> BookingRules:
    """Return the part of the terms that bookings look at, with the days of the licences."""
    return BookingRules(
        service_before=terms.service_days_before,
        service_after=terms.service_days_after,
        lead_time=terms.lead_time,
        horizon=terms.booking_horizon,
        longest=terms.period,
        licensed=licensed,
    )


def may_overrule(refusals: Iterable[Refused], period: Period, rights: frozenset[Right]) -> bool:
    """Say whether somebody with these rights may book those days against every refusal.

    No right makes a booking longer than any may be: availability relies on that.

    Source:
        docs/rules.md, Lending 4.4 and 4.6.
    """
    return period.days <= LONGEST_BOOKING_DAYS and may_override(refusals, rights)


@dataclass(frozen=True, slots=True)
class Tours:
    """Days on which the courier serves a place; tours past their cut-off are left out.

    Source:
        docs/rules.md, Lending 11.1.
    """

    arrivals: Container[date]
    departures: Container[date]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a booking is handed over, and by whose calendar.

    Attributes:
        days: the calendar of the branch, with the movable days of the borrower's school.
        courier_before: processed days; 0 at a counter.
        courier_after: processed days; 0 at a counter.
        tours: None where no courier runs, or every day.
        visits: pick-ups and returns already booked by day, one for each booking.
        visits_a_day: how many there may be; None without limit.
    """

    days: Days
    courier_before: int = 0
    courier_after: int = 0
    tours: Tours | None = None
    visits: Mapping[date, int] = field(default_factory=dict)
    visits_a_day: int | None = None

    def margins(self, rules: BookingRules) -> Margins:
        """Return the days away before and after a booking here under those rules."""
        return Margins(
            service_before=rules.service_before,
            courier_before=self.courier_before,
            courier_after=self.courier_after,
            service_after=rules.service_after,
        )


@dataclass(frozen=True, slots=True, eq=False)
class BookingDays:
    """The days of one place under one set of rules, as seen on one day; remembers its answers.

    Source:
        docs/rules.md, Lending 4.5.
    """

    place: Place
    rules: BookingRules
    today: date
    _starts: dict[date, tuple[DayReason, ...]] = field(default_factory=dict, init=False)
    _ends: dict[date, tuple[DayReason, ...]] = field(default_factory=dict, init=False)

    def start_reasons(self, day: date) -> tuple[DayReason, ...]:
        """Return every reason why no booking can start on `day`; empty if one can."""
        if day not in self._starts:
            self._starts[day] = tuple(self._reasons(day, delivers=self._is_reached(day)))
        return self._starts[day]

    def end_reasons(self, day: date, first: date | None = None) -> tuple[DayReason, ...]:
        """Return every reason why no booking can end on `day`; empty if one can.

        Args:
            day: the last day.
            first: where the booking starts, if that is known: then it may be too long, or
                reach over days without a licence.
        """
        if day not in self._ends:
            self._ends[day] = tuple(self._reasons(day, delivers=self._is_left(day)))
        reasons = self._ends[day]
        if first is None:
            return reasons
        if DayReason.LICENCE_ENDED not in reasons and self._licence_ends(first, day):
            reasons = (*reasons, DayReason.LICENCE_ENDED)
        if day > self.latest_end(first):
            reasons = (*reasons, DayReason.TOO_LONG)
        return reasons

    def earliest_start(self) -> date:
        """Return the first day that leaves time to prepare and to drive.

        Source:
            docs/rules.md, Lending 4.5: lead time or courier days, the larger, processed days.
        """
        ahead = max(self.rules.lead_time, self.place.courier_before)
        return processed_days(self.place.days.calendar, self.today, ahead)

    def latest_day(self) -> date:
        """Return the last day within the horizon."""
        return self.today + timedelta(days=self.rules.horizon)

    def latest_end(self, first: date) -> date:
        """Return the last day on which a booking that starts on `first` may end.

        Source:
            docs/rules.md, Lending 4.5 and 4.6: the due date without caps; at most 92 days.
        """
        longest = first + timedelta(days=LONGEST_BOOKING_DAYS - 1)
        if self.rules.longest is None:
            return longest
        try:
            return min(longest, uncapped_due_date(first, self.rules.longest, self.place.days))
        except NoOpenDayError:
            return longest

    def refused(self, reason: DayReason, day: date, first: date) -> Refused:
        """Return a day's reason with what its sentence needs; `first` is the booking's start."""
        facts: dict[str, Fact] = {"day": day}
        match reason:
            case DayReason.CLOSED | DayReason.HOLIDAY:
                facts["reason"] = self.place.days.calendar.day(day).name
            case DayReason.LEAD_TIME:
                facts["from_day"] = self._soonest_start()
            case DayReason.HORIZON:
                facts["until"] = self.latest_day()
            case DayReason.TOO_LONG:
                facts["until"] = self.latest_end(first)
            case DayReason.LICENCE_ENDED:
                facts |= self._nearest_licence(first, day)
        return Refused(reason, facts)

    def _soonest_start(self) -> date:
        """Return the first day on which a booking can start, as far as one is looked for."""
        earliest = self.earliest_start()
        days = Period(earliest, earliest + timedelta(days=SEARCH_DAYS))
        return next((day for day in days if not self.start_reasons(day)), earliest)

    def _reasons(self, day: date, *, delivers: bool) -> Iterator[DayReason]:
        yield from self._closed_reasons(day)
        yield from self._distance_reasons(day)
        most = self.place.visits_a_day
        if most is not None and self.place.visits.get(day, 0) >= most:
            yield DayReason.VISITS_FULL
        if not delivers:
            yield DayReason.COURIER_NOT_RUNNING
        if not self._is_licensed(day):
            yield DayReason.LICENCE_ENDED

    def _closed_reasons(self, day: date) -> Iterator[DayReason]:
        found = self.place.days.calendar.day(day)
        if found.kind is DayKind.PUBLIC_HOLIDAY:
            yield DayReason.HOLIDAY
        elif not found.is_open:
            yield DayReason.CLOSED

    def _distance_reasons(self, day: date) -> Iterator[DayReason]:
        if day < self.today:
            yield DayReason.PAST
        elif day < self.earliest_start():
            yield DayReason.LEAD_TIME
        if day > self.latest_day():
            yield DayReason.HORIZON

    def _is_licensed(self, day: date) -> bool:
        licensed = self.rules.licensed
        return licensed is None or any(stretch.contains(day) for stretch in licensed)

    def _licence_ends(self, first: date, last: date) -> bool:
        """Say whether the licence of the first day, if it has one, ends before the last.

        Source:
            docs/rules.md, Lending 2.5.
        """
        licensed = self.rules.licensed or ()
        return any(each.contains(first) and last > each.last for each in licensed)

    def _nearest_licence(self, first: date, day: date) -> dict[str, Fact]:
        """Return the end of the licence that a booking from `first` cannot outlast by `day`.

        That of the first day, else of the last one that ended before, else when one begins.
        """
        licensed = self.rules.licensed or ()
        ends = [each for each in licensed if each.last < day]
        own = [each.last for each in ends if each.contains(first)]
        if ends:
            return {"until": next(iter(own), max(each.last for each in ends))}
        begins = [each.first for each in licensed if each.first > day]
        return {"from_day": min(begins)} if begins else {}

    def _is_reached(self, day: date) -> bool:
        """Say whether a tour arrives in time for `day`: that early, or on the day itself."""
        tours = self.place.tours
        if tours is None:
            return True
        calendar = self.place.days.calendar
        from_day = processed_days(calendar, day, -self.place.courier_before)
        return any(arrival in tours.arrivals for arrival in Period(from_day, day))

    def _is_left(self, day: date) -> bool:
        """Say whether a tour fetches what was used until `day`."""
        tours = self.place.tours
        if tours is None:
            return True
        until = processed_days(self.place.days.calendar, day, self.place.courier_after)
        if until <= day:
            return False
        return any(departure in tours.departures for departure in Period(day + ONE_DAY, until))
