"""Due dates: counted on five bases, moved off closed days, capped."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.errors import NoOpenDayError
from loans.rules.calendar import Closure, ExceptionalOpening, OpeningCalendar
from loans.rules.codes import Refusal
from loans.rules.due_dates import (
    Basis,
    Cap,
    ClosedDayRule,
    Days,
    LoanPeriod,
    due_date,
    uncapped_due_date,
)
from schools.rules.periods import Period
from tests.effort import times
from tests.loans.rules.calendars import EVERY_DAY, NEVER, SPRING_2027
from tests.loans.rules.test_calendar import CALENDARS, DAYS

pytestmark = pytest.mark.lending("1.5", "1.6")

THURSDAY = date(2027, 4, 29)
KEEP = ClosedDayRule.KEEP
ROLL = ClosedDayRule.NEXT_OPEN_DAY
KEEP_WEEKDAY = ClosedDayRule.KEEP_WEEKDAY
THREE_THURSDAYS_CLOSED = replace(
    EVERY_DAY,
    closures=tuple(
        Closure(f"{day}", day, day)
        for day in (date(2027, 5, 6), date(2027, 5, 13), date(2027, 5, 20))
    ),
)
OPEN_SATURDAY = replace(SPRING_2027, openings=(ExceptionalOpening(date(2027, 5, 1)),))


def calendar_days(days: int, rule: ClosedDayRule) -> LoanPeriod:
    return LoanPeriod(days, Basis.CALENDAR_DAYS, rule)


@pytest.mark.lending("1.5")
@pytest.mark.parametrize(
    ("lent_on", "period", "calendar", "due"),
    [
        pytest.param(
            THURSDAY,
            calendar_days(7, KEEP),
            SPRING_2027,
            date(2027, 5, 6),
            id="case 1: plain days end on a closed day",
        ),
        pytest.param(
            THURSDAY,
            calendar_days(7, ROLL),
            SPRING_2027,
            date(2027, 5, 7),
            id="case 2: a closed end rolls to the next open day",
        ),
        pytest.param(
            THURSDAY,
            calendar_days(7, KEEP_WEEKDAY),
            SPRING_2027,
            date(2027, 5, 13),
            id="case 4: a closed end keeps its weekday",
        ),
        pytest.param(
            THURSDAY,
            calendar_days(7, KEEP_WEEKDAY),
            THREE_THURSDAYS_CLOSED,
            date(2027, 5, 27),
            id="case 6: the weekday is kept over three closed Thursdays",
        ),
        pytest.param(
            date(2027, 5, 1),
            calendar_days(7, KEEP_WEEKDAY),
            SPRING_2027,
            date(2027, 5, 10),
            id="a weekday that is never open is not kept",
        ),
        pytest.param(
            date(2027, 4, 30),
            calendar_days(6, KEEP_WEEKDAY),
            SPRING_2027,
            date(2027, 5, 7),
            id="only whole weeks keep their weekday",
        ),
        pytest.param(
            date(2027, 4, 28),
            calendar_days(3, ROLL),
            OPEN_SATURDAY,
            date(2027, 5, 1),
            id="case 8: an exceptional opening is an open day",
        ),
        pytest.param(
            date(2027, 5, 5),
            calendar_days(0, ROLL),
            SPRING_2027,
            date(2027, 5, 5),
            id="a loan of no days is due the same day",
        ),
    ],
)
def test_the_end_of_a_period(
    lent_on: date, period: LoanPeriod, calendar: OpeningCalendar, due: date
) -> None:
    assert uncapped_due_date(lent_on, period, Days(calendar)) == due


@pytest.mark.lending("1.5")
@pytest.mark.parametrize(
    ("basis", "due"),
    [
        pytest.param(Basis.CALENDAR_DAYS, date(2027, 5, 8), id="calendar days count all"),
        pytest.param(Basis.WEEKDAYS, date(2027, 5, 10), id="weekdays leave out the weekend"),
        pytest.param(Basis.WORKING_DAYS, date(2027, 5, 11), id="working days also the holiday"),
        pytest.param(Basis.OPEN_DAYS, date(2027, 5, 12), id="open days also the closure"),
        pytest.param(Basis.SCHOOL_DAYS, date(2027, 5, 14), id="school days also days off school"),
    ],
)
def test_five_days_from_a_monday_with_holidays(basis: Basis, due: date) -> None:
    calendar = replace(
        SPRING_2027,
        closures=(Closure("Outing", date(2027, 5, 5), date(2027, 5, 5)),),
        school_holidays=(Period(date(2027, 5, 10), date(2027, 5, 11)),),
    )
    days = Days(calendar, movable=frozenset({date(2027, 5, 7)}))
    assert uncapped_due_date(date(2027, 5, 3), LoanPeriod(5, basis, KEEP), days) == due


@pytest.mark.lending("1.6")
@pytest.mark.parametrize(
    ("rule", "closures", "due"),
    [
        pytest.param(ROLL, (), date(2027, 5, 5), id="case 16: back to the open day before"),
        pytest.param(
            ROLL,
            (Closure("Outing", date(2027, 5, 5), date(2027, 5, 5)),),
            date(2027, 5, 4),
            id="case 16: back over two closed days",
        ),
        pytest.param(KEEP, (), date(2027, 5, 6), id="case 16: plain days stay on the closed day"),
    ],
)
def test_a_loan_ends_before_the_membership_does(
    rule: ClosedDayRule, closures: tuple[Closure, ...], due: date
) -> None:
    found = due_date(
        date(2027, 4, 15),
        calendar_days(28, rule),
        Days(replace(SPRING_2027, closures=closures)),
        [Cap(Refusal.MEMBERSHIP_ENDED, date(2027, 5, 6))],
    )
    assert (found.day, found.capped_by) == (due, (Refusal.MEMBERSHIP_ENDED,))


@pytest.mark.lending("1.6")
def test_a_cap_that_leaves_no_day_refuses_with_its_code() -> None:
    caps = [
        Cap(Refusal.MEMBERSHIP_ENDED, date(2027, 5, 2)),
        Cap(Refusal.LICENCE_ENDED, date(2027, 4, 30)),
        Cap(Refusal.RESERVED, date(2027, 5, 12)),
    ]
    found = due_date(date(2027, 5, 1), calendar_days(7, ROLL), Days(SPRING_2027), caps)
    assert found.day is None
    assert [(reason.code, reason.facts) for reason in found.refused] == [
        (Refusal.MEMBERSHIP_ENDED, {"until": date(2027, 5, 2)}),
        (Refusal.LICENCE_ENDED, {"until": date(2027, 4, 30)}),
    ]


@pytest.mark.lending("1.6")
def test_the_day_of_lending_itself_may_be_left() -> None:
    cap = Cap(Refusal.RESERVED, THURSDAY)
    assert due_date(THURSDAY, calendar_days(7, ROLL), Days(SPRING_2027), [cap]).day == THURSDAY


@pytest.mark.lending("1.6")
def test_a_cap_behind_the_due_date_changes_nothing() -> None:
    cap = Cap(Refusal.LICENCE_ENDED, date(2027, 5, 7))
    found = due_date(THURSDAY, calendar_days(7, ROLL), Days(SPRING_2027), [cap])
    assert (found.day, found.capped_by) == (date(2027, 5, 7), ())


@pytest.mark.lending("1.4")
@pytest.mark.parametrize(
    "period",
    [
        pytest.param(calendar_days(7, ROLL), id="rolling"),
        pytest.param(LoanPeriod(3, Basis.OPEN_DAYS), id="counting open days"),
    ],
)
def test_a_calendar_without_open_days_is_reported(period: LoanPeriod) -> None:
    """Case 12: a clear error, never an endless loop."""
    with pytest.raises(NoOpenDayError):
        due_date(THURSDAY, period, Days(NEVER))


PERIODS = st.builds(
    LoanPeriod, st.integers(0, 30), st.sampled_from(Basis), st.sampled_from(ClosedDayRule)
)


@pytest.mark.lending("1.5")
@settings(max_examples=times(ci=100, soak=5000), deadline=None)
@given(DAYS, PERIODS, CALENDARS)
def test_a_due_date_is_open_unless_closed_ends_are_kept_and_counts_its_days(
    lent_on: date, period: LoanPeriod, calendar: OpeningCalendar
) -> None:
    days = Days(calendar)
    due = uncapped_due_date(lent_on, period, days)
    between = (lent_on + timedelta(days=n) for n in range(1, (due - lent_on).days + 1))
    assert sum(days.counts(day, period.basis) for day in between) >= period.days
    assert period.closed_day_rule is KEEP or calendar.is_open(due)


@pytest.mark.lending("1.6")
@settings(max_examples=times(ci=100, soak=5000), deadline=None)
@given(DAYS, PERIODS, CALENDARS, st.integers(0, 40))
def test_a_cap_is_never_passed(
    lent_on: date, period: LoanPeriod, calendar: OpeningCalendar, ahead: int
) -> None:
    cap = Cap(Refusal.LICENCE_ENDED, lent_on + timedelta(days=ahead))
    found = due_date(lent_on, period, Days(calendar), [cap])
    assert found.day is None or lent_on <= found.day <= cap.last
