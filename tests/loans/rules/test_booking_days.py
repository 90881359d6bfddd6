"""Days on which a booking may start and end: every reason at once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loans.rules.availability import Stock, Wish, availability, check_wish
from loans.rules.booking_days import BookingDays, BookingRules, Place, Tours
from loans.rules.calendar import Closure, OpeningCalendar
from loans.rules.codes import DayReason
from loans.rules.due_dates import Basis, Days, LoanPeriod
from schools.rules.periods import Period
from tests.loans.rules.calendars import EVERY_DAY, NEVER, SPRING_2027

pytestmark = pytest.mark.lending("4.5")

MONDAY = date(2026, 9, 21)
TODAY = date(2027, 5, 3)
OPEN_WEEKDAYS = Place(Days(SPRING_2027))


def reasons(place: Place, rules: BookingRules, day: date) -> tuple[DayReason, ...]:
    return BookingDays(place, rules, TODAY).start_reasons(day)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2027, 5, 3), (), id="today"),
        pytest.param(date(2027, 5, 2), (DayReason.CLOSED, DayReason.PAST), id="yesterday, Sunday"),
        pytest.param(date(2027, 5, 6), (DayReason.HOLIDAY,), id="a public holiday"),
        pytest.param(date(2027, 5, 8), (DayReason.CLOSED,), id="a Saturday"),
    ],
)
def test_a_day_tells_why_nothing_starts(day: date, expected: tuple[DayReason, ...]) -> None:
    assert reasons(OPEN_WEEKDAYS, BookingRules(), day) == expected


@pytest.mark.parametrize(
    ("lead_time", "courier", "earliest"),
    [
        pytest.param(1, 0, date(2026, 9, 22), id="fetched: the lead time"),
        pytest.param(1, 3, date(2026, 9, 24), id="delivered: the courier days, if longer"),
        pytest.param(5, 3, date(2026, 9, 28), id="delivered: the lead time, if longer"),
    ],
)
def test_the_larger_of_lead_time_and_courier_days_decides(
    lead_time: int, courier: int, earliest: date
) -> None:
    """S38: one day of notice when fetched, three of the courier when delivered."""
    place = Place(Days(OpeningCalendar()), courier_before=courier)
    days = BookingDays(place, BookingRules(lead_time=lead_time), MONDAY)
    assert days.earliest_start() == earliest
    assert DayReason.LEAD_TIME in days.start_reasons(earliest - timedelta(days=1))
    assert DayReason.LEAD_TIME not in days.start_reasons(earliest)


def test_two_working_days_from_friday_are_tuesday() -> None:
    """Case 106."""
    friday = date(2027, 4, 30)
    days = BookingDays(OPEN_WEEKDAYS, BookingRules(lead_time=2), friday)
    assert days.earliest_start() == date(2027, 5, 4)


@pytest.mark.lending("4.5")
def test_too_soon_names_the_first_day_on_which_it_can_start() -> None:
    """On a Saturday on which orders are processed nobody can come."""
    friday, monday = date(2027, 4, 30), date(2027, 5, 3)
    calendar = replace(SPRING_2027, processed_weekdays=frozenset({5}))
    days = BookingDays(Place(Days(calendar)), BookingRules(lead_time=1), friday)
    assert days.earliest_start() == date(2027, 5, 1)
    told = days.refused(DayReason.LEAD_TIME, friday, friday)
    assert told.facts["from_day"] == monday


@pytest.mark.lending("4.5")
def test_a_loan_may_reach_across_a_closure_it_can_neither_start_nor_end_in() -> None:
    """S28."""
    closed = Closure("Move", TODAY + timedelta(days=1), TODAY + timedelta(days=2))
    place = Place(Days(replace(EVERY_DAY, closures=(closed,))))
    days = BookingDays(place, BookingRules(), TODAY)
    tomorrow, reopening = closed.first, TODAY + timedelta(days=3)
    assert days.start_reasons(tomorrow) == days.end_reasons(tomorrow) == (DayReason.CLOSED,)
    found = availability([Stock(1, 1)], place, Period(TODAY, reopening), today=TODAY)[1]
    assert check_wish(found, Wish(period=Period(TODAY, reopening))) == ()


def test_all_reasons_of_a_day_are_listed_together() -> None:
    """S30."""
    tomorrow = TODAY + timedelta(days=1)
    closed = Closure("Move", tomorrow, tomorrow)
    calendar = replace(EVERY_DAY, closures=(closed,))
    place = Place(Days(calendar), visits={tomorrow: 1}, visits_a_day=1)
    days = BookingDays(place, BookingRules(lead_time=3), TODAY)
    every = (DayReason.CLOSED, DayReason.LEAD_TIME, DayReason.VISITS_FULL)
    assert days.start_reasons(tomorrow) == days.end_reasons(tomorrow) == every


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        pytest.param(1, (), id="one of two"),
        pytest.param(2, (DayReason.VISITS_FULL,), id="two of two"),
    ],
)
def test_a_day_takes_so_many_visits(visits: int, expected: tuple[DayReason, ...]) -> None:
    place = Place(Days(SPRING_2027), visits={TODAY: visits}, visits_a_day=2)
    assert reasons(place, BookingRules(), TODAY) == expected


@pytest.mark.parametrize(
    ("rules", "last_day", "reason"),
    [
        pytest.param(
            BookingRules(horizon=9), date(2027, 5, 12), DayReason.HORIZON, id="the horizon"
        ),
        pytest.param(
            BookingRules(licensed=(Period(date.min, date(2027, 5, 12)),)),
            date(2027, 5, 12),
            DayReason.LICENCE_ENDED,
            id="the licence",
        ),
    ],
)
def test_some_ends_come_before_ours(
    rules: BookingRules, last_day: date, reason: DayReason
) -> None:
    assert reasons(OPEN_WEEKDAYS, rules, last_day) == ()
    assert reasons(OPEN_WEEKDAYS, rules, last_day + timedelta(days=1)) == (reason,)


TWO_LICENCES = BookingRules(
    licensed=(Period(date.min, date(2027, 5, 11)), Period(date(2027, 5, 14), date.max))
)
"""One ends on a Tuesday, the next begins on the Friday."""


@pytest.mark.lending("2.5")
def test_a_licence_that_has_not_begun_serves_nobody() -> None:
    rules = BookingRules(licensed=(Period(date(2027, 5, 5), date.max),))
    assert reasons(OPEN_WEEKDAYS, rules, date(2027, 5, 4)) == (DayReason.LICENCE_ENDED,)
    day = date(2027, 5, 4)
    found = availability([Stock(1, 1, rules=rules)], OPEN_WEEKDAYS, Period(day, day), today=TODAY)
    refused = check_wish(found[1], Wish(period=Period(day, day)))
    assert [each.facts for each in refused] == [{"day": day, "from_day": date(2027, 5, 5)}]


@pytest.mark.lending("2.5")
@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(date(2027, 5, 10), date(2027, 5, 11), [], id="within the first"),
        pytest.param(date(2027, 5, 14), date(2027, 5, 18), [], id="within the second"),
        pytest.param(
            date(2027, 5, 11), date(2027, 5, 12), [DayReason.LICENCE_ENDED], id="into the gap"
        ),
        pytest.param(
            date(2027, 5, 11), date(2027, 5, 14), [DayReason.LICENCE_ENDED], id="over the gap"
        ),
        pytest.param(
            date(2027, 5, 12),
            date(2027, 5, 14),
            [DayReason.LICENCE_ENDED],
            id="out of the gap",
        ),
    ],
)
def test_a_booking_lies_within_one_stretch_of_licences(
    first: date, last: date, expected: list[DayReason]
) -> None:
    period = Period(first, last)
    stock = Stock(1, 1, rules=TWO_LICENCES)
    found = availability([stock], OPEN_WEEKDAYS, period, today=TODAY)[1]
    refused = check_wish(found, Wish(period=period))
    assert [each.code for each in refused] == expected
    assert {each.facts.get("until") for each in refused} <= {date(2027, 5, 11)}


@pytest.mark.parametrize(
    ("longest", "latest"),
    [
        pytest.param(LoanPeriod(7), date(2027, 5, 7), id="rolled off the holiday"),
        pytest.param(LoanPeriod(4, Basis.OPEN_DAYS), date(2027, 5, 5), id="four open days"),
        pytest.param(None, date(2027, 7, 29), id="92 days where nothing is set"),
        pytest.param(LoanPeriod(365), date(2027, 7, 29), id="92 days however long a loan lasts"),
    ],
)
def test_a_booking_is_no_longer_than_a_loan(longest: LoanPeriod | None, latest: date) -> None:
    thursday = date(2027, 4, 29)
    days = BookingDays(OPEN_WEEKDAYS, BookingRules(longest=longest), thursday)
    assert days.latest_end(thursday) == latest
    too_long = days.end_reasons(latest + timedelta(days=1), thursday)
    assert DayReason.TOO_LONG in too_long


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        pytest.param({date(2027, 5, 10)}, (), id="on the day"),
        pytest.param({date(2027, 5, 7)}, (), id="on the courier day before"),
        pytest.param(
            {date(2027, 5, 5), date(2027, 5, 11)},
            (DayReason.COURIER_NOT_RUNNING,),
            id="too early or too late",
        ),
    ],
)
def test_a_delivery_needs_a_tour(arrivals: set[date], expected: tuple[DayReason, ...]) -> None:
    tours = Tours(frozenset(arrivals), frozenset())
    place = Place(Days(SPRING_2027), courier_before=1, courier_after=1, tours=tours)
    assert reasons(place, BookingRules(), date(2027, 5, 10)) == expected


@pytest.mark.parametrize(
    ("departure", "expected"),
    [
        pytest.param(date(2027, 5, 10), (DayReason.COURIER_NOT_RUNNING,), id="on the last day"),
        pytest.param(date(2027, 5, 11), (), id="on the courier day after"),
        pytest.param(date(2027, 5, 12), (DayReason.COURIER_NOT_RUNNING,), id="too late"),
    ],
)
def test_a_delivery_is_fetched_after_its_last_day(
    departure: date, expected: tuple[DayReason, ...]
) -> None:
    tours = Tours(frozenset(), frozenset({departure}))
    place = Place(Days(SPRING_2027), courier_before=1, courier_after=1, tours=tours)
    days = BookingDays(place, BookingRules(), TODAY)
    assert days.end_reasons(date(2027, 5, 10)) == expected


def test_an_edit_does_not_judge_a_day_it_leaves_as_it_was() -> None:
    period = Period(date(2027, 4, 29), date(2027, 5, 4))
    found = availability([Stock(1, 1)], OPEN_WEEKDAYS, period, today=TODAY)[1]
    assert check_wish(found, Wish(period=period, keeps_first=True)) == ()
    (past,) = check_wish(found, Wish(period=period))
    assert (past.code, past.facts) == (DayReason.PAST, {"day": date(2027, 4, 29)})


def test_a_day_that_is_both_ends_gives_each_reason_once() -> None:
    day = date(2027, 5, 6)
    found = availability([Stock(1, 1)], OPEN_WEEKDAYS, Period(day, day), today=TODAY)[1]
    (holiday,) = check_wish(found, Wish(period=Period(day, day)))
    assert holiday.facts == {"day": day, "reason": "Ascension Day"}


def test_a_place_that_never_opens_is_shown_as_closed_not_as_an_error() -> None:
    place = Place(Days(NEVER), courier_before=1, courier_after=1)
    rules = BookingRules(lead_time=2, service_after=1, longest=LoanPeriod(7))
    found = availability([Stock(1, 1, rules=rules)], place, Period(TODAY, TODAY), today=TODAY)[1]
    refused = check_wish(found, Wish(period=Period(TODAY, TODAY)))
    assert DayReason.CLOSED in {reason.code for reason in refused}
