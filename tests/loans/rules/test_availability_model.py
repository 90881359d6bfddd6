"""Availability against a naive model that walks every day of every commitment."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.rules.availability import (
    Availability,
    Stock,
    Wish,
    asked_of_store,
    availability,
    check_wish,
)
from loans.rules.booking_days import BookingRules, Place
from loans.rules.calendar import Closure, OpeningCalendar
from loans.rules.codes import Refusal
from loans.rules.commitments import Commitment, CommitmentKind, Margins, a_month_after, occupied
from loans.rules.due_dates import Days, LoanPeriod
from loans.rules.free_periods import last_free_day, next_free
from schools.rules.periods import ONE_DAY, Period
from tests.effort import times

pytestmark = pytest.mark.lending("4.1", "4.3", "4.4", "4.6")

TODAY = date(2027, 3, 10)
HOLDING = 1
WIDEST = Margins(3, 3, 3, 3)
SEVERAL = settings(max_examples=times(ci=100, soak=2000), deadline=None)


def days_from_today(least: int, most: int) -> st.SearchStrategy[date]:
    return st.integers(least, most).map(lambda days: TODAY + timedelta(days=days))


def periods(least: int, most: int) -> st.SearchStrategy[Period]:
    return st.builds(
        lambda first, length: Period(first, first + timedelta(days=length)),
        days_from_today(least, most),
        st.integers(0, 12),
    )


@st.composite
def commitments(draw: st.DrawFn) -> Commitment:
    period = draw(periods(-30, 40))
    kind = draw(st.sampled_from(CommitmentKind))
    counted = kind in {CommitmentKind.BOOKING, CommitmentKind.BASKET}
    quantity = draw(st.integers(1, 3)) if counted else 1
    handed_out = draw(st.integers(0, quantity)) if kind is CommitmentKind.BOOKING else 0
    margin = st.integers(0, 3)
    return Commitment(
        kind,
        period.first,
        period.last,
        quantity,
        handed_out,
        Margins(draw(margin), draw(margin), draw(margin), draw(margin)),
    )


CALENDARS = st.builds(
    lambda weekdays, processed, closed: OpeningCalendar(
        weekdays=weekdays,
        processed_weekdays=processed,
        closures=(Closure("closed", closed.first, closed.last, processed=bool(processed)),),
    ),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.integers(0, 6), max_size=2),
    periods(-20, 40),
)
STOCKS = st.builds(
    Stock,
    st.just(HOLDING),
    st.integers(0, 5),
    st.lists(commitments(), max_size=6).map(tuple),
    st.builds(
        BookingRules,
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(10, 60),
        st.one_of(st.none(), st.builds(LoanPeriod, st.integers(0, 10))),
    ),
)


class Model:
    """Counts by walking: no differences, no arithmetic on days but one step at a time."""

    def __init__(self, stock: Stock, place: Place) -> None:
        self.stock, self.place, self.calendar = stock, place, place.days.calendar

    def free_on(self, day: date) -> int:
        return self.stock.capacity - sum(
            commitment.quantity - commitment.handed_out
            for commitment in self.stock.commitments
            if day in self.away(commitment)
        )

    def away(self, commitment: Commitment) -> set[date]:
        first, last = commitment.first, commitment.last
        if commitment.kind is CommitmentKind.RECEIVED:
            first = last = TODAY
        if commitment.kind is CommitmentKind.LOAN and last < TODAY:
            last = a_month_after(TODAY)
        if last < TODAY:
            return set()
        margins = commitment.margins
        if commitment.kind not in {CommitmentKind.BOOKING, CommitmentKind.BASKET}:
            margins = Margins(0, 0, margins.courier_after, margins.service_after)
        return self.stretched(first, last, margins)

    def stretched(self, first: date, last: date, margins: Margins) -> set[date]:
        first = self.walk(first, -ONE_DAY, margins.courier_before, processed=True)
        first = self.walk(first, -ONE_DAY, margins.service_before, processed=False)
        last = self.walk(last, ONE_DAY, margins.courier_after, processed=True)
        last = self.walk(last, ONE_DAY, margins.service_after, processed=False)
        return set(Period(first, last))

    def walk(self, day: date, step: timedelta, count: int, *, processed: bool) -> date:
        while count:
            day += step
            counts = self.calendar.is_processed(day) if processed else self.calendar.is_open(day)
            count -= counts
        return day

    def can_have(self, period: Period, quantity: int) -> bool:
        needed = self.stretched(period.first, period.last, self.place.margins(self.stock.rules))
        return all(self.free_on(day) >= quantity for day in needed if day >= TODAY)


def looked_at(stock: Stock, place: Place, most: int = 60) -> Availability:
    period = Period(TODAY - timedelta(days=20), TODAY + timedelta(days=most))
    return availability([stock], place, period, today=TODAY)[HOLDING]


def place_of(calendar: OpeningCalendar, courier: int) -> Place:
    return Place(Days(calendar), courier_before=courier, courier_after=courier)


@SEVERAL
@given(STOCKS, CALENDARS, st.integers(0, 3))
def test_every_day_has_what_a_walk_through_all_commitments_finds(
    stock: Stock, calendar: OpeningCalendar, courier: int
) -> None:
    place = place_of(calendar, courier)
    model = Model(stock, place)
    for view in looked_at(stock, place).views():
        assert view.free == model.free_on(view.day)


@SEVERAL
@given(STOCKS, CALENDARS, st.integers(0, 3), periods(0, 30), st.integers(1, 4))
def test_what_is_displayed_is_what_is_decided(
    stock: Stock, calendar: OpeningCalendar, courier: int, period: Period, quantity: int
) -> None:
    place = place_of(calendar, courier)
    found = looked_at(stock, place)
    codes = {refused.code for refused in check_wish(found, Wish(period=period, quantity=quantity))}
    assert (Refusal.NOT_FREE in codes) is not Model(stock, place).can_have(period, quantity)
    days = {view.day: view for view in found.views()}
    reasons = {*days[period.first].start_reasons, *days[period.last].end_reasons}
    assert codes - {Refusal.NOT_FREE, "TOO_LONG"} == reasons
    assert Refusal.NOT_FREE in codes or all(days[day].shown >= quantity for day in period)


@SEVERAL
@given(STOCKS, CALENDARS, st.integers(0, 3), periods(0, 20), st.integers(1, 3))
def test_the_next_free_period_is_the_first_that_could_be_booked(
    stock: Stock, calendar: OpeningCalendar, courier: int, period: Period, quantity: int
) -> None:
    found = looked_at(stock, place_of(calendar, courier))
    offered = next_free(found, Wish(period=period, quantity=quantity))
    later = (_moved(period, days) for days in range(80))
    bookable = (
        candidate
        for candidate in later
        if candidate.last <= found.period.last
        and not check_wish(found, Wish(period=candidate, quantity=quantity))
    )
    assert offered == next(bookable, None)


def _moved(period: Period, days: int) -> Period:
    return Period(period.first + timedelta(days=days), period.last + timedelta(days=days))


@SEVERAL
@given(STOCKS, CALENDARS, st.integers(0, 3), days_from_today(0, 30), st.integers(1, 3))
def test_a_copy_can_be_kept_until_a_day_and_not_a_day_longer(
    stock: Stock, calendar: OpeningCalendar, courier: int, first: date, quantity: int
) -> None:
    place = place_of(calendar, courier)
    found = looked_at(stock, place)
    model = Model(stock, place)
    after = Margins(0, 0, found.margins.courier_after, found.margins.service_after)
    keepable = []
    for day in Period(first, found.period.last):
        if any(model.free_on(each) < quantity for each in model.stretched(first, day, after)):
            break
        keepable.append(day)
    assert last_free_day(found, first, quantity) == (keepable[-1] if keepable else None)


@SEVERAL
@given(STOCKS, CALENDARS, st.integers(0, 3), periods(-5, 40))
def test_the_store_is_asked_for_everything_that_matters(
    stock: Stock, calendar: OpeningCalendar, courier: int, period: Period
) -> None:
    place = place_of(calendar, courier)
    bounds = asked_of_store(period, WIDEST, calendar)
    swept = availability([stock], place, period, today=TODAY)[HOLDING].swept
    for commitment in stock.commitments:
        away = occupied(commitment, calendar, TODAY)
        always = commitment.kind is CommitmentKind.RECEIVED or commitment.last < TODAY
        if away is not None and away.overlaps(swept) and not always:
            assert commitment.first <= bounds.last
            assert commitment.last >= bounds.first


@SEVERAL
@given(STOCKS, CALENDARS, periods(0, 30), st.integers(1, 4))
def test_a_holding_whose_sum_leaves_enough_is_free(
    stock: Stock, calendar: OpeningCalendar, period: Period, quantity: int
) -> None:
    summed = sum(commitment.copies for commitment in stock.commitments)
    just_enough = replace(stock, capacity=summed + quantity)
    assert looked_at(just_enough, place_of(calendar, 0)).free_for(period) >= quantity
