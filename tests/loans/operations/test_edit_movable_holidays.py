"""Days off a school are entered all or none, once, by whom it concerns."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.closure import MovableHoliday
from loans.operations.edit_movable_holidays import (
    MovableWish,
    add_movable_holidays,
    remove_movable_holiday,
)
from loans.operations.load_holidays import load_holidays
from loans.queries.movable_holidays import movable_days_of
from loans.rules.movable_days import MovableFault
from schools.models.institution import Institution
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from schools.rules.school_year import SchoolYear
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

YEAR = SchoolYear(2026)
CARNIVAL, BRIDGE = date(2027, 2, 8), date(2027, 5, 7)


@pytest.fixture(autouse=True)
def holidays(session: Session) -> None:
    with unit_of_work(session):
        load_holidays(session)


def enter(session: Session, by: Actor, school: Institution, *days: date) -> int:
    wish = MovableWish(school.id, YEAR, tuple((day, "Frei") for day in days))
    session.rollback()
    with unit_of_work(session):
        return add_movable_holidays(session, wish, by, NOW)


def days(session: Session) -> list[date]:
    session.rollback()
    return list(session.scalars(select(MovableHoliday.day).order_by(MovableHoliday.day)))


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.STAFF, Role.CENTRE_ADMIN])
@pytest.mark.lending("1.2")
def test_the_school_and_its_centre_enter_and_remove_days(
    session: Session, make: Make, role: Role
) -> None:
    school = make.the_school()
    by = make.actor(role)
    assert enter(session, by, school, CARNIVAL, BRIDGE) == 2
    scope = by.scope(Right.ORGANISE_SCHOOL)
    found = movable_days_of(session, scope, school.id, YEAR.period)
    assert [(each.day, each.name) for each in found] == [(CARNIVAL, "Frei"), (BRIDGE, "Frei")]
    assert movable_days_of(session, scope, school.id, Period(CARNIVAL, CARNIVAL)) == found[:1]
    session.rollback()
    with unit_of_work(session):
        remove_movable_holiday(session, found[0].id, by, NOW)
    assert days(session) == [BRIDGE]
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert {each.institution_id for each in entries} == {school.id}


def test_all_are_entered_or_none_and_every_fault_is_told(session: Session, make: Make) -> None:
    by, school = make.actor(Role.SCHOOL_ADMIN), make.the_school()
    enter(session, by, school, CARNIVAL)
    wrong = (date(2027, 5, 6), BRIDGE, CARNIVAL, BRIDGE)
    with pytest.raises(InvalidError) as refused:
        enter(session, by, school, *wrong)
    assert refused.value.faults == {
        "2027-05-06": MovableFault.PUBLIC_HOLIDAY,
        "2027-02-08": MovableFault.KNOWN,
        "2027-05-07": MovableFault.KNOWN,
    }
    assert days(session) == [CARNIVAL]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADVISER, Role.PLANNER])
def test_nobody_else_enters_days(session: Session, make: Make, role: Role) -> None:
    by, school = make.actor(role), make.the_school()
    with pytest.raises(NotFoundError):
        enter(session, by, school, CARNIVAL)


def test_a_school_enters_no_days_for_another(session: Session, make: Make) -> None:
    by, other = make.actor(Role.SCHOOL_ADMIN), make.school()
    with pytest.raises(NotFoundError):
        enter(session, by, other, CARNIVAL)
    row = MovableHoliday(institution_id=other.id, day=CARNIVAL)
    session.add(row)
    session.commit()
    for holiday_id in (row.id, 99_999):
        session.rollback()
        with pytest.raises(NotFoundError), unit_of_work(session):
            remove_movable_holiday(session, holiday_id, by, NOW)
    scope = by.scope(Right.ORGANISE_SCHOOL)
    assert movable_days_of(session, scope, other.id, YEAR.period) == ()
