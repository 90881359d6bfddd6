"""Planned media judged one after the other: free, in conflict with alternatives, or not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.rules.availability import Availability, Stock, Wish, availability, check_wish
from loans.rules.booking_days import BookingRules, Place
from loans.rules.calendar import OpeningCalendar
from loans.rules.codes import DayReason, Refusal
from loans.rules.commitments import Commitment, CommitmentKind, Margins
from loans.rules.due_dates import Days, LoanPeriod
from loans.rules.plans import (
    Cover,
    LineState,
    Offer,
    OfferKind,
    Pieces,
    PlannedLine,
    covered,
    days_looked_at,
    judge_all,
    taken,
)
from schools.rules.periods import Period
from tests.loans.rules.calendars import EVERY_DAY, NEVER

pytestmark = pytest.mark.lending("6.2")

TODAY = date(2026, 11, 23)
YEAR = Period(date(2026, 8, 1), date(2027, 7, 31))
FIRST = date(2026, 12, 7)
WEEK = Period(FIRST, FIRST + timedelta(days=6))
SCHOOL_DAYS = Period(FIRST, FIRST + timedelta(days=4))
PLACE = Place(Days(OpeningCalendar()))


def booked(first: date, days: int = 5, quantity: int = 1, holding: int = 1) -> Commitment:
    last = first + timedelta(days=days - 1)
    return Commitment(CommitmentKind.BOOKING, first, last, quantity=quantity, id=holding)


def found(
    *commitments: Commitment,
    capacity: int = 1,
    holding: int = 1,
    rules: BookingRules | None = None,
    place: Place = PLACE,
) -> Availability:
    stock = Stock(holding, capacity, commitments, rules or BookingRules())
    looked_at = days_looked_at(YEAR, TODAY)
    return availability([stock], place, looked_at, today=TODAY)[holding]


def line(of: Availability, quantity: int = 1, weeks: Period = WEEK, **more: object) -> PlannedLine:
    values = {"weeks": weeks, "within": YEAR, "quantity": quantity, "found": of} | more
    return PlannedLine(**values)  # type: ignore[arg-type]  # named above


def test_what_is_free_is_booked_as_planned() -> None:
    (verdict,) = judge_all([line(found(capacity=2), 2)])
    assert verdict.state is LineState.FREE
    assert verdict.period == SCHOOL_DAYS
    assert verdict.offers == (Offer(OfferKind.AS_PLANNED, 1, SCHOOL_DAYS, 2),)
    assert verdict.chosen == verdict.offers[0]
    assert verdict.refused == ()


def test_a_conflict_offers_the_nearest_other_week() -> None:
    (verdict,) = judge_all([line(found(booked(FIRST)))])
    assert verdict.state is LineState.CONFLICT
    assert [reason.code for reason in verdict.refused] == [Refusal.NOT_FREE]
    later = Period(FIRST + timedelta(days=7), FIRST + timedelta(days=11))
    assert verdict.offers == (Offer(OfferKind.OTHER_WEEK, 1, later, 1),)
    assert verdict.chosen is None


def test_of_other_weeks_the_nearest_that_is_free_is_offered() -> None:
    week = timedelta(days=7)
    (verdict,) = judge_all([line(found(booked(FIRST), booked(FIRST + week, 12)))])
    earlier = Period(FIRST - week, FIRST - week + timedelta(days=4))
    assert verdict.offers == (Offer(OfferKind.OTHER_WEEK, 1, earlier, 1),)


def test_part_of_the_quantity_is_offered() -> None:
    (verdict,) = judge_all([line(found(booked(TODAY, 300, 4), capacity=6), 6)])
    assert verdict.offers == (Offer(OfferKind.FEWER, 1, SCHOOL_DAYS, 2),)


def test_similar_titles_that_are_free_are_offered_at_most_two() -> None:
    busy = found(booked(TODAY, 300))
    similar = (
        found(booked(FIRST), holding=2),
        *(found(holding=holding) for holding in (3, 4, 5)),
    )
    (verdict,) = judge_all([line(busy, similar=similar)])
    assert [(offer.kind, offer.holding_id) for offer in verdict.offers] == [
        (OfferKind.SIMILAR, 3),
        (OfferKind.SIMILAR, 4),
    ]


def test_what_is_too_long_offers_the_longest_part() -> None:
    rules = BookingRules(longest=LoanPeriod(7))
    weeks = Period(FIRST, FIRST + timedelta(days=13))
    (verdict,) = judge_all([line(found(rules=rules), weeks=weeks)])
    assert verdict.state is LineState.SHORTER
    assert DayReason.TOO_LONG in {reason.code for reason in verdict.refused}
    assert verdict.chosen == Offer(
        OfferKind.LONGEST_PART, 1, Period(FIRST, FIRST + timedelta(days=7)), 1
    )


def test_beyond_the_horizon_nothing_is_offered_but_the_day_is_told() -> None:
    (verdict,) = judge_all([line(found(rules=BookingRules(horizon=14)))])
    assert verdict.state is LineState.BEYOND_HORIZON
    assert verdict.from_day == SCHOOL_DAYS.last - timedelta(days=14)
    assert verdict.offers == ()


@pytest.mark.parametrize(
    ("weeks", "place", "state"),
    [
        pytest.param(
            Period(TODAY - timedelta(days=14), TODAY - timedelta(days=8)),
            PLACE,
            LineState.OVER,
            id="its weeks are over",
        ),
        pytest.param(
            WEEK,
            Place(Days(OpeningCalendar(), frozenset(WEEK))),
            LineState.NO_SCHOOL_DAY,
            id="no school day",
        ),
        pytest.param(WEEK, Place(Days(NEVER)), LineState.REFUSED, id="the place never opens"),
    ],
)
def test_units_that_book_nothing_say_so(weeks: Period, place: Place, state: LineState) -> None:
    (verdict,) = judge_all([line(found(place=place), weeks=weeks)])
    assert (verdict.state, verdict.offers, verdict.chosen) == (state, (), None)


def test_a_unit_that_runs_is_booked_for_the_rest_of_it() -> None:
    weeks = Period(TODAY - timedelta(days=7), TODAY + timedelta(days=6))
    rules = BookingRules(lead_time=1)
    (verdict,) = judge_all([line(found(rules=rules), weeks=weeks)])
    assert verdict.state is LineState.FREE
    assert verdict.period == Period(TODAY + timedelta(days=1), TODAY + timedelta(days=4))


def test_what_one_unit_is_given_is_not_free_for_the_next() -> None:
    holding = found(capacity=1)
    first, second = judge_all([line(holding), line(holding)])
    assert (first.state, second.state) == (LineState.FREE, LineState.CONFLICT)
    assert second.offers[0].kind is OfferKind.OTHER_WEEK


def test_service_days_of_one_unit_keep_the_next_away() -> None:
    rules = BookingRules(service_after=1)
    next_week = Period(WEEK.first + timedelta(days=7), WEEK.last + timedelta(days=7))
    holding = found(rules=rules)
    states = [each.state for each in judge_all([line(holding), line(holding, weeks=next_week)])]
    assert states == [LineState.FREE, LineState.CONFLICT]


@given(
    st.integers(1, 3),
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2)),
        max_size=12,
    ),
    st.integers(0, 2),
)
def test_everything_chosen_together_can_be_booked(
    capacity: int, wishes: list[tuple[int, int, int, int]], service: int
) -> None:
    """Booked one after the other by the one rule of availability, each choice is free."""
    rules = BookingRules(longest=LoanPeriod(10), service_after=service)
    lines = [
        line(
            found(capacity=capacity, holding=holding, rules=rules),
            quantity,
            Period(FIRST + timedelta(weeks=week), FIRST + timedelta(days=7 * (week + length) - 1)),
        )
        for week, length, quantity, holding in wishes
        if week + length < 30
    ]
    kept: dict[int, list[Commitment]] = {1: [], 2: []}
    for verdict in judge_all(lines):
        offer = verdict.chosen
        if offer is None:
            continue
        now = found(
            *kept[offer.holding_id], capacity=capacity, holding=offer.holding_id, rules=rules
        )
        assert check_wish(now, Wish(period=offer.period, quantity=offer.quantity)) == ()
        kept[offer.holding_id].append(
            Commitment(
                CommitmentKind.BOOKING,
                offer.period.first,
                offer.period.last,
                quantity=offer.quantity,
                margins=Margins(service_after=service),
            )
        )


@given(st.integers(0, 20), st.integers(0, 10), st.integers(1, 3), st.integers(0, 3))
def test_what_is_taken_counts_as_a_booking_would(
    start: int, length: int, quantity: int, service: int
) -> None:
    rules = BookingRules(service_before=service, service_after=service)
    place = Place(Days(EVERY_DAY))
    first = FIRST + timedelta(days=start)
    period = Period(first, first + timedelta(days=length))
    margins = Margins(service_before=service, service_after=service)
    commitment = replace(booked(period.first, period.days, quantity), margins=margins)
    by_rule = found(commitment, capacity=5, rules=rules, place=place)
    by_hand = taken(found(capacity=5, rules=rules, place=place), period, quantity)
    assert by_hand.committed == by_rule.committed


def test_pieces_booked_of_the_title_itself_count_up_to_what_is_planned() -> None:
    planned = [Pieces(1, "device", 6), Pieces(2, "film", 1), Pieces(3, "film", 1)]
    booked = [Pieces(1, "device", 4), Pieces(2, "film", 2)]
    assert covered(planned, booked) == {1: Cover(4), 2: Cover(1), 3: Cover(0)}


def test_a_title_that_is_not_planned_may_stand_in_once_for_one_of_its_type() -> None:
    planned = [Pieces(1, "film", 1), Pieces(2, "film", 1), Pieces(3, "box", 1)]
    booked = [Pieces(9, "film", 1), Pieces(2, "film", 1)]
    assert covered(planned, booked) == {1: Cover(0, 9), 2: Cover(1), 3: Cover(0)}


def test_what_may_be_replaced_already_is_offered_but_not_chosen() -> None:
    (verdict,) = judge_all([line(found(), replaced=True)])
    assert verdict.state is LineState.FREE
    assert verdict.offers
    assert verdict.chosen is None
