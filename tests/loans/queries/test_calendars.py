"""A branch's calendar is read from the store in one statement."""

from datetime import date, time

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from loans.models.closure import (
    Closure,
    ExceptionalOpening,
    Holiday,
    MovableHoliday,
    OpeningHours,
)
from loans.queries.calendars import calendar_of, calendars_of
from loans.rules.calendar import DayKind, Hours
from schools.models.media_centre import Branch
from schools.rules.periods import Period
from schools.vocabularies.holidays import HolidayKind
from tests.make import MONDAY, Make
from tests.statements import counted

pytestmark = [pytest.mark.lending("1.2"), pytest.mark.both_stores]

SPAN = Period(MONDAY, date(2026, 12, 31))


def test_a_branch_is_open_on_its_weekdays_with_its_hours(session: Session, make: Make) -> None:
    calendar = calendar_of(session, make.branch().id, SPAN)
    assert calendar.day(MONDAY).hours == (Hours(time(8), time(16)),)
    assert not calendar.is_open(date(2026, 11, 28))


def test_closures_holidays_and_openings_are_known(session: Session, make: Make) -> None:
    centre, branch = make.the_centre(), make.branch()
    christmas, saturday = date(2026, 12, 25), date(2026, 11, 28)
    session.add_all(
        [
            Closure(
                centre_id=centre.id,
                name="Betriebsausflug",
                first=date(2020, 12, 1),
                last=date(2020, 12, 2),
                yearly=True,
                processed=True,
            ),
            ExceptionalOpening(
                centre_id=centre.id, day=saturday, opens=time(9), closes=time(12), name="Markt"
            ),
            Holiday(kind=HolidayKind.PUBLIC, name="Weihnachten", first=christmas, last=christmas),
            Holiday(
                kind=HolidayKind.SCHOOL,
                name="Weihnachtsferien",
                first=date(2026, 12, 23),
                last=date(2027, 1, 6),
            ),
        ]
    )
    session.commit()
    calendar = calendar_of(session, branch.id, SPAN)
    assert calendar.day_kind(date(2026, 12, 2)) is DayKind.CLOSURE
    assert calendar.is_processed(date(2026, 12, 2))
    assert calendar.day(saturday).name == "Markt"
    assert calendar.day_kind(christmas) is DayKind.PUBLIC_HOLIDAY
    assert calendar.is_school_holiday(date(2027, 1, 4))


def test_a_closure_of_one_branch_leaves_the_others_open(session: Session, make: Make) -> None:
    centre, main = make.the_centre(), make.branch()
    south = Branch(centre_id=centre.id, name="Süd")
    session.add(south)
    session.flush()
    session.add_all(
        [
            OpeningHours(branch_id=south.id, weekday=0, opens=time(8), closes=time(12)),
            Closure(
                centre_id=centre.id, branch_id=south.id, name="Umzug", first=MONDAY, last=MONDAY
            ),
        ]
    )
    session.commit()
    calendars = calendars_of(session, {main.id, south.id}, SPAN)
    assert calendars.of(main.id).is_open(MONDAY)
    assert not calendars.of(south.id).is_open(MONDAY)


def test_movable_holidays_are_those_of_the_asked_school(session: Session, make: Make) -> None:
    ours, theirs = make.school(), make.school()
    session.add_all(
        [
            MovableHoliday(institution_id=ours.id, day=MONDAY),
            MovableHoliday(institution_id=theirs.id, day=date(2026, 11, 24)),
        ]
    )
    session.commit()
    calendars = calendars_of(session, {make.branch().id}, SPAN, ours.id)
    assert calendars.movable == {MONDAY}


def test_one_statement_serves_any_number_of_branches(
    engine: Engine, session: Session, make: Make
) -> None:
    ids = {make.branch().id, make.branch(make.centre()).id}
    with counted(engine) as statements:
        calendars_of(session, ids, SPAN)
    assert statements.count == 1
