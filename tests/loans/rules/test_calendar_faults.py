"""Calendars that are refused, each with what is wrong."""

from datetime import date, time

import pytest

from loans.rules.calendar import Closure, ExceptionalOpening, Hours, OpeningCalendar
from loans.rules.calendar_faults import CalendarFault, calendar_faults

pytestmark = pytest.mark.lending("1.3")

SUMMER = Closure("Summer", date(2027, 7, 19), date(2027, 7, 30))
PAINTERS = Closure("Painters", date(2027, 7, 28), date(2027, 8, 2))
CHRISTMAS = Closure("Christmas", date(2026, 12, 22), date(2027, 1, 6), yearly=True)
NEW_YEAR = Closure("New Year", date(2028, 1, 1), date(2028, 1, 2), yearly=True)
MORNING = Hours(time(8), time(12))


@pytest.mark.lending("1.3")
@pytest.mark.parametrize(
    ("calendar", "fault"),
    [
        pytest.param(
            OpeningCalendar(weekdays=frozenset()),
            CalendarFault.NO_OPEN_WEEKDAY,
            id="no open weekday at all",
        ),
        pytest.param(
            OpeningCalendar(closures=(SUMMER, PAINTERS)),
            CalendarFault.CLOSURES_OVERLAP,
            id="two single closures share days",
        ),
        pytest.param(
            OpeningCalendar(closures=(CHRISTMAS, NEW_YEAR)),
            CalendarFault.CLOSURES_OVERLAP,
            id="two yearly closures meet behind New Year",
        ),
        pytest.param(
            OpeningCalendar(closures=(Closure("?", date(2027, 7, 2), date(2027, 7, 1)),)),
            CalendarFault.ENDS_BEFORE_START,
            id="a closure ends before it starts",
        ),
        pytest.param(
            OpeningCalendar(
                closures=(Closure("?", date(2027, 1, 1), date(2028, 1, 1), yearly=True),)
            ),
            CalendarFault.YEARLY_TOO_LONG,
            id="a yearly closure of a whole year",
        ),
        pytest.param(
            OpeningCalendar(openings=(ExceptionalOpening(date(2027, 5, 1)),) * 2),
            CalendarFault.OPENINGS_OVERLAP,
            id="one day opened twice",
        ),
        pytest.param(
            OpeningCalendar(hours=((0, Hours(time(12), time(8))),)),
            CalendarFault.HOURS_REVERSED,
            id="hours that close before they open",
        ),
        pytest.param(
            OpeningCalendar(hours=((0, MORNING), (0, Hours(time(11), time(13))))),
            CalendarFault.HOURS_OVERLAP,
            id="hours that overlap",
        ),
    ],
)
def test_an_impossible_calendar_is_refused(
    calendar: OpeningCalendar, fault: CalendarFault
) -> None:
    assert [found.kind for found in calendar_faults(calendar)] == [fault]


@pytest.mark.lending("1.3")
@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(OpeningCalendar(), id="Monday to Friday"),
        pytest.param(
            OpeningCalendar(
                closures=(
                    CHRISTMAS,
                    Closure("Move", date(2026, 12, 22), date(2026, 12, 24)),
                )
            ),
            id="a yearly and a single closure overlap",
        ),
        pytest.param(
            OpeningCalendar(hours=((0, MORNING), (0, Hours(time(12), time(14))))),
            id="hours that touch",
        ),
        pytest.param(
            OpeningCalendar(hours=((0, MORNING), (1, MORNING))), id="the same hours on two days"
        ),
    ],
)
def test_a_possible_calendar_is_saved(calendar: OpeningCalendar) -> None:
    assert calendar_faults(calendar) == ()


@pytest.mark.lending("1.3")
def test_every_pair_that_overlaps_is_named_also_within_a_long_closure() -> None:
    summer = Closure("Summer", date(2027, 7, 1), date(2027, 7, 31))
    early = Closure("Early", date(2027, 7, 2), date(2027, 7, 3))
    late = Closure("Late", date(2027, 7, 20), date(2027, 7, 21))
    faults = calendar_faults(OpeningCalendar(closures=(summer, early, late)))
    assert [fault.names for fault in faults] == [("Summer", "Early"), ("Summer", "Late")]


def test_overlapping_closures_are_named() -> None:
    (fault,) = calendar_faults(OpeningCalendar(closures=(PAINTERS, SUMMER)))
    assert set(fault.names) == {"Summer", "Painters"}
