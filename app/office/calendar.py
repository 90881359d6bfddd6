"""The office's calendar: a branch's year and month, with everything that decides its days."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.dates import language
from app.office.calendar_days import month_lines, weekday_heads, year_of
from app.office.calendar_forms import EARLIEST, LATEST, WEEKDAYS
from app.office.calendar_places import Places, places_in_reach
from app.office.calendar_words import weekday_name
from app.office.hours import hours_text
from app.security import requires
from app.sessions import session
from app.today import today
from loans.queries.centre_calendars import centre_calendar
from loans.rules.calendar_layers import covers
from loans.rules.centre_calendar import CentreCalendar, PlacedClosure, PlacedOpening, Week
from schools.rules.periods import Period
from schools.rules.roles import Right
from schools.vocabularies.holidays import (
    SOURCE,
    SOURCE_ADDRESS,
    SOURCE_LICENCE,
    HolidayKind,
    holidays,
    known_years,
)

calendar = Blueprint("office_calendar", __name__, url_prefix="/office/calendar")

DIGITS_OF_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A weekday with its hours in words; `processed` if it is closed but worked on."""

    name: str
    hours: str
    processed: bool


@calendar.get("")
@requires(Right.MANAGE_CENTRE)
def overview() -> ResponseReturnValue:
    """Show a branch's year and one of its months, its week, closures, openings and holidays."""
    places = places_in_reach()
    if places is None:
        return render_template("office/calendar_none.html")
    return _page(places, _asked_month(today()))


def _page(places: Places, month: date) -> str:
    whole = centre_calendar(session(), places.chosen.centre_id)
    branch_id = places.chosen.id
    own = whole.of(branch_id)
    year = Period(date(month.year, 1, 1), date(month.year, 12, 31))
    return render_template(
        "office/calendar.html",
        places=places,
        month=month,
        previous=_other_year(month, -1),
        following=_other_year(month, 1),
        months=year_of(own, month.year, today()),
        heads=weekday_heads(),
        lines=month_lines(own, month, today()),
        week=_week_lines(whole.weeks[branch_id]),
        visits_a_day=whole.weeks[branch_id].visits_a_day,
        closures=_closures(whole, branch_id, year),
        openings=_openings(whole, branch_id, year),
        public=_holidays(HolidayKind.PUBLIC, year),
        school=_holidays(HolidayKind.SCHOOL, year),
        known=known_years(),
        source=(SOURCE, SOURCE_ADDRESS, SOURCE_LICENCE),
        hours_text=hours_text,
    )


def _asked_month(day: date) -> date:
    """Return the first day of the month that the address asks for; else the present one.

    `?month=2026-12` names one, `?year=2026` its January; anything else is not understood.
    """
    text = request.args.get("month", "")
    year = request.args.get("year", "")
    if year.isascii() and year.isdigit() and len(year) == DIGITS_OF_A_YEAR:
        text = f"{year}-01" if int(year) != day.year else f"{day:%Y-%m}"
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = day.replace(day=1)
    return asked if EARLIEST <= asked <= LATEST else day.replace(day=1)


def _other_year(month: date, step: int) -> int | None:
    """Return a neighbouring year; None beyond those that can be shown."""
    year = month.year + step
    return year if EARLIEST.year <= year <= LATEST.year else None


def _week_lines(week: Week) -> list[WeekLine]:
    return [
        WeekLine(
            weekday_name(weekday),
            hours_text(stretch for of, stretch in week.hours if of == weekday),
            weekday in week.processed,
        )
        for weekday in WEEKDAYS
    ]


def _closures(whole: CentreCalendar, branch_id: int, year: Period) -> list[PlacedClosure]:
    """Return the closures that hold at a branch on any day of a year, single ones by day first."""
    found = [
        each
        for each in whole.closures
        if each.branch_id in {None, branch_id}
        and any(covers(each.closure, day) for day in _ends(each, year))
    ]
    return sorted(found, key=lambda each: (each.closure.yearly, each.closure.first))


def _ends(placed: PlacedClosure, year: Period) -> list[date]:
    """Return days of a year of which a closure that touches it holds one.

    A closure that touches a year covers its first day, or begins in it.
    """
    begins = [
        during.first
        for each in (year.first.year - 1, year.first.year)
        if (during := placed.closure.during(each)) is not None and year.contains(during.first)
    ]
    return [year.first, *begins]


def _openings(whole: CentreCalendar, branch_id: int, year: Period) -> list[PlacedOpening]:
    return [
        each
        for each in whole.openings
        if each.branch_id in {None, branch_id} and year.contains(each.opening.day)
    ]


def _holidays(kind: HolidayKind, year: Period) -> list[tuple[str, Period]]:
    return [
        (each.name(language()), each.period)
        for each in holidays()
        if each.kind is kind and each.period.overlaps(year)
    ]
