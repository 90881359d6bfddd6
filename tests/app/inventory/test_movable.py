"""A school's movable holidays: entered by the school or the centre, a school year at a time."""

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store import prepare_store
from database.audit import AuditEntry
from loans.models.closure import MovableHoliday
from loans.queries.calendars import calendars_of
from loans.rules.due_dates import Basis, LoanPeriod, uncapped_due_date
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import Make

PAGE = "/school/holidays"
CARNIVAL, BRIDGE = date(2027, 2, 8), date(2027, 5, 7)


@pytest.fixture
def admin(app: Flask, as_role: AsRole, make: Make) -> FlaskClient:
    """The browser of the admin of the first school, in a store that knows the holidays."""
    with app.app_context():
        prepare_store()
    make.the_school()
    return as_role(Role.SCHOOL_ADMIN)


@pytest.fixture
def address(make: Make) -> str:
    found = f"/school/{make.the_school().id}/holidays"
    make.session.rollback()
    return found


def send(admin: FlaskClient, address: str, **entered: object) -> int:
    plain: dict[str, object] = {"day": "", "name": ""}
    return admin.post(address, data=plain | entered).status_code


def days(session: Session) -> list[date]:
    session.rollback()
    return list(session.scalars(select(MovableHoliday.day).order_by(MovableHoliday.day)))


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.lending("1.2", "1.5")
def test_usual_days_are_ticked_and_stop_school_days_only(
    admin: FlaskClient, session: Session, make: Make, address: str
) -> None:
    page = words(admin.get(PAGE).text)
    assert "Üblich sind 3 bis 4 Tage im Schuljahr." in page
    assert "Montag, 8. Februar 2027 (Rosenmontag)" in page
    assert "Freitag, 7. Mai 2027 (neben Christi Himmelfahrt)" in page
    ticked = [CARNIVAL.isoformat(), BRIDGE.isoformat()]
    assert send(admin, address, usual=ticked) == 303
    assert days(session) == [CARNIVAL, BRIDGE]
    page = words(admin.get(PAGE).text)
    assert "Schuljahr 2026/27 2" in page
    assert page.count("Rosenmontag") == 1
    school, branch = make.the_school(), make.branch()
    found = calendars_of(session, {branch.id}, Period(CARNIVAL, BRIDGE), school.id)
    counted = found.days(branch.id)
    friday = date(2027, 2, 5)
    due = [uncapped_due_date(friday, LoanPeriod(1, basis), counted) for basis in Basis]
    assert dict(zip(Basis, due, strict=True)) == {
        Basis.CALENDAR_DAYS: CARNIVAL,
        Basis.WEEKDAYS: CARNIVAL,
        Basis.WORKING_DAYS: CARNIVAL,
        Basis.OPEN_DAYS: CARNIVAL,
        Basis.SCHOOL_DAYS: date(2027, 2, 9),
    }


def test_another_day_is_entered_with_what_it_is_for_and_removed(
    admin: FlaskClient, session: Session, address: str
) -> None:
    assert send(admin, address, day="2027-03-05", name="Pädagogischer Tag") == 303
    assert "Pädagogischer Tag" in words(admin.get(PAGE).text)
    (row,) = session.scalars(select(MovableHoliday))
    remove = f"{address}/{row.id}/remove"
    session.rollback()
    answers = [admin.post(remove, data={"idem": "twice"}).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert days(session) == []
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    assert acts == ["add_movable_holiday", "remove_movable_holiday"]
    assert admin.post(remove, data={"idem": "later"}).status_code == 404


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2027-03-06", "Sa, 6.3.: Samstags und sonntags ist ohnehin kein Unterricht."),
        ("2027-05-06", "Do, 6.5.: Dieser Tag ist ohnehin ein Feiertag."),
        ("2026-12-28", "Mo, 28.12.: Dieser Tag liegt ohnehin in den Schulferien."),
        ("2027-09-06", "Mo, 6.9.: Dieser Tag liegt nicht im Schuljahr."),
        ("2027-02-08", "Mo, 8.2.: Dieser Tag ist schon eingetragen."),
    ],
)
def test_a_day_without_school_anyway_is_refused(
    admin: FlaskClient, session: Session, address: str, day: str, sentence: str
) -> None:
    assert send(admin, address, usual=[CARNIVAL.isoformat()]) == 303
    answer = admin.post(address, data={"day": day, "name": "Frei"})
    assert answer.status_code == 409
    assert sentence in unescape(answer.text)
    assert days(session) == [CARNIVAL]


def test_without_a_day_nothing_is_entered(
    admin: FlaskClient, session: Session, address: str
) -> None:
    for entered in ({}, {"usual": ["2027-01-11", "never"]}, {"day": "morgen"}):
        answer = admin.post(address, data={"name": "", **entered})
        assert answer.status_code == 422
    assert days(session) == []


def test_each_school_year_has_its_own_days(
    admin: FlaskClient, session: Session, address: str
) -> None:
    other = f"{address}?year=2027/28"
    assert admin.post(other, data={"day": "2028-02-28", "name": ""}).status_code == 303
    assert days(session) == [date(2028, 2, 28)]
    assert "Noch ist kein Tag eingetragen." in words(admin.get(PAGE).text)
    assert "28. Februar 2028" in words(admin.get(other).text)
    for nonsense in ("9999/00", "1900/01", "x"):
        assert "Schuljahr 2026/27" in words(admin.get(f"{address}?year={nonsense}").text)


def test_staff_enter_days_for_the_schools_they_serve_and_no_others(
    admin: FlaskClient, as_role: AsRole, session: Session, make: Make, address: str
) -> None:
    staff = as_role(Role.STAFF)
    assert send(admin, address, usual=[CARNIVAL.isoformat()]) == 303
    assert staff.post(address, data={"day": BRIDGE.isoformat(), "name": ""}).status_code == 303
    foreign = make.school(centre=make.centre())
    row = MovableHoliday(institution_id=foreign.id, day=CARNIVAL)
    session.add(row)
    session.commit()
    theirs, theirs_row = foreign.id, row.id
    session.rollback()
    assert staff.get(f"/school/{theirs}/holidays").status_code == 404
    assert staff.post(f"/school/{theirs}/holidays", data={"day": "2027-03-05"}).status_code == 404
    for school in (theirs, int(address.split("/")[2])):
        remove = f"/school/{school}/holidays/{theirs_row}/remove"
        assert admin.post(remove, data={}).status_code == 404
    assert as_role(Role.TEACHER).get(PAGE).status_code == 403
