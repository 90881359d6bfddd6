"""Copies booked by number: none takes another's place within a period."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.rules.availability import Availability, Stock, Wish, availability, check_wish
from loans.rules.booking_days import Place
from loans.rules.codes import Refusal
from loans.rules.commitments import Commitment, CommitmentKind
from loans.rules.due_dates import Days
from loans.rules.free_periods import next_free
from loans.rules.overbooking import keeping, short_stretches
from schools.rules.periods import Period
from tests.effort import times
from tests.loans.rules.calendars import EVERY_DAY

TODAY = date(2027, 2, 1)
SPAN = Period(TODAY, TODAY + timedelta(days=40))


def days(first: int, last: int) -> Period:
    return Period(TODAY + timedelta(days=first), TODAY + timedelta(days=last))


def seen(*copies: list[Period]) -> Availability:
    """What is free of a holding of copies, each with the periods for which it is booked."""
    holding = stock_of(*copies)
    return availability([holding], Place(Days(EVERY_DAY)), SPAN, today=TODAY)[1]


def stock_of(*copies: list[Period]) -> Stock:
    stocks = tuple(
        Stock(number, 1, tuple(_booked(period) for period in periods))
        for number, periods in enumerate(copies, start=10)
    )
    return Stock(1, 0, copies=stocks)


def _booked(period: Period) -> Commitment:
    return Commitment(CommitmentKind.BOOKING, period.first, period.last)


@pytest.mark.lending("3.3", "4.1")
def test_a_period_needs_one_copy_that_is_free_all_along() -> None:
    found = seen([days(0, 2)], [days(3, 5)])
    assert found.capacity == 2
    assert [found.free_on(day) for day in days(0, 6)] == [1, 1, 1, 1, 1, 1, 2]
    assert found.free_in(days(0, 5)) == 0
    assert found.free_in(days(0, 2)) == 1
    (refused,) = check_wish(found, Wish(period=days(0, 5)))
    assert (refused.code, refused.facts["free"]) == (Refusal.NOT_FREE, 0)
    assert next_free(found, Wish(period=days(0, 5))) == days(3, 8)


@pytest.mark.lending("3.3")
def test_several_are_free_only_when_so_many_are_at_once() -> None:
    found = seen([days(0, 1)], [days(4, 5)], [])
    assert next_free(found, Wish(period=days(0, 1), quantity=2)) == days(0, 1)
    assert next_free(found, Wish(period=days(0, 1), quantity=3)) == days(2, 3)
    assert next_free(found, Wish(period=days(0, 1), quantity=4)) is None


@pytest.mark.lending("3.3", "4.4")
def test_a_copy_promised_twice_lacks_whatever_else_is_free() -> None:
    found = seen([days(0, 2), days(1, 3)], [days(0, 1)])
    assert [found.lacking_on(day) for day in days(0, 4)] == [0, 1, 1, 0, 0]
    assert [found.free_on(day) for day in days(0, 4)] == [0, -1, 1, 1, 2]
    assert [view.free for view in found.views()][:5] == [0, -1, 1, 1, 2]
    assert found.free_in(days(2, 2)) == 1
    assert short_stretches(found) == (days(1, 2),)


@pytest.mark.lending("3.3", "4.4")
def test_only_what_keeps_the_copy_that_lacks_takes_part() -> None:
    twice, once = [days(0, 2), days(1, 3)], [days(1, 2)]
    kept = keeping(stock_of(twice, once), seen(twice, once))
    assert [Period(each.first, each.last) for each in kept] == twice


PERIODS = st.builds(
    lambda first, length: days(first, first + length), st.integers(0, 25), st.integers(0, 8)
)


@settings(max_examples=times(ci=80, soak=4000), deadline=None)
@given(st.lists(st.lists(PERIODS, max_size=3), min_size=1, max_size=4), PERIODS, st.integers(1, 3))
def test_what_is_shown_of_the_holding_is_what_its_copies_say(
    copies: list[list[Period]], wish: Period, quantity: int
) -> None:
    found = seen(*copies)

    def free(period: Period) -> int:
        return sum(not any(each.overlaps(period) for each in booked) for booked in copies)

    assert found.free_for(wish) == free(wish)
    refused = [each.code for each in check_wish(found, Wish(period=wish, quantity=quantity))]
    assert (Refusal.NOT_FREE in refused) == (free(wish) < quantity)
    starts = [
        period
        for first in Period(wish.first, SPAN.last - timedelta(days=wish.days - 1))
        if free(period := Period(first, first + timedelta(days=wish.days - 1))) >= quantity
    ]
    other = next_free(found, Wish(period=wish, quantity=quantity))
    assert other == (starts[0] if starts else None)
