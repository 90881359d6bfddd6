"""Other days for a wish, and until when something can be kept."""

from datetime import date

import pytest

from loans.rules.availability import Wish
from loans.rules.booking_days import BookingRules
from loans.rules.calendar import OpeningCalendar
from loans.rules.free_periods import last_free_day, next_free
from schools.rules.periods import Period
from tests.loans.rules.looking import booking, look, service

pytestmark = pytest.mark.lending("4.4", "4.5", "5.2", "9.1")


def test_the_next_free_period_is_as_long_and_starts_and_ends_on_open_days() -> None:
    today = date(2027, 3, 1)
    taken = booking(date(2027, 3, 8), date(2027, 3, 19), margins=service(1))
    found = look(1, [taken], today=today, calendar=OpeningCalendar())
    wish = Wish(period=Period(date(2027, 3, 15), date(2027, 3, 19)))
    assert next_free(found, wish) == Period(date(2027, 3, 25), date(2027, 3, 29))


def test_nothing_is_offered_of_what_there_are_too_few_of() -> None:
    found = look(2, [])
    wish = Wish(period=Period(date(2027, 3, 15), date(2027, 3, 19)), quantity=3)
    assert next_free(found, wish) is None


def test_a_copy_can_be_kept_until_the_day_before_the_next_booking() -> None:
    found = look(1, [booking(date(2027, 2, 4), date(2027, 2, 7))], today=date(2027, 2, 1))
    assert last_free_day(found, date(2027, 2, 1)) == date(2027, 2, 3)
    assert last_free_day(found, date(2027, 2, 4)) is None
    assert last_free_day(found, date(2027, 2, 8)) == found.period.last


def test_a_copy_is_back_in_time_to_be_looked_over() -> None:
    found = look(
        1,
        [booking(date(2027, 2, 15), date(2027, 2, 19))],
        today=date(2027, 2, 1),
        calendar=OpeningCalendar(),
        rules=BookingRules(service_after=2),
    )
    assert last_free_day(found, date(2027, 2, 1)) == date(2027, 2, 10)
