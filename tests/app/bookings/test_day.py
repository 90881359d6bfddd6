"""Who has a title on a day, and what is overbooked: red for staff until it is solved."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from catalogue.models.holding import BookedBy, Holding
from loans.models.booking import Booking
from schools.models.person import Person
from schools.rules.roles import Role
from tests.app.bookings.conftest import DAYS, Stored
from tests.app.conftest import SignIn
from tests.make import Make
from tests.statements import counted

RED = ">überbucht</span>"


@pytest.fixture
def both(make: Make, person: Person) -> tuple[Booking, Booking]:
    """Two bookings of the only copy for the same days, the second against the rule."""
    holding = make.holding(copies=1)
    first = make.booking(holding, DAYS, person=person)
    return first, make.booking(holding, DAYS, overbooked_reason="Die Prüfung geht vor.")


def text(browser: FlaskClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.lending("4.4")
def test_staff_see_minus_one_with_both_lines_and_borrowers_none(
    both: tuple[Booking, Booking], staff: FlaskClient, teacher: FlaskClient, stored: Stored
) -> None:
    """S16."""
    first, second = (each.number for each in both)
    holding, title = both[0].lines[0].holding_id, both[0].lines[0].holding.title_id
    stored.forget()
    day = text(staff, f"/bookings/day?holding={holding}&from={DAYS.first}")
    assert "<b>-1</b>" in day
    assert first in day
    assert second in day
    assert "gegen die Regel" in day
    asked = f"/titles/{title}?from={DAYS.first}&until={DAYS.last}"
    assert "überbucht" in text(staff, asked)
    shown = text(teacher, asked)
    assert "überbucht" not in shown
    assert ">-1<" not in shown
    assert second not in shown
    assert teacher.get(f"/bookings/day?holding={holding}").status_code == 403


@pytest.mark.lending("3.3", "4.4")
def test_a_copy_promised_twice_by_its_number_is_red_on_each_page(
    make: Make, staff: FlaskClient, stored: Stored
) -> None:
    """S16."""
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copy, title = make.copy(holding, numbered=True), holding.title_id
    for _ in range(2):
        make.booking(holding, DAYS).lines[0].copy_id = copy.id
    stored.session.commit()
    day = f"/bookings/day?holding={holding.id}&from={DAYS.first}"
    month = f"/titles/{title}?from={DAYS.first}&until={DAYS.last}"
    stored.forget()
    assert "<b>-1</b>" in text(staff, day)
    assert "überbucht" in text(staff, month)
    assert "1 zu wenig" in text(staff, month)
    assert text(staff, "/bookings/all").count(RED) == 2
    make.copy(stored.session.get_one(Holding, copy.holding_id), numbered=True)
    stored.forget()
    shown = text(staff, day)
    assert "<b>1</b>" in shown
    assert "1 zu wenig" in shown
    assert "tile-bad" in shown
    assert "1 zu wenig" in text(staff, month)


@pytest.mark.lending("4.4")
def test_it_is_red_for_staff_until_enough_is_free_again(
    both: tuple[Booking, Booking], staff: FlaskClient, teacher: FlaskClient, stored: Stored
) -> None:
    first, second = (each.number for each in both)
    stored.forget()
    page = text(staff, f"/bookings/{second}")
    assert "Die Prüfung geht vor." in page
    assert "zu wenige Exemplare" in page
    assert "zu wenige Exemplare" not in text(teacher, f"/bookings/{first}")
    assert text(staff, "/bookings/all").count(RED) == 2
    against = text(staff, "/bookings/all?state=overbooked")
    assert (second in against, first in against) == (True, False)
    assert teacher.post(f"/bookings/{first}/cancel").status_code == 303
    assert "zu wenige Exemplare" not in text(staff, f"/bookings/{second}")
    assert RED not in text(staff, "/bookings/all")


def test_any_day_can_be_looked_at_and_nonsense_is_today(
    both: tuple[Booking, Booking], staff: FlaskClient, stored: Stored
) -> None:
    holding = both[0].lines[0].holding_id
    stored.forget()
    for asked in ("", "&from=9999-12-31", "&from=0001-01-01", "&from=gestern"):
        assert "Niemand" in text(staff, f"/bookings/day?holding={holding}{asked}")
    far = DAYS.first + timedelta(days=5 * 366 - 10)
    assert "Niemand" in text(staff, f"/bookings/day?holding={holding}&from={far}")
    for holding_id in ("", "0", "x", "999999999", "9" * 30):
        assert staff.get(f"/bookings/day?holding={holding_id}").status_code == 404


def test_the_day_of_another_centre_is_not_found(
    both: tuple[Booking, Booking], make: Make, sign_in: SignIn
) -> None:
    holding = both[0].lines[0].holding_id
    elsewhere = sign_in(make.account(Role.STAFF, centre=make.centre()))
    make.session.rollback()
    assert elsewhere.get(f"/bookings/day?holding={holding}").status_code == 404


def test_the_statements_of_the_day_do_not_grow(
    both: tuple[Booking, Booking], make: Make, staff: FlaskClient, engine: Engine, stored: Stored
) -> None:
    holding = both[0].lines[0].holding
    address = f"/bookings/day?holding={holding.id}&from={DAYS.first}"

    def shown() -> int:
        stored.forget()
        with counted(engine) as sent:
            text(staff, address)
        return sent.count

    few = shown()
    for _ in range(4):
        make.booking(holding, DAYS)
    assert shown() == few
