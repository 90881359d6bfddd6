"""Which bookings have too few copies behind them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.queries.bookings import booking_row, facts_of
from loans.queries.overbooked_bookings import overbooked_among
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Scope
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("4.4")]

EVERYTHING = Scope(everything=True)


def days(first: int, last: int) -> Period:
    return Period(MONDAY + timedelta(days=first), MONDAY + timedelta(days=last))


def marked(session: Session, *bookings: Booking) -> list[bool]:
    rows = [booking_row(session, EVERYTHING, each.number) for each in bookings]
    facts = [facts_of(row) for row in rows if row is not None]
    found = overbooked_among(session, EVERYTHING, facts, MONDAY, NOW)
    return [each.id in found for each in bookings]


def test_both_bookings_of_one_copy_are_marked_and_no_neighbour(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=1)
    first, second = make.booking(holding, days(7, 9)), make.booking(holding, days(9, 10))
    after = make.booking(holding, days(11, 11))
    assert marked(session, first, second, after) == [True, True, False]


def test_days_on_the_road_count(session: Session, make: Make) -> None:
    """Both are on the road on Wednesday; who comes to the counter takes its own days alone."""
    holding = make.holding(copies=1)
    stop = make.courier_stop(make.the_school())
    first = make.booking(holding, days(7, 8), place_id=stop.id)
    second = make.booking(holding, days(10, 11), place_id=stop.id)
    after = make.booking(holding, days(15, 15))
    assert marked(session, first, second, after) == [True, True, False]


def test_a_loan_that_stays_out_longer_than_its_booking_does_not_mark_the_rest(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=2)
    rest = make.booking(holding, days(0, 3), 2, state=BookingState.PARTLY_COLLECTED)
    rest.lines[0].handed_out = 1
    session.commit()
    make.loan(holding.copies[0], due_on=days(9, 9).first, line_id=rest.lines[0].id)
    other = make.booking(holding, days(8, 9), 2)
    assert marked(session, rest, other) == [False, True]


def test_what_is_out_already_marks_no_rest(session: Session, make: Make) -> None:
    holding = make.holding(copies=1)
    collected = make.booking(holding, days(0, 4))
    collected.lines[0].handed_out = 1
    session.commit()
    other = make.booking(holding, days(7, 8))
    assert marked(session, collected, other) == [False, False]
