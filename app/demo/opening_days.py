"""Writes the days that differ from a branch's week: closures, a Saturday, days off school."""

from datetime import date, time, timedelta

from sqlalchemy.orm import Session

from app.demo.county import County
from app.demo.insertion import insert_rows
from loans.models.closure import Closure, ExceptionalOpening, MovableHoliday
from loans.queries.movable_holidays import state_holidays
from loans.rules.calendar import SATURDAY
from loans.rules.movable_days import usual_days
from schools.rules.school_year import school_year_of

WEEKS_TO_THE_CLOSURE = 7
WEEKS_TO_THE_OPENING = 3
TUESDAY = 1
DAYS_OFF = 3
"""So many of the usual days each second school has entered."""


def write_opening_days(session: Session, county: County, today: date) -> None:
    """Write a closure that is worked on, one of a branch, a Saturday opening, and days off."""
    centre = county.centres[0]
    branches = [each for each in county.branches.values() if each.centre == centre]
    tuesday = _weekday_after(today, WEEKS_TO_THE_CLOSURE, TUESDAY)
    closures = [
        (None, "Fortbildung des Teams", tuesday, tuesday, True),
        (branches[-1].id, "Malerarbeiten", tuesday + timedelta(7), tuesday + timedelta(8), False),
    ]
    insert_rows(
        session,
        Closure,
        [
            {
                "centre_id": centre.id,
                "branch_id": branch_id,
                "name": name,
                "first": first,
                "last": last,
                "yearly": False,
                "processed": processed,
            }
            for branch_id, name, first, last, processed in closures
        ],
    )
    saturday = {
        "centre_id": centre.id,
        "branch_id": branches[0].id,
        "day": _weekday_after(today, WEEKS_TO_THE_OPENING, SATURDAY),
        "opens": time(10),
        "closes": time(14),
        "name": "Medientag",
    }
    insert_rows(session, ExceptionalOpening, [saturday])
    _days_off(session, county, today)


def _days_off(session: Session, county: County, today: date) -> None:
    usual = usual_days(school_year_of(today), state_holidays(session))[:DAYS_OFF]
    rows = [
        {"institution_id": school.id, "day": each.day, "name": ""}
        for school in county.schools[::2]
        for each in usual
    ]
    insert_rows(session, MovableHoliday, rows)


def _weekday_after(today: date, weeks: int, weekday: int) -> date:
    day = today + timedelta(weeks=weeks)
    return day + timedelta(days=(weekday - day.weekday()) % 7)
