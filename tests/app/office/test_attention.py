"""What needs attention is named for staff, in the same statements however much it is."""

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from loans.models.closure import Closure
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import Make
from tests.statements import counted

PAGE = "/office/attention"
DAYS = Period(date(2026, 12, 3), date(2026, 12, 9))


@pytest.fixture
def staff(as_role: AsRole, make: Make) -> FlaskClient:
    make.the_centre()
    return as_role(Role.STAFF)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def close(session: Session, make: Make) -> None:
    closure = Closure(
        centre_id=make.the_centre().id, name="Umzug", first=DAYS.first, last=DAYS.first
    )
    session.add(closure)
    session.commit()


def test_where_nothing_is_wrong_the_page_says_so(staff: FlaskClient) -> None:
    assert "Es ist nichts zu klären" in words(staff.get(PAGE).text)


@pytest.mark.lending("4.4", "1.7")
def test_overbooked_media_are_red_and_lead_to_the_bookings(
    staff: FlaskClient, session: Session, make: Make
) -> None:
    holding = make.holding(make.title("Kamera"), copies=1, shelf_mark="K 7")
    numbers = [make.booking(holding, DAYS).number for _ in range(3)]
    title_id = holding.title_id
    session.rollback()
    page = staff.get(PAGE).text
    assert '<span class="badge badge-bad">−2 frei</span>' in page
    assert f'href="/titles/{title_id}"' in page
    assert all(f'href="/bookings/{number}"' in page for number in numbers)
    assert "3.12. bis 9.12.2026 1 Exemplar, K 7" in words(page)


@pytest.mark.lending("1.7")
def test_bookings_on_closed_days_say_which_day_and_why(
    staff: FlaskClient, session: Session, make: Make
) -> None:
    number = make.booking(make.holding(copies=1), DAYS).number
    close(session, make)
    session.rollback()
    page = words(staff.get(PAGE).text)
    assert f"{number} erster Tag geschlossen" in page
    assert "Erster Tag Do, 3.12.: Schließzeit: Umzug" in page
    assert "Alles Zugesagte lässt sich halten." in page


def test_a_long_section_shows_its_beginning_and_has_pages_of_its_own(
    staff: FlaskClient, session: Session, make: Make
) -> None:
    holding = make.holding(copies=99)
    for _ in range(53):
        make.booking(holding, DAYS)
    close(session, make)
    session.rollback()
    first = staff.get(PAGE).text
    assert first.count("erster Tag geschlossen") == 10
    assert "Alle 53 zeigen" in first
    whole = staff.get(f"{PAGE}?section=closed").text
    assert whole.count("erster Tag geschlossen") == 50
    assert staff.get(f"{PAGE}?section=closed&page=2").text.count("erster Tag geschlossen") == 3
    beyond = staff.get(f"{PAGE}?section=closed&page=999999").text
    assert beyond.count("erster Tag geschlossen") == 3
    assert "Überbucht" not in whole


def test_a_foreign_centre_is_not_found_and_teachers_are_refused(
    staff: FlaskClient, as_role: AsRole, make: Make
) -> None:
    foreign = make.centre().id
    make.session.rollback()
    for wrong in (foreign, "x", "9" * 30):
        assert staff.get(f"{PAGE}?centre={wrong}").status_code == 404
    assert as_role(Role.TEACHER).get(PAGE).status_code == 403


def test_the_statements_are_the_same_however_much_is_wrong(
    app: Flask, staff: FlaskClient, session: Session, make: Make
) -> None:
    def statements() -> int:
        with counted(app.extensions[ENGINE]) as sent:
            staff.get(PAGE)
        return sent.count

    def fill(number: int) -> None:
        for _ in range(number):
            holding = make.holding(copies=0)
            make.booking(holding, DAYS)
            make.loan(make.copy(holding), due_on=DAYS.last)
        session.rollback()

    close(session, make)
    fill(1)
    statements()
    few = statements()
    fill(8)
    assert statements() == few
