"""The store has the holidays of the table: at first, and after an update brought others."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.models.closure import Holiday
from loans.operations.load_holidays import load_holidays
from loans.queries.calendars import calendar_of
from schools.rules.periods import Period
from schools.vocabularies.holidays import HolidayKind, holidays, known_years
from tests.make import Make

pytestmark = pytest.mark.both_stores


def load(session: Session) -> int:
    with unit_of_work(session):
        return load_holidays(session)


def stored(session: Session) -> set[tuple[HolidayKind, date, date, str]]:
    return {(row.kind, row.first, row.last, row.name) for row in session.scalars(select(Holiday))}


@pytest.mark.lending("1.2")
def test_an_empty_store_gets_all_of_them_once(session: Session, make: Make) -> None:
    assert load(session) == len(holidays())
    assert load(session) == 0
    assert known_years() == (2024, 2030)
    calendar = calendar_of(session, make.branch().id, Period(date(2027, 5, 1), date(2027, 5, 31)))
    assert calendar.day(date(2027, 5, 6)).name == "Christi Himmelfahrt"
    assert calendar.is_school_holiday(date(2027, 5, 18))


def test_an_update_corrects_what_was_published_otherwise(session: Session) -> None:
    load(session)
    right = stored(session)
    session.add(
        Holiday(
            kind=HolidayKind.SCHOOL,
            name="Sonderferien",
            first=date(2027, 9, 6),
            last=date(2027, 9, 7),
        )
    )
    easter = session.scalars(
        select(Holiday).where(Holiday.kind == HolidayKind.SCHOOL, Holiday.name == "Osterferien")
    ).first()
    assert easter is not None
    easter.name = "Frühjahrsferien"
    autumn = session.scalars(select(Holiday).where(Holiday.name == "Herbstferien")).first()
    assert autumn is not None
    autumn.last = date(2030, 1, 1)
    twice = session.scalars(select(Holiday).where(Holiday.name == "Neujahr")).first()
    assert twice is not None
    session.add(Holiday(kind=twice.kind, name=twice.name, first=twice.first, last=twice.last))
    session.commit()
    # one withdrawn, one renamed, one with another end (out and in again), one there twice
    assert load(session) == 5
    assert stored(session) == right
    assert session.scalar(select(func.count(Holiday.id))) == len(holidays())
