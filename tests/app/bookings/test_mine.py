"""My page: late, today, this week, later; and renewing."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalogue.models.planned_medium import PlannedMedium
from loans.models.closure import Closure
from loans.models.loan import Loan
from loans.rules.booking_states import BookingState
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import JSON
from tests.make import MONDAY, Make
from tests.statements import counted


def page_of(client: FlaskClient) -> str:
    answer = client.get("/mine")
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_everything_stands_under_its_time(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    def lent(name: str, due: int) -> None:
        copy = make.copy(make.holding(make.title(name)))
        lent_on = MONDAY - timedelta(days=20)
        make.loan(copy, person=person, lent_on=lent_on, days=20 + due)

    lent("Verspaetet", -3)
    lent("Heutiges", 0)
    lent("Freitaegliches", 4)
    days = Period(MONDAY + timedelta(days=20), MONDAY + timedelta(days=21))
    make.booking(make.holding(make.title("Spaeteres"), copies=1), days, person=person)
    page = page_of(teacher)
    places = [
        page.index(f">{name}<")
        for name in ("Verspaetet", "Heutiges", "Freitaegliches", "Spaeteres")
    ]
    assert places == sorted(places)


def test_what_cannot_be_renewed_says_why(teacher: FlaskClient, make: Make, person: Person) -> None:
    loan = make.loan(person=person)
    assert f"/loans/{loan.id}/renew" in page_of(teacher)
    booked = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=16))
    make.booking(loan.holding, booked)
    page = page_of(teacher)
    assert f"/loans/{loan.id}/renew" not in page
    assert "nicht verlängerbar" in page


def test_renewing_one_and_all(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    first, second = make.loan(person=person), make.loan(person=person, renewals=2)
    one = teacher.post(f"/loans/{first.id}/renew", headers=JSON)
    assert one.json == {"loan": first.id, "due_on": "2026-12-14"}
    refused = teacher.post(f"/loans/{second.id}/renew", headers=JSON)
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["refusals"][0]["code"] == "RENEWAL_LIMIT"
    every = teacher.post("/loans/renew", data={"idem": "a"}, headers=JSON)
    again = teacher.post("/loans/renew", data={"idem": "a"}, headers=JSON)
    assert every.json is not None
    assert [each["due_on"] for each in every.json["loans"]] == [None, "2026-12-21"]
    assert again.json == every.json
    session.rollback()
    assert session.get_one(Loan, first.id).renewals == 2
    assert teacher.post(f"/loans/{first.id}/renew").status_code == 303


@pytest.mark.lending("9.1")
def test_a_renewal_is_undone_on_the_page_that_shows_it(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    loan = make.loan(person=person)
    loan_id, due_on = loan.id, loan.due_on
    undo = f"/loans/{loan_id}/renew/undo"
    assert undo not in page_of(teacher)
    teacher.post(f"/loans/{loan_id}/renew")
    assert f'action="{undo}"' in page_of(teacher)
    for _ in "ab":
        assert teacher.post(undo, data={"idem": "a"}).status_code == 303
    session.rollback()
    assert session.get_one(Loan, loan_id).due_on == due_on
    assert session.get_one(Loan, loan_id).renewals == 0
    session.rollback()
    assert undo not in page_of(teacher)
    assert teacher.post(undo).status_code == 409
    assert teacher.post(undo, headers=JSON).status_code == 409


@pytest.mark.lending("7.2")
def test_what_came_back_uncounted_is_back_for_its_borrower(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    loan = make.loan(
        person=person,
        lent_on=MONDAY - timedelta(days=20),
        received_on=MONDAY - timedelta(days=7),
    )
    page = page_of(teacher)
    assert f"/loans/{loan.id}/renew" not in page
    assert "überfällig" not in page
    assert "zurück" in page


def test_others_loans_are_not_renewed(teacher: FlaskClient, make: Make) -> None:
    loan_id = make.loan().id
    assert teacher.post(f"/loans/{loan_id}/renew").status_code == 404
    assert teacher.post(f"/loans/{loan_id}/renew/undo").status_code == 404


def test_the_next_unit_shows_what_is_booked_for_it(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    unit = make.unit()
    holding, other = make.holding(copies=1), make.title("Sensorkoffer")
    session.add_all(
        PlannedMedium(unit_id=unit.id, title_id=title_id)
        for title_id in (holding.title_id, other.id)
    )
    session.commit()
    assert "Sensorkoffer" not in page_of(teacher)
    days = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=9))
    make.booking(holding, days, person=person, unit_id=unit.id, reason=None)
    page = page_of(teacher)
    assert "Sensorkoffer" in page
    assert page.count('<li class="done">') == 1


def test_what_only_another_centre_has_of_the_next_unit_is_named_but_not_linked(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    unit = make.unit(first_week=48, last_week=51)
    ours, theirs = make.holding(copies=1), make.title("Sensorkoffer")
    make.holding(theirs, centre=make.centre("Medienzentrum Nord"), copies=1)
    make.planned(unit, ours.title)
    make.planned(unit, theirs)
    days = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=9))
    make.booking(ours, days, person=person, unit_id=unit.id, reason=None)
    page = page_of(teacher)
    assert f"/titles/{ours.title_id}?from={MONDAY}" in page
    assert "Sensorkoffer" in page
    assert "nicht im Katalog Ihres Medienzentrums" in page
    assert f"/titles/{theirs.id}" not in page


def test_my_page_takes_the_same_statements_for_one_loan_and_for_thirty(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    def more(number: int) -> None:
        for _ in range(number):
            make.loan(person=person)
            days = Period(MONDAY + timedelta(days=2), MONDAY + timedelta(days=3))
            state = BookingState.CONFIRMED
            make.booking(make.holding(copies=1), days, person=person, state=state)

    more(1)
    sent = []
    bound = teacher.application.extensions["medienbruecke_engine"]
    for _ in range(2):
        with counted(bound) as statements:
            page_of(teacher)
        sent.append(statements.count)
        more(29)
    assert sent[0] == sent[1]


@pytest.mark.lending("1.4")
def test_where_no_day_is_open_it_says_so_and_the_page_is_there(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    loan = make.loan(person=person)
    first, last = MONDAY + timedelta(days=15), MONDAY + timedelta(days=500)
    session.add(Closure(centre_id=loan.centre_id, name="Umbau", first=first, last=last))
    session.commit()
    assert "Kein Öffnungstag" in page_of(teacher)
    answer = teacher.post(f"/loans/{loan.id}/renew", headers=JSON)
    assert answer.status_code == 409
    assert [each["code"] for each in answer.get_json()["refusals"]] == ["NO_OPEN_DAY"]
    followed = teacher.post(f"/loans/{loan.id}/renew", follow_redirects=True)
    assert "nie geöffnet" in followed.get_data(as_text=True)
