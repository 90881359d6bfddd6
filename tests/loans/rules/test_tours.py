"""On which days a route is driven, which tour brings and fetches what, and until when."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.availability import Stock, Wish, availability, check_wish
from loans.rules.booking_days import BookingDays, BookingRules, Place
from loans.rules.calendar import Closure, NamedDay, OpeningCalendar
from loans.rules.codes import DayReason
from loans.rules.due_dates import Days
from loans.rules.tours import (
    HOUSE_TIME,
    CourierDays,
    RouteTimes,
    delivery,
    goes_on,
    tours_of,
    weekdays_of,
)
from schools.rules.periods import Period
from tests.make import MONDAY

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
NEXT_MONDAY = MONDAY + timedelta(days=7)
WEEKDAYS = OpeningCalendar()
NORTH = RouteTimes(frozenset({1, 3}), time(12), WEEKDAYS)
"""Tuesdays and Thursdays, from a branch that is open Monday to Friday."""

ONE_DAY = CourierDays(1, 1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), HOUSE_TIME)


def closed(day: date, *, processed: bool = False) -> OpeningCalendar:
    return replace(WEEKDAYS, closures=(Closure("Inventur", day, day, processed=processed),))


def place(route: RouteTimes, now: datetime, courier: int = 1) -> Place:
    return Place(
        Days(route.calendar),
        courier_before=courier,
        courier_after=courier,
        tours=tours_of(route, now),
    )


@pytest.mark.lending("11.1")
@pytest.mark.parametrize(
    ("route", "runs"),
    [
        pytest.param(NORTH, True, id="its weekday"),
        pytest.param(replace(NORTH, weekdays=frozenset({0})), False, id="another weekday"),
        pytest.param(replace(NORTH, active=False), False, id="nobody drives it"),
        pytest.param(replace(NORTH, calendar=closed(TUESDAY)), False, id="the branch is closed"),
        pytest.param(
            replace(NORTH, calendar=closed(TUESDAY, processed=True)),
            True,
            id="closed to visitors, but orders are processed",
        ),
    ],
)
def test_a_tour_runs_on_the_routes_weekdays_that_are_processed(
    route: RouteTimes, *, runs: bool
) -> None:
    assert route.runs_on(TUESDAY) is runs


@pytest.mark.lending("11.1")
@pytest.mark.parametrize(
    ("calendar", "day", "closes"),
    [
        pytest.param(WEEKDAYS, TUESDAY, at(MONDAY, 12), id="the day before"),
        pytest.param(WEEKDAYS, NEXT_MONDAY, at(FRIDAY, 12), id="before the weekend"),
        pytest.param(closed(WEDNESDAY), THURSDAY, at(TUESDAY, 12), id="before a closed day"),
        pytest.param(
            closed(WEDNESDAY, processed=True),
            THURSDAY,
            at(TUESDAY, 12),
            id="before a day on which nobody can come",
        ),
    ],
)
def test_the_cut_off_is_noon_of_the_open_day_before(
    calendar: OpeningCalendar, day: date, closes: datetime
) -> None:
    route = replace(NORTH, calendar=calendar)
    assert route.closes_at(day) == closes
    assert route.is_open(day, closes - timedelta(microseconds=1))
    assert not route.is_open(day, closes)


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        pytest.param(
            date(2027, 3, 30), datetime(2027, 3, 29, 10, tzinfo=UTC), id="in summer time"
        ),
        pytest.param(date(2026, 10, 27), datetime(2026, 10, 26, 11, tzinfo=UTC), id="in winter"),
    ],
)
def test_noon_is_noon_at_the_centre_whatever_the_time_of_year(day: date, utc: datetime) -> None:
    assert NORTH.closes_at(day) == utc


def test_a_branch_that_never_opens_takes_nothing_along() -> None:
    never = replace(NORTH, calendar=OpeningCalendar(weekdays=frozenset()))
    assert never.closes_at(TUESDAY) is None
    assert not never.is_open(TUESDAY, at(MONDAY, 8))


@pytest.mark.lending("11.1", "4.5")
@pytest.mark.parametrize(
    ("day", "now", "expected"),
    [
        pytest.param(TUESDAY, at(MONDAY, 11), (), id="a tour on the day itself"),
        pytest.param(WEDNESDAY, at(MONDAY, 11), (), id="a tour the day before"),
        pytest.param(
            TUESDAY, at(MONDAY, 12), (DayReason.COURIER_NOT_RUNNING,), id="its cut-off is past"
        ),
        pytest.param(
            NEXT_MONDAY,
            at(MONDAY, 11),
            (DayReason.COURIER_NOT_RUNNING,),
            id="the last tour is two processed days before",
        ),
    ],
)
def test_a_booking_can_start_where_a_tour_arrives_in_time(
    day: date, now: datetime, expected: tuple[DayReason, ...]
) -> None:
    days = BookingDays(place(NORTH, now), BookingRules(), MONDAY)
    assert days.start_reasons(day) == expected


@pytest.mark.lending("11.1")
@pytest.mark.parametrize(
    ("last", "expected"),
    [
        pytest.param(WEDNESDAY, (), id="a tour the day after"),
        pytest.param(TUESDAY, (DayReason.COURIER_NOT_RUNNING,), id="none the day after"),
        pytest.param(FRIDAY, (DayReason.COURIER_NOT_RUNNING,), id="none on Monday"),
        pytest.param(MONDAY, (), id="past its cut-off a tour still fetches"),
    ],
)
def test_a_booking_can_end_where_a_tour_fetches_soon_enough(
    last: date, expected: tuple[DayReason, ...]
) -> None:
    stop = place(NORTH, at(MONDAY, 15), courier=1)
    days = BookingDays(replace_before(stop), BookingRules(), MONDAY)
    assert days.end_reasons(last) == expected


def replace_before(stop: Place) -> Place:
    """The same place without courier days before, so that today is not too soon."""
    return Place(stop.days, courier_before=0, courier_after=1, tours=stop.tours)


@pytest.mark.lending("11.1")
def test_the_last_tour_before_brings_and_the_first_one_after_fetches() -> None:
    found = delivery(NORTH, Period(THURSDAY, NEXT_MONDAY), ONE_DAY, WEEKDAYS)
    assert (found.brought_on, found.fetched_on) == (THURSDAY, NEXT_MONDAY + timedelta(days=1))
    assert found.closes_at == at(WEDNESDAY, 12)


@pytest.mark.parametrize(
    ("period", "brought", "fetched"),
    [
        pytest.param(Period(FRIDAY, FRIDAY), THURSDAY, None, id="nothing runs on Monday"),
        pytest.param(
            Period(NEXT_MONDAY, NEXT_MONDAY),
            None,
            NEXT_MONDAY + timedelta(days=1),
            id="nor before Monday",
        ),
    ],
)
def test_where_no_tour_fits_none_is_named(
    period: Period, brought: date | None, fetched: date | None
) -> None:
    found = delivery(NORTH, period, ONE_DAY, WEEKDAYS)
    assert (found.brought_on, found.fetched_on) == (brought, fetched)
    assert (found.closes_at is None) is (brought is None)


@pytest.mark.lending("11.1")
@pytest.mark.parametrize(
    ("first", "earliest", "day"),
    [
        pytest.param(WEDNESDAY, MONDAY, TUESDAY, id="the last before its first day"),
        pytest.param(THURSDAY, MONDAY, THURSDAY, id="on its first day"),
        pytest.param(WEDNESDAY, WEDNESDAY, THURSDAY, id="missed: the next that runs"),
        pytest.param(TUESDAY, FRIDAY, NEXT_MONDAY + timedelta(days=1), id="missed by days"),
    ],
)
def test_an_open_booking_goes_with_the_tour_that_can_still_be_packed(
    first: date, earliest: date, day: date
) -> None:
    assert goes_on(NORTH, first, earliest) == day


def test_a_route_nobody_drives_takes_nothing_along_ever() -> None:
    assert goes_on(replace(NORTH, active=False), TUESDAY, MONDAY) is None


def test_weekdays_stand_in_their_order() -> None:
    assert weekdays_of({3, 1, 9}) == [1, 3]


DAYS = st.integers(0, 60).map(lambda count: MONDAY + timedelta(days=count))
CALENDARS = st.builds(
    lambda weekdays, processed, holiday: OpeningCalendar(
        weekdays=frozenset(weekdays),
        processed_weekdays=frozenset(processed),
        public_holidays=(NamedDay(holiday, "Feiertag"),),
    ),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 6)),
    DAYS,
)
ROUTES = st.builds(
    RouteTimes,
    st.sets(st.integers(0, 6), min_size=1).map(frozenset),
    st.times(),
    CALENDARS,
    st.booleans(),
)
BUFFERS = st.integers(0, 3)
INSTANTS = st.builds(at, DAYS, st.integers(0, 23), st.integers(0, 59))


@pytest.mark.lending("11.1")
@given(ROUTES, INSTANTS, DAYS, st.integers(0, 6), st.tuples(BUFFERS, BUFFERS))
def test_a_period_is_open_to_the_courier_exactly_if_a_tour_brings_and_one_fetches_it(
    route: RouteTimes, now: datetime, first: date, length: int, courier: tuple[int, int]
) -> None:
    """What is refused is what the pages name no tour for, at both ends."""
    before, after = courier
    period = Period(first, first + timedelta(days=length))
    stop = Place(
        Days(route.calendar),
        courier_before=before,
        courier_after=after,
        tours=tours_of(route, now),
    )
    days = BookingDays(stop, BookingRules(), MONDAY)
    named = delivery(route, period, CourierDays(before, after), route.calendar)
    reached = DayReason.COURIER_NOT_RUNNING not in days.start_reasons(period.first)
    left = DayReason.COURIER_NOT_RUNNING not in days.end_reasons(period.last)
    in_time = named.brought_on is not None and route.is_open(named.brought_on, now)
    assert reached is in_time
    assert left is (named.fetched_on is not None)


@given(ROUTES, DAYS, st.integers(0, 6), st.integers(0, 3))
def test_the_tours_named_are_the_nearest_that_run(
    route: RouteTimes, first: date, length: int, courier: int
) -> None:
    period = Period(first, first + timedelta(days=length))
    found = delivery(route, period, CourierDays(courier, courier), route.calendar)
    if found.brought_on is not None:
        assert route.runs_on(found.brought_on)
        between = Period(found.brought_on, period.first)
        assert [day for day in between if route.runs_on(day)] == [found.brought_on]
    if found.fetched_on is not None:
        assert route.runs_on(found.fetched_on)
        assert found.fetched_on > period.last
        between = Period(period.last + timedelta(days=1), found.fetched_on)
        assert [day for day in between if route.runs_on(day)] == [found.fetched_on]


@given(ROUTES, INSTANTS, DAYS, st.integers(1, 3))
def test_what_is_displayed_of_the_courier_is_what_is_decided(
    route: RouteTimes, now: datetime, first: date, courier: int
) -> None:
    stop = place(route, now, courier)
    period = Period(first, first)
    found = availability([Stock(1, 1)], stop, period, today=MONDAY)[1]
    (view,) = found.views()
    codes = {refused.code for refused in check_wish(found, Wish(period=period))}
    shown = {*view.start_reasons, *view.end_reasons}
    not_running = DayReason.COURIER_NOT_RUNNING
    assert (not_running in codes) is (not_running in shown)


@pytest.mark.lending("4.5")
def test_case_s38_a_delivery_needs_its_courier_days_a_pick_up_only_the_lead_time() -> None:
    monday = date(2026, 9, 21)
    rules = BookingRules(lead_time=1)
    counter = BookingDays(Place(Days(WEEKDAYS)), rules, monday)
    daily = RouteTimes(frozenset(range(5)), time(12), WEEKDAYS)
    stop = Place(Days(WEEKDAYS), courier_before=3, tours=tours_of(daily, at(monday, 8)))
    assert counter.earliest_start() == date(2026, 9, 22)
    delivered = BookingDays(stop, rules, monday)
    assert delivered.earliest_start() == date(2026, 9, 24)
    assert delivered.start_reasons(date(2026, 9, 23)) == (DayReason.LEAD_TIME,)
    assert delivered.start_reasons(date(2026, 9, 24)) == ()
