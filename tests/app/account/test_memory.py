"""What we remember of the visitor: past loans, the consent to them, all that is stored."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan
from schools.models.account import Account
from schools.models.person import Person
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.lending("12.1")


@pytest.fixture
def person(make: Make) -> Person:
    return make.person(given_name="Ida", family_name="Ast")


@pytest.fixture
def account(make: Make, person: Person) -> Account:
    return make.account(Role.TEACHER, person=person)


@pytest.fixture
def teacher(account: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(account)


def past(make: Make, person: Person, name: str = "Wale", days: int = 30) -> Loan:
    copy = make.copy(make.holding(make.title(name)))
    return make.loan(
        copy,
        person=person,
        lent_on=MONDAY - timedelta(days=days),
        returned_on=MONDAY - timedelta(days=days - 9),
        checked_at=NOW - timedelta(days=days - 9),
        state="available",
    )


def page_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_past_loans_are_ones_own_the_latest_first(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    past(make, person, "Wale", days=40)
    past(make, person, "Robben", days=20)
    past(make, make.person(), "Fremdes")
    make.loan(make.copy(make.holding(make.title("Noch hier"))), person=person)
    page = page_of(teacher, "/profile/history")
    assert page.index(">Robben<") < page.index(">Wale<")
    assert "Fremdes" not in page
    assert "Noch hier" not in page


def test_nothing_remembered_is_said(teacher: FlaskClient) -> None:
    assert "Nichts aufbewahrt" in page_of(teacher, "/profile/history")


def test_a_person_agrees_and_takes_it_back(
    teacher: FlaskClient, person: Person, session: Session
) -> None:
    person_id = person.id
    session.rollback()
    for path, kept in (("keep", True), ("end", False)):
        for _ in "ab":
            answer = teacher.post(f"/profile/history/{path}", data={"idem": path})
            assert answer.headers["Location"] == "/profile/history"
        assert session.get_one(Person, person_id).keeps_history is kept
        session.rollback()
    assert 'action="/profile/history/keep"' in page_of(teacher, "/profile/history")


def test_the_page_names_the_days_of_ones_own_centre(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    session.add(LendingSettings(centre_id=make.the_centre().id, person_days=21))
    session.commit()
    assert "21 Tage" in page_of(teacher, "/profile/history")
    assert "21 Tage" in page_of(teacher, "/profile/data")


@pytest.mark.lending("12.1")
def test_the_page_says_that_bookings_are_kept_by_consent_as_well(teacher: FlaskClient) -> None:
    page = page_of(teacher, "/profile/data")
    (row,) = re.findall(r"<tr><th[^>]*>Reservierungen</th>.*?</tr>", page, re.DOTALL)
    assert "30 Tage nach ihrem Ende oder so lange Sie wollen" in row


def test_everything_that_names_a_person_is_counted(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    before = page_of(teacher, "/profile/data")
    for _ in range(3):
        past(make, person)
    make.loan(person=person)
    past(make, make.person())
    page = page_of(teacher, "/profile/data")
    assert '<th scope="row">Frühere Ausleihen</th><td class="num">0</td>' in before
    assert '<th scope="row">Frühere Ausleihen</th><td class="num">3</td>' in page
    assert "Ida Ast" in page
    assert "Niemand in den letzten 365 Tagen" in page


def test_a_long_history_has_pages(teacher: FlaskClient, make: Make, person: Person) -> None:
    for number in range(51):
        past(make, person, f"Titel {number}")
    assert page_of(teacher, "/profile/history").count('<a href="/titles/') == 50
    assert page_of(teacher, "/profile/history?page=2").count('<a href="/titles/') == 1
    for bad in ("0", "-1", "x", "99999999999999999999"):
        assert teacher.get(f"/profile/history?page={bad}").status_code == 200


def test_the_pages_take_the_same_statements_for_one_loan_and_for_twenty(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    bound = teacher.application.extensions["medienbruecke_engine"]
    past(make, person)
    sent = []
    for _ in range(2):
        session.rollback()
        with counted(bound) as statements:
            page_of(teacher, "/profile/history")
            page_of(teacher, "/profile/data")
        sent.append(statements.count)
        for _ in range(19):
            past(make, person)
    assert sent[0] == sent[1]


def test_a_school_never_sees_what_its_teachers_borrowed_before(
    make: Make, person: Person, sign_in: SignIn, session: Session
) -> None:
    past(make, person)
    for role in (Role.SCHOOL_ADMIN, Role.PLANNER):
        client = sign_in(make.account(role))
        assert "Wale" not in page_of(client, "/profile/history")
        assert client.get(f"/loans/of/{person.id}").status_code == 403
    assert session.scalars(select(Loan.person_id)).one() == person.id
