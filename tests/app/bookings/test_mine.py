"""My page: late, today, this week, later; and renewing."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalogue.models.planned_medium import PlannedMedium
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


def test_others_loans_are_not_renewed(teacher: FlaskClient, make: Make) -> None:
    assert teacher.post(f"/loans/{make.loan().id}/renew").status_code == 404


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
