"""The day is that of the clock on the wall, and due dates do not care about the hour."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import today as clock
from app.today import HOUSE_TIME
from loans.rules.calendar import NamedDay, OpeningCalendar
from loans.rules.due_dates import Basis, ClosedDayRule, Days, LoanPeriod, uncapped_due_date
from schools.vocabularies.holidays import public_holidays, school_holidays
from tests.effort import times

YEARS = range(2024, 2033)
NRW = Days(
    OpeningCalendar(
        public_holidays=tuple(
            NamedDay(each.period.first, each.name_de) for each in public_holidays()
        ),
        school_holidays=tuple(each.period for each in school_holidays()),
    )
)


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def odd_days() -> Iterator[date]:
    """Days on which clocks or calendars do what they seldom do."""
    for year in YEARS:
        yield from (last_sunday(year, 3), last_sunday(year, 10))
        yield from (date(year, 1, 1), date(year, 12, 31))
        if year % 4 == 0:
            yield date(year, 2, 29)


def hours_of(day: date) -> list[datetime]:
    """Every half hour of a local day as an instant, and its last second."""
    begins = datetime.combine(day, time(), HOUSE_TIME).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), HOUSE_TIME).astimezone(UTC)
    halves = int((ends - begins) / timedelta(minutes=30))
    found = [begins + number * timedelta(minutes=30) for number in range(halves)]
    return [*found, ends - timedelta(seconds=1)]


class NoFixedDay:
    """Settings of an installation that follows the clock."""

    today = None


def day_at(instant: datetime) -> date:
    """Return what the application takes for today when its clock shows an instant."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain one
            return instant.astimezone(tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "datetime", Stopped)
        patch.setattr(clock, "current_settings", NoFixedDay)
        return clock.today()


def test_a_day_of_summer_time_has_23_or_25_hours() -> None:
    spring, autumn = last_sunday(2027, 3), last_sunday(2027, 10)
    assert [len(hours_of(day)) for day in (spring, autumn, date(2027, 6, 1))] == [47, 51, 49]


@pytest.mark.lending("1.1")
@pytest.mark.parametrize("day", list(odd_days()), ids=str)
def test_every_hour_of_a_day_is_that_day(day: date) -> None:
    assert {day_at(instant) for instant in hours_of(day)} == {day}


LENT = st.one_of(
    st.sampled_from(list(odd_days())), st.dates(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
)
LENGTHS = st.one_of(st.integers(0, 40), st.sampled_from([90, 180, 365, 366]))


@pytest.mark.lending("1.1", "1.5", "1.6")
@settings(max_examples=times(ci=150, soak=10_000), deadline=None)
@given(LENT, st.data(), LENGTHS, st.sampled_from(Basis), st.sampled_from(ClosedDayRule))
def test_a_due_date_is_the_same_calendar_day_whatever_the_hour_of_lending(
    lent_on: date, data: st.DataObject, length: int, basis: Basis, rule: ClosedDayRule
) -> None:
    """Over DST days, 29 February and New Year: days are counted, never hours."""
    instant = data.draw(st.sampled_from(hours_of(lent_on)))
    period = LoanPeriod(length, basis, rule)
    due = uncapped_due_date(day_at(instant), period, NRW)
    assert due == uncapped_due_date(lent_on, period, NRW)
    counted = [
        day
        for number in range(1, (due - lent_on).days + 1)
        if NRW.counts(day := date.fromordinal(lent_on.toordinal() + number), basis)
    ]
    assert len(counted) >= length
    if rule is ClosedDayRule.KEEP:
        assert len(counted) == length
        assert due == (counted[-1] if counted else lent_on)
        if basis is Basis.CALENDAR_DAYS:
            assert due.toordinal() - lent_on.toordinal() == length
    else:
        assert NRW.calendar.is_open(due)


@pytest.mark.lending("1.1", "1.6")
@pytest.mark.parametrize("day", list(odd_days()), ids=str)
def test_due_today_is_in_time_until_the_last_second_of_the_day(day: date) -> None:
    """A due day ends 23:59 on the wall: tomorrow begins with the next second."""
    *_, last = hours_of(day)
    assert day_at(last) == day
    assert day_at(last + timedelta(seconds=1)) == day + timedelta(days=1)
