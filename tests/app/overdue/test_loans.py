"""One loan for staff: renewing it to a day, putting reminders off; and a borrower's loans."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from loans.models.closure import Closure
from loans.models.loan import Loan, Reminder
from loans.models.terms import Terms
from schools.models.account import Account, Grant
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.app.overdue.conftest import JSON, overdue, page_of
from tests.make import LONG_AGO, MONDAY, NOW, Make
from tests.statements import counted

DUE = MONDAY + timedelta(days=14)
SATURDAY = MONDAY + timedelta(days=19)


def loan_now(session: Session, loan_id: int) -> Loan:
    session.rollback()
    return session.get_one(Loan, loan_id)


@pytest.mark.lending("10.1")
def test_a_loans_page_tells_since_when_it_is_late_and_what_was_written(
    staff: FlaskClient, make: Make
) -> None:
    loan = overdue(make, 6)
    assert loan.due_on is not None
    written_on = MONDAY - timedelta(days=3)
    make.session.add(Reminder(loan_id=loan.id, level=1, due_on=loan.due_on, written_on=written_on))
    make.session.commit()
    page = page_of(staff, f"/loans/{loan.id}")
    assert "überfällig seit 6 Tagen" in page
    assert "Erste Mahnung" in page


@pytest.mark.lending("9.1")
def test_staff_renew_to_the_day_until_which_nobody_else_needs_it(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    loan = make.loan()
    make.booking(loan.holding, Period(DUE + timedelta(days=3), DUE + timedelta(days=4)))
    page = page_of(staff, f"/loans/{loan.id}")
    assert "Bis Mi, 9.12. braucht es sonst niemand" in page
    until = DUE + timedelta(days=2)
    answer = staff.post(f"/loans/{loan.id}/extend", data={"until": until.isoformat()})
    assert answer.status_code == 303
    assert loan_now(session, loan.id).due_on == until
    undone = staff.post(f"/loans/{loan.id}/extend/undo")
    assert undone.status_code == 303
    assert loan_now(session, loan.id).due_on == DUE
    assert staff.post(f"/loans/{loan.id}/extend/undo").status_code == 409


@pytest.mark.parametrize(
    ("until", "status"),
    [("x", 422), ("2020-01-01", 422), ("2999-01-01", 422), (SATURDAY.isoformat(), 409)],
)
def test_a_day_that_cannot_be_is_refused_with_a_sentence(
    staff: FlaskClient, make: Make, until: str, status: int
) -> None:
    loan = make.loan()
    answer = staff.post(f"/loans/{loan.id}/extend", data={"until": until})
    assert answer.status_code == status
    assert staff.post(f"/loans/{loan.id}/extend", data={"until": until}, headers=JSON).status_code


def test_who_may_overrules_with_a_reason(
    staff: FlaskClient, head: FlaskClient, make: Make, session: Session
) -> None:
    loan = make.loan(renewals=2)
    wish = {"against": "Prüfung verschoben"}
    refused = staff.post(f"/loans/{loan.id}/extend", data=wish, headers=JSON)
    assert refused.status_code == 409
    assert "Grund, um sich" not in page_of(staff, f"/loans/{loan.id}")
    assert "Grund, um sich" in page_of(head, f"/loans/{loan.id}")
    done = head.post(f"/loans/{loan.id}/extend", data=wish, headers=JSON)
    assert done.json == {"loan": loan.id, "due_on": (DUE + timedelta(days=7)).isoformat()}


@pytest.mark.lending("10.1")
def test_reminders_are_put_off_with_a_reason_and_come_again(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    loan = overdue(make, 3)
    until = MONDAY + timedelta(days=4)
    wish = {"until": until.isoformat(), "reason": "Klassenfahrt"}
    assert staff.post(f"/loans/{loan.id}/snooze", data=wish).status_code == 303
    assert loan_now(session, loan.id).snoozed_until == until
    assert "Bis Fr, 27.11. wird daran nicht erinnert: Klassenfahrt" in page_of(
        staff, f"/loans/{loan.id}"
    )
    assert staff.post(f"/loans/{loan.id}/snooze/end").status_code == 303
    assert loan_now(session, loan.id).snoozed_until is None
    for bad in ({"until": until.isoformat()}, {"reason": "x"}, wish | {"until": "2020-01-01"}):
        answer = staff.post(f"/loans/{loan.id}/snooze", data=bad)
        assert answer.status_code == 422
        assert "Fehler:" in answer.get_data(as_text=True)


@pytest.mark.lending("10.2")
def test_a_fee_of_the_terms_is_shown_on_the_loan_to_staff_and_to_the_borrower(
    staff: FlaskClient, make: Make, sign_in: SignIn, session: Session
) -> None:
    person = make.person()
    copy = make.copy(value_cents=500)
    loan = overdue(make, 7, copy=copy, person=person)
    teacher = sign_in(make.account(Role.TEACHER, person=person))
    assert "Gebühr" not in page_of(staff, f"/loans/{loan.id}")
    assert "Gebühr" not in page_of(teacher, "/mine")
    session.scalars(select(Terms)).one().fee_cents = 30
    session.commit()
    assert "1,50" in page_of(staff, f"/loans/{loan.id}")
    assert "Gebühr bisher 1,50" in page_of(teacher, "/mine")
    assert "Gebühr bisher 1,50" in page_of(staff, "/overdue")
    session.scalars(select(Terms)).one().fee_cents = 300
    session.commit()
    assert "Gebühr bisher 5" in page_of(teacher, "/mine")  # not more than it is worth


@pytest.mark.lending("10.2")
def test_a_fee_is_said_at_the_return(staff: FlaskClient, make: Make, session: Session) -> None:
    loan = overdue(make, 7)
    barcode = loan.copy.barcode
    session.scalars(select(Terms)).one().fee_cents = 30
    session.commit()
    staff.post("/desk/scan", data={"code": barcode, "mode": "return"}, headers=JSON)
    assert "Gebühr 1,50" in page_of(staff, "/desk")


def test_a_returned_loan_names_nobody(staff: FlaskClient, make: Make) -> None:
    person = make.person(family_name="Zweig")
    loan = make.loan(person=person, returned_on=MONDAY, checked_at=NOW, state="available")
    page = page_of(staff, f"/loans/{loan.id}")
    assert "zurückgegeben" in page
    assert "Zweig" not in page
    assert f"/loans/{loan.id}/extend" not in page


def test_foreign_loans_and_people_are_not_found(staff: FlaskClient, make: Make) -> None:
    make.the_centre()
    centre = make.centre()
    foreign = make.loan(
        make.copy(make.holding(centre=centre)), person=make.person(make.school(centre=centre))
    )
    paths = (f"/loans/{foreign.id}", f"/loans/of/{foreign.person_id}", "/loans/999999999")
    assert {staff.get(path).status_code for path in paths} == {404}
    assert staff.post(f"/loans/of/{foreign.person_id}", data={"reason": "x"}).status_code == 404


# A borrower


@pytest.mark.lending("12.2")
def test_whoever_looks_at_past_loans_is_written_down_with_the_reason(
    staff: FlaskClient, make: Make, session: Session, sign_in: SignIn
) -> None:
    person = make.person()
    teacher = sign_in(make.account(Role.TEACHER, person=person))
    make.loan(
        make.copy(make.holding(make.title("Wale"))),
        person=person,
        lent_on=MONDAY - timedelta(days=30),
        returned_on=MONDAY - timedelta(days=20),
        state="available",
    )
    make.loan(make.copy(make.holding(make.title("Robben"))), person=person)
    page = page_of(staff, f"/loans/of/{person.id}")
    assert "Robben" in page
    assert "Wale" not in page
    assert session.scalars(select(AuditEntry)).all() == []
    session.rollback()
    assert staff.post(f"/loans/of/{person.id}", data={"reason": " "}).status_code == 422
    shown = staff.post(f"/loans/of/{person.id}", data={"reason": "Buch vermisst"})
    assert "Wale" in shown.get_data(as_text=True)
    session.rollback()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_kind, entry.subject_id, entry.reason) == (
        "look_at_history",
        "person",
        person.id,
        "Buch vermisst",
    )
    session.rollback()
    assert "Buch vermisst" in page_of(teacher, "/profile/data")


def test_a_borrowers_page_takes_the_same_statements_for_one_loan_and_for_twenty(
    staff: FlaskClient, make: Make
) -> None:
    bound = staff.application.extensions["medienbruecke_engine"]
    person = make.person()
    make.loan(person=person)
    sent = []
    for _ in range(2):
        with counted(bound) as statements:
            page_of(staff, f"/loans/of/{person.id}")
        sent.append(statements.count)
        for _ in range(19):
            make.loan(person=person)
    assert sent[0] == sent[1]


@pytest.mark.lending("1.4")
def test_where_no_day_is_open_a_loans_page_says_so(staff: FlaskClient, make: Make) -> None:
    loan = make.loan()
    first, last = DUE + timedelta(days=1), DUE + timedelta(days=500)
    make.session.add(Closure(centre_id=loan.centre_id, name="Umbau", first=first, last=last))
    make.session.commit()
    assert "Kein Öffnungstag" in page_of(staff, f"/loans/{loan.id}")


@pytest.mark.lending("9.1")
def test_the_end_of_a_membership_is_overruled_where_that_is_offered(
    head: FlaskClient, make: Make, session: Session
) -> None:
    loan = make.loan(person=make.person(until=DUE))
    assert 'name="against"' in page_of(head, f"/loans/{loan.id}")
    answer = head.post(f"/loans/{loan.id}/extend", data={"against": "verlängert sich"})
    assert answer.status_code == 303
    assert loan_now(session, loan.id).due_on == DUE + timedelta(days=7)


@pytest.mark.lending("9.1")
def test_the_day_until_which_nobody_needs_it_can_be_chosen(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    loan = make.loan()
    session.scalars(select(Terms)).one().renewal_period = 14
    make.booking(loan.holding, Period(DUE + timedelta(days=7), DUE + timedelta(days=10)))
    assert "Bis Fr, 11.12. braucht es sonst niemand" in page_of(staff, f"/loans/{loan.id}")
    friday = DUE + timedelta(days=4)
    answer = staff.post(f"/loans/{loan.id}/extend", data={"until": friday.isoformat()})
    assert answer.status_code == 303


@pytest.mark.lending("12.2")
def test_a_look_stands_in_the_log_of_the_centre_that_serves_the_person(
    staff: FlaskClient, account: Account, make: Make, session: Session
) -> None:
    other = make.centre()
    session.add(Grant(account_id=account.id, role=Role.STAFF, centre_id=other.id, first=LONG_AGO))
    person = make.person(make.school(centre=other))
    staff.post(f"/loans/of/{person.id}", data={"reason": "Buch vermisst"})
    session.rollback()
    assert session.scalars(select(AuditEntry.centre_id)).one() == other.id
