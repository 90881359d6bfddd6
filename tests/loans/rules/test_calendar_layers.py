"""Everything a calendar says about a day, strongest first."""

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given, settings

from loans.rules.calendar import (
    Closure,
    DayKind,
    ExceptionalOpening,
    Hours,
    NamedDay,
    OpeningCalendar,
)
from loans.rules.calendar_layers import covers, layers
from tests.effort import times
from tests.loans.rules.calendars import SPRING_2027
from tests.loans.rules.test_calendar import CALENDARS, DAYS, closed_by

ASCENSION = date(2027, 5, 6)


@pytest.mark.lending("1.2")
def test_a_day_names_every_reason_from_the_strongest_to_the_weekday() -> None:
    move = Closure("Move", date(2027, 5, 3), date(2027, 5, 7), processed=True)
    every_may = Closure("Spring", date(2020, 5, 1), date(2020, 5, 10), yearly=True)
    fair = ExceptionalOpening(ASCENSION, (Hours(time(10), time(14)),), "Fair")
    calendar = replace(
        SPRING_2027,
        closures=(move, every_may),
        openings=(fair,),
        hours=((3, Hours(time(8), time(16))),),
    )
    said = layers(calendar, ASCENSION)
    assert [(each.kind, each.name) for each in said] == [
        (DayKind.EXCEPTIONAL, "Fair"),
        (DayKind.CLOSURE, "Move"),
        (DayKind.CLOSURE, "Spring"),
        (DayKind.PUBLIC_HOLIDAY, "Ascension Day"),
        (DayKind.OPEN, ""),
    ]
    assert [each.is_processed for each in said] == [True, True, False, False, True]
    assert said[-1].hours == (Hours(time(8), time(16)),)


def test_an_ordinary_day_has_its_weekday_only() -> None:
    (saturday,) = layers(SPRING_2027, date(2027, 5, 8))
    assert saturday.kind is DayKind.CLOSED_WEEKLY


def test_a_weekday_closed_to_visitors_may_be_worked_on() -> None:
    calendar = OpeningCalendar(processed_weekdays=frozenset({5}))
    (saturday,) = layers(calendar, date(2027, 5, 8))
    assert (saturday.is_open, saturday.is_processed) == (False, True)


def test_a_closure_that_ends_before_it_begins_covers_nothing() -> None:
    backwards = Closure("?", date(2028, 1, 2), date(2027, 12, 30), yearly=True)
    assert not any(covers(backwards, date(2028, 1, day)) for day in range(1, 5))


@settings(max_examples=times(ci=200, soak=10_000), deadline=None)
@given(CALENDARS, DAYS)
def test_the_first_reason_is_what_holds(calendar: OpeningCalendar, day: date) -> None:
    said = layers(calendar, day)
    assert said[0] == calendar.day(day)
    closures = sum(each.kind is DayKind.CLOSURE for each in said)
    assert closures == sum(closed_by(closure, day) for closure in calendar.closures)


def test_holidays_of_the_same_day_are_all_named() -> None:
    both = (NamedDay(ASCENSION, "One"), NamedDay(ASCENSION, "Other"))
    said = layers(OpeningCalendar(public_holidays=both), ASCENSION)
    assert [each.name for each in said] == ["Other", "One", ""]
