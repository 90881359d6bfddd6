"""Until when this customer's things are lent, chosen at the desk's page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from loans.models.loan import Loan
from schools.rules.roles import Role
from tests.make import MONDAY, Make

AsRole = Callable[[Role], FlaskClient]
JSON = {"Accept": "application/json"}
THURSDAY = MONDAY + timedelta(days=3)
LATE = MONDAY + timedelta(days=40)

pytestmark = pytest.mark.lending("1.6", "8.2")


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> FlaskClient:
    make.centre()
    return as_role(Role.STAFF)


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"idem": uuid4().hex, **fields}, headers=JSON)


def scan(client: FlaskClient, code: str) -> TestResponse:
    return send(client, "/desk/scan", code=code)


def page_of(client: FlaskClient) -> str:
    return client.get("/desk").get_data(as_text=True)


def test_the_day_is_chosen_shown_and_taken_back(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, first, second = make.person(), make.copy(), make.copy()
    assert "/desk/due" not in page_of(staff)
    scan(staff, person.card)
    assert "Bis zu einem anderen Tag ausleihen" in page_of(staff)
    send(staff, "/desk/due", due_on=THURSDAY)
    page = page_of(staff)
    assert "Ausgeliehen bis Do, 26.11." in page
    assert f'value="{THURSDAY}"' in page
    scan(staff, first.barcode)
    send(staff, "/desk/due", due_on="")
    scan(staff, second.barcode)
    session.rollback()
    due = {loan.copy_id: loan.due_on for loan in session.query(Loan)}
    assert due == {first.id: THURSDAY, second.id: MONDAY + timedelta(days=14)}


def test_a_longer_day_is_refused_with_the_last_one_and_stays_chosen(
    make: Make, staff: FlaskClient
) -> None:
    person, copy = make.person(), make.copy()
    scan(staff, person.card)
    send(staff, "/desk/due", due_on=LATE)
    answer = scan(staff, copy.barcode)
    assert answer.status_code == 409
    assert [each["code"] for each in answer.get_json()["refusals"]] == ["TOO_LONG"]
    page = page_of(staff)
    assert "Das ist zu lang; erlaubt ist es bis zum 7.12.2026." in page
    assert f'value="{LATE}"' in page


def test_who_may_overrule_lends_as_long_as_chosen(
    make: Make, as_role: AsRole, session: Session
) -> None:
    make.centre()
    head = as_role(Role.CENTRE_ADMIN)
    person, copy = make.person(), make.copy()
    scan(head, person.card)
    send(head, "/desk/due", due_on=LATE)
    line = scan(head, copy.barcode).get_json()["line"]
    send(head, "/desk/override", line=line, reason="Projekt bis Januar")
    session.rollback()
    assert [loan.due_on for loan in session.query(Loan)] == [LATE]


@pytest.mark.parametrize("day", [MONDAY - timedelta(days=1), "morgen"])
def test_a_day_that_is_over_or_none_is_told(staff: FlaskClient, make: Make, day: object) -> None:
    scan(staff, make.person().card)
    answer = send(staff, "/desk/due", due_on=day)
    assert answer.status_code == 422
    assert "due_on" in answer.get_json()["errors"]
    page = staff.post("/desk/due", data={"due_on": str(day)}).get_data(as_text=True)
    assert "say-no" in page


def test_without_a_customer_no_day_is_offered(staff: FlaskClient) -> None:
    scan(staff, "CMD-AUSLEIHE")
    assert "/desk/due" not in page_of(staff)


def test_a_counter_of_another_centre_is_not_there(make: Make, staff: FlaskClient) -> None:
    foreign = make.branch(make.centre())
    answer = send(staff, "/desk/due", due_on=THURSDAY, branch=foreign.id)
    assert answer.status_code == 404
