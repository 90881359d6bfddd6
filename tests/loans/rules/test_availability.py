"""What is free when: worked cases, then every answer against a naive day-by-day model."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from loans.rules.availability import (
    Stock,
    Wish,
    availability,
    check_wish,
)
from loans.rules.booking_days import BookingRules, Place
from loans.rules.calendar import Closure, OpeningCalendar
from loans.rules.codes import Refusal
from loans.rules.commitments import (
    Commitment,
    CommitmentKind,
    Ignoring,
    Margins,
    a_month_after,
    nothing,
    of_basket_lines,
    of_booking,
    of_loan,
)
from loans.rules.due_dates import Days
from schools.rules.periods import Period
from tests.loans.rules.calendars import EVERY_DAY
from tests.loans.rules.looking import (
    CHRISTMAS,
    EARLY_2027,
    HOLDING,
    LATE_2026,
    booking,
    free,
    loan,
    look,
    service,
)

pytestmark = pytest.mark.lending("4.1", "4.3", "4.4")


# S02, S04, S06: quantity over time.


@pytest.mark.lending("4.3", "4.4")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2027, 3, 20), 7, id="S02: all the day before"),
        pytest.param(date(2027, 3, 21), 4, id="S02: four on the first day"),
        pytest.param(date(2027, 3, 31), 4, id="S02: four on the last day"),
        pytest.param(date(2027, 4, 1), 7, id="S02: all the day after"),
    ],
)
def test_three_of_seven_projectors_are_away(day: date, expected: int) -> None:
    found = look(7, [booking(date(2027, 3, 21), date(2027, 3, 31), 3)])
    assert found.free_on(day) == expected


@pytest.mark.lending("4.4")
@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(15, 20, 0), (15, 16, 1), (16, 17, 0), (17, 17, 0), (17, 18, 0), (18, 20, 1)],
)
def test_a_single_day_blocks_every_period_around_it(first: int, last: int, expected: int) -> None:
    """S04."""
    found = look(1, [booking(date(2027, 1, 17), date(2027, 1, 17))])
    assert free(found, date(2027, 1, first), date(2027, 1, last)) == expected


@pytest.mark.lending("4.4")
@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(date(2027, 1, 16), date(2027, 2, 28), 2, id="S06: around it"),
        pytest.param(date(2027, 1, 10), date(2027, 1, 16), 3, id="S06: up to the day before"),
        pytest.param(date(2027, 2, 22), date(2027, 3, 1), 2, id="S06: over its end"),
        pytest.param(date(2027, 2, 28), date(2027, 4, 5), 3, id="S06: from the day after"),
    ],
)
def test_a_period_has_what_its_worst_day_has(first: date, last: date, expected: int) -> None:
    found = look(3, [booking(date(2027, 1, 17), date(2027, 2, 27))])
    assert free(found, first, last) == expected


# S08, S10, S14, case 102: service days.


@pytest.mark.lending("4.3")
@pytest.mark.parametrize(
    ("last", "days", "free_again"),
    [
        pytest.param(
            date(2026, 11, 27), 1, date(2026, 12, 1), id="S08: over a weekend, through Monday"
        ),
        pytest.param(date(2026, 12, 22), 1, date(2027, 1, 8), id="S08: over a closure"),
        pytest.param(date(2026, 12, 22), 2, date(2027, 1, 9), id="S08: two days behind a closure"),
    ],
)
def test_service_days_are_open_days(last: date, days: int, free_again: date) -> None:
    away = loan(date(2026, 11, 20), last, margins=service(days))
    found = look(1, [away], today=LATE_2026, calendar=CHRISTMAS)
    assert found.free_on(free_again - timedelta(days=1)) == 0
    assert found.free_on(free_again) == 1


@pytest.mark.lending("4.3")
@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(date(2026, 12, 21), date(2026, 12, 23), 4, id="S10: one away"),
        pytest.param(
            date(2026, 12, 24), date(2026, 12, 26), 2, id="S10: one looked over, two away"
        ),
        pytest.param(date(2026, 12, 27), date(2026, 12, 29), 3, id="S10: two away or looked over"),
        pytest.param(date(2026, 12, 30), date(2027, 1, 9), 5, id="S10: all there"),
    ],
)
def test_five_cameras_with_a_day_of_service(first: date, last: date, expected: int) -> None:
    lines = [
        booking(date(2026, 12, 21), date(2026, 12, 25), margins=service(1)),
        booking(date(2026, 12, 24), date(2026, 12, 28), 2, margins=service(1)),
    ]
    assert free(look(5, lines, today=LATE_2026), first, last) == expected


@pytest.mark.lending("4.3")
def test_a_loan_from_years_ago_counts_until_it_ends() -> None:
    away = loan(date(2019, 9, 1), date(2030, 10, 5), margins=service(2))
    found = look(3, [away], today=date(2030, 9, 1))
    assert found.free_on(date(2030, 9, 1)) == 2
    assert found.free_on(date(2030, 10, 7)) == 2
    assert found.free_on(date(2030, 10, 8)) == 3


@pytest.mark.lending("4.3")
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(LATE_2026, 2, id="S14: two today"),
        pytest.param(date(2032, 6, 1), 3, id="S14: three in 2032"),
    ],
)
def test_a_line_of_years_is_seen_from_today_to_years_ahead(day: date, expected: int) -> None:
    away = loan(date(2019, 9, 1), date(2030, 10, 5), margins=service(2))
    stock = Stock(HOLDING, 3, (away,))
    found = availability([stock], Place(Days(EVERY_DAY)), Period(day, day), today=LATE_2026)
    assert found[HOLDING].free_on(day) == expected


@pytest.mark.parametrize(
    ("last", "codes"),
    [
        pytest.param(date(2027, 2, 7), [], id="leaves a day of its own and one of theirs"),
        pytest.param(date(2027, 2, 8), [Refusal.NOT_FREE], id="its own day meets theirs"),
    ],
)
def test_a_wish_brings_its_own_service_days(last: date, codes: list[Refusal]) -> None:
    both = Margins(service_before=1, service_after=1)
    taken = booking(date(2027, 2, 10), date(2027, 2, 12), margins=both)
    rules = BookingRules(service_before=1, service_after=1)
    found = look(1, [taken], rules=rules)
    assert [found.free_on(date(2027, 2, day)) for day in (8, 9, 13, 14)] == [1, 0, 0, 1]
    wish = Wish(period=Period(date(2027, 2, 5), last))
    assert [refused.code for refused in check_wish(found, wish)] == codes


# S34, S36: courier days.


@pytest.mark.parametrize(
    ("margins", "free_days"),
    [
        pytest.param(
            Margins(courier_before=2, courier_after=2), {0, 7, 8}, id="delivered: two days around"
        ),
        pytest.param(Margins(), {0, 1, 2, 5, 6, 7, 8}, id="fetched: its own days"),
    ],
)
def test_a_delivery_is_on_the_road_before_and_after(margins: Margins, free_days: set[int]) -> None:
    today = EARLY_2027
    line = booking(today + timedelta(days=3), today + timedelta(days=4), margins=margins)
    found = look(1, [line])
    assert {day for day in range(9) if found.free_on(today + timedelta(days=day))} == free_days


@pytest.mark.parametrize(
    ("processed", "free_again"),
    [
        pytest.param(False, 5, id="a closed day is no courier day"),
        pytest.param(True, 4, id="closed but processed is one"),
    ],
)
def test_courier_days_are_processed_days(free_again: int, *, processed: bool) -> None:
    today = EARLY_2027
    closed = today + timedelta(days=2)
    calendar = replace(EVERY_DAY, closures=(Closure("?", closed, closed, processed=processed),))
    line = booking(today, today + timedelta(days=1), margins=Margins(courier_after=2))
    found = look(1, [line], calendar=calendar)
    assert found.free_on(today + timedelta(days=free_again - 1)) == 0
    assert found.free_on(today + timedelta(days=free_again)) == 1


def test_courier_days_come_before_service_days_after_a_loan() -> None:
    weekdays = OpeningCalendar(processed_weekdays=frozenset({5}))
    line = booking(
        date(2027, 1, 7),
        date(2027, 1, 8),
        margins=Margins(courier_after=1, service_after=1),
    )
    found = look(1, [line], calendar=weekdays)
    assert [found.free_on(date(2027, 1, day)) for day in (9, 10, 11, 12)] == [0, 0, 0, 1]


# S12: overdue.


@pytest.mark.lending("4.3")
@pytest.mark.parametrize(
    ("today", "free_again"),
    [
        pytest.param(LATE_2026, date(2026, 12, 23), id="S12: a month from today"),
        pytest.param(date(2026, 11, 23), date(2026, 12, 24), id="S12: rolling with the clock"),
    ],
)
def test_an_overdue_loan_is_expected_back_in_a_month(today: date, free_again: date) -> None:
    found = look(1, [loan(date(2026, 11, 2), date(2026, 11, 16))], today=today)
    assert free(found, today, free_again - timedelta(days=1)) == 0
    assert found.free_on(free_again) == 1


def test_a_loan_due_today_is_back_tomorrow() -> None:
    found = look(1, [loan(date(2026, 11, 2), LATE_2026)], today=LATE_2026)
    assert [found.free_on(LATE_2026 + timedelta(days=n)) for n in (0, 1)] == [0, 1]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2027, 1, 31), date(2027, 2, 28), id="to the end of a shorter month"),
        pytest.param(date(2028, 1, 31), date(2028, 2, 29), id="in a leap year"),
        pytest.param(date(2026, 12, 15), date(2027, 1, 15), id="over New Year"),
        pytest.param(date(2027, 11, 30), date(2027, 12, 30), id="into December"),
    ],
)
def test_a_month_is_a_calendar_month(day: date, expected: date) -> None:
    assert a_month_after(day) == expected


# What commits and what does not.


def test_a_booking_and_the_loans_made_on_it_count_once() -> None:
    first, last = date(2027, 1, 10), date(2027, 1, 20)
    found = look(5, [booking(first, last, 3, handed_out=2), *[loan(first, last)] * 2])
    assert found.free_on(first) == 2


def test_a_booking_fully_handed_out_keeps_nothing_of_its_own() -> None:
    days = date(2027, 1, 10), date(2027, 1, 20)
    assert look(2, [booking(*days, 2, handed_out=2)]).free_on(days[0]) == 2


def test_a_booking_never_collected_lapses_at_its_end() -> None:
    missed = booking(date(2026, 11, 9), date(2026, 11, 20), margins=service(5))
    assert look(1, [missed], today=LATE_2026).free_on(LATE_2026) == 1


@pytest.mark.parametrize(
    ("kind", "last", "taken_until"),
    [
        pytest.param(CommitmentKind.BASKET, 9, 9, id="a basket line over its period"),
        pytest.param(CommitmentKind.SET_ASIDE, 6, 6, id="set aside until the pick-up deadline"),
        pytest.param(
            CommitmentKind.IN_TRANSIT_FOR_HOLD, 7, 7, id="in transit as if set aside today"
        ),
        pytest.param(CommitmentKind.RECEIVED, 0, 0, id="received, for today"),
    ],
)
def test_how_long_each_kind_commits(kind: CommitmentKind, last: int, taken_until: int) -> None:
    today = EARLY_2027
    committed = Commitment(kind, today, today + timedelta(days=last))
    found = look(1, [committed])
    away = [day for day in range(30) if not found.free_on(today + timedelta(days=day))]
    assert away == list(range(taken_until + 1))


def test_a_received_copy_takes_today_and_its_service_days_until_it_is_checked() -> None:
    received = Commitment(
        CommitmentKind.RECEIVED, date(2026, 11, 9), date(2026, 11, 9), margins=service(1)
    )
    found = look(1, [received], today=date(2026, 11, 20), calendar=CHRISTMAS)
    assert [found.free_on(date(2026, 11, day)) for day in (19, 20, 23, 24)] == [1, 0, 0, 1]


def test_overbooking_stays_visible_to_staff_and_shows_as_nothing() -> None:
    first, last = date(2027, 1, 10), date(2027, 1, 12)
    found = look(1, [booking(first, last), booking(first, last)])
    view = next(view for view in found.views() if view.day == first)
    assert (view.free, view.shown, view.committed) == (-1, 0, 2)


@pytest.mark.parametrize(
    ("ignoring", "expected"),
    [
        pytest.param(nothing, 0, id="everything counts"),
        pytest.param(of_booking(7), 2, id="an edit leaves out what the booking still keeps"),
        pytest.param(of_loan(5), 1, id="a renewal leaves out its loan"),
        pytest.param(of_basket_lines(frozenset({5})), 1, id="a basket leaves out its lines"),
    ],
)
def test_a_change_does_not_collide_with_itself(ignoring: Ignoring, expected: int) -> None:
    days = date(2027, 1, 10), date(2027, 1, 20)
    commitments = [
        booking(*days, 3, handed_out=1, id=5, booking_id=7),
        loan(*days, id=5, booking_id=7),
        replace(booking(*days, id=5), kind=CommitmentKind.BASKET),
    ]
    assert look(4, commitments, ignoring=ignoring).free_on(days[0]) == expected


# Wishes and alternatives.


def test_days_before_today_are_left_out_of_a_wish() -> None:
    today = date(2027, 1, 10)
    rules = BookingRules(service_before=3)
    found = look(1, [loan(date(2027, 1, 1), today - timedelta(days=1))], today=today, rules=rules)
    overdue_free = look(1, [], today=today, rules=rules)
    assert overdue_free.free_for(Period(today, today)) == 1
    assert found.free_for(Period(today, today)) == 0


def test_a_refused_wish_says_how_many_there_would_be() -> None:
    found = look(3, [booking(date(2027, 1, 10), date(2027, 1, 20), 2)])
    wish = Wish(period=Period(date(2027, 1, 18), date(2027, 1, 25)), quantity=3)
    (refused,) = check_wish(found, wish)
    assert (refused.code, refused.facts) == (Refusal.NOT_FREE, {"free": 1, "wanted": 3})


def test_exactly_all_that_is_there_is_no_conflict() -> None:
    first, last = date(2027, 1, 18), date(2027, 1, 25)
    found = look(10, [booking(first, last, 6)])
    assert check_wish(found, Wish(period=Period(first, last), quantity=4)) == ()
