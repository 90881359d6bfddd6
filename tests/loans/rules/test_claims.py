"""Wishes answered in turn: each sees those before it as if they stood in the store already."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.rules.availability import Availability, Stock, Wish, availability
from loans.rules.booking_days import BookingRules, Place
from loans.rules.claims import Claim, Claims, Outlook, StockKey, less, visited
from loans.rules.codes import DayReason
from loans.rules.commitments import Commitment, CommitmentKind, Margins
from loans.rules.due_dates import Days
from loans.rules.free_periods import next_free, next_free_together
from schools.rules.periods import Period
from tests.effort import times
from tests.loans.rules.calendars import SPRING_2027

TODAY = date(2027, 2, 1)
SPAN = Period(TODAY, TODAY + timedelta(days=40))
POOL = Outlook(StockKey(1), 1, 1)


def booked(first: int, days: int, quantity: int = 1, after: int = 0) -> Commitment:
    start = TODAY + timedelta(days=first)
    return Commitment(
        CommitmentKind.BOOKING,
        start,
        start + timedelta(days=days - 1),
        quantity,
        margins=Margins(service_after=after),
    )


def seen(
    capacity: int, *commitments: Commitment, after: int = 0, place: Place | None = None
) -> Availability:
    rules = BookingRules(service_after=after)
    stock = Stock(1, capacity, commitments, rules)
    place = place or Place(Days(SPRING_2027))
    return availability([stock], place, SPAN, today=TODAY)[1]


COMMITMENTS = st.builds(
    booked,
    first=st.integers(-5, 45),
    days=st.integers(1, 12),
    quantity=st.integers(1, 3),
    after=st.integers(0, 2),
)


@settings(max_examples=times(ci=60, soak=3000), deadline=None)
@given(st.lists(COMMITMENTS, max_size=6), st.integers(0, 2))
def test_what_was_claimed_counts_exactly_like_what_is_stored(
    commitments: list[Commitment], after: int
) -> None:
    left = seen(8, after=after)
    for each in commitments:
        left = less(left, each)
    assert left.committed == seen(8, *commitments, after=after).committed


@pytest.mark.lending("3.3")
def test_a_numbered_copy_takes_nothing_from_the_pool() -> None:
    alone = Outlook(StockKey(1, copy_id=9), 1, 1)
    claims = Claims({POOL: seen(2), alone: seen(1)}, {1: 1})
    part = booked(0, 3)
    claims.take(Claim({alone.stock: part}, 1, frozenset()))
    assert claims.of(alone).free_in(Period(TODAY, TODAY)) == 0
    assert claims.of(POOL).free_in(Period(TODAY, TODAY)) == 2


@pytest.mark.lending("4.5")
def test_a_claim_uses_up_a_visit_of_its_branch_only() -> None:
    here = Place(Days(SPRING_2027), visits={TODAY: 1}, visits_a_day=2)
    other = Outlook(StockKey(1), 2, 1)
    claims = Claims({POOL: seen(5, place=here), other: seen(5, place=here)}, {1: 1, 2: 7})
    assert claims.of(POOL).days.start_reasons(TODAY) == ()
    claims.take(Claim({}, 1, frozenset({TODAY})))
    assert claims.of(POOL).days.start_reasons(TODAY) == (DayReason.VISITS_FULL,)
    assert claims.of(other).days.start_reasons(TODAY) == ()


def test_where_visits_are_not_limited_nothing_is_counted() -> None:
    days = seen(1).days
    assert visited(days, {TODAY}) is days


@pytest.mark.lending("5.2")
def test_the_next_days_of_several_things_are_free_for_all_of_them() -> None:
    wish = Wish(period=Period(TODAY, TODAY + timedelta(days=1)))
    one, other = seen(1, booked(0, 7)), seen(1, booked(7, 8))
    together = next_free_together([(one, wish), (other, wish)])
    assert together is not None
    assert (next_free(one, wish), together.first) == (
        Period(date(2027, 2, 8), date(2027, 2, 9)),
        date(2027, 2, 16),
    )


@settings(max_examples=times(ci=60, soak=3000), deadline=None)
@given(
    st.lists(st.lists(COMMITMENTS, max_size=4), min_size=1, max_size=3),
    st.integers(1, 4),
)
def test_no_earlier_days_would_do_for_all(many: list[list[Commitment]], length: int) -> None:
    wish = Wish(period=Period(TODAY, TODAY + timedelta(days=length - 1)))
    founds = [seen(2, *each) for each in many]
    together = next_free_together([(found, wish) for found in founds])
    for first in Period(TODAY, SPAN.last - timedelta(days=length - 1)):
        period = Period(first, first + timedelta(days=length - 1))
        free = all(next_free(found, wish, since=first) == period for found in founds)
        if free:
            assert together == period
            return
    assert together is None
