"""The desk over HTTP: plain forms, fragments for our script, JSON for programs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalogue.rules.copy_states import CopyState
from loans.models.closure import Closure, OpeningHours
from loans.models.desk_session import DeskScan
from loans.models.loan import Loan
from loans.rules.booking_states import BookingState
from schools.models.account import Account
from schools.models.media_centre import Branch
from schools.models.person import Membership
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.make import LONG_AGO, MONDAY, Make

AsRole = Callable[[Role], FlaskClient]
SignIn = Callable[[Account], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> FlaskClient:
    make.centre()
    return as_role(Role.STAFF)


def post(client: FlaskClient, code: str, **fields: str) -> TestResponse:
    values = {"code": code, "idem": uuid4().hex, **fields}
    return client.post("/desk/scan", data=values, headers=JSON)


def said(client: FlaskClient, code: str, **fields: str) -> dict[str, Any]:
    answer: dict[str, Any] = post(client, code, **fields).get_json()
    return answer


def open_loans(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Loan.id)).where(Loan.returned_on.is_(None))) or 0


def test_the_next_card_says_what_was_not_lent_to_the_one_before(
    make: Make, staff: FlaskClient
) -> None:
    part, first, second = make.part(), make.person(), make.person()
    codes = (first.card, part.copy.barcode, second.card)
    make.session.rollback()
    answer = [said(staff, code) for code in codes][-1]
    assert answer["outcome"] == "again"
    assert "Der Person davor nicht ausgeliehen: Sensorkoffer" in answer["sentence"]


@pytest.mark.lending("8.1")
def test_the_slip_of_a_booking_in_the_middle_of_a_return_says_that_it_goes_on(
    make: Make, staff: FlaskClient
) -> None:
    number = make.booking(make.holding(copies=1), Period(MONDAY, MONDAY)).number
    make.session.rollback()
    assert f"{number}: bitte scannen, was hinausgeht" in said(staff, number)["sentence"]
    said(staff, "CMD-RUECK")
    assert "Die Rücknahme läuft weiter" in said(staff, number)["sentence"]


def test_a_program_lends_and_takes_back_by_codes_alone(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, copy = make.person(), make.copy(make.holding(make.title("Kamera 3")))
    card = post(staff, person.card)
    assert (card.status_code, card.get_json()["outcome"]) == (200, "done")
    lent = said(staff, copy.barcode)
    assert lent["outcome"] == "done"
    assert lent["loan"]["due_on"] == "2026-12-07"
    assert lent["person"]["open_loans"] == 1
    assert "Kamera 3" in lent["sentence"]
    assert said(staff, "CMD-RUECK")["session"]["mode"] == "return"
    assert said(staff, copy.barcode)["outcome"] == "done"
    assert open_loans(session) == 0


def test_a_form_is_answered_by_the_page_it_leads_back_to(make: Make, staff: FlaskClient) -> None:
    person, copy = make.person(), make.copy(make.holding(make.title("Kamera 3")))
    for code in (person.card, copy.barcode):
        answer = staff.post("/desk/scan", data={"code": code, "idem": uuid4().hex})
        assert (answer.status_code, answer.location) == (303, "/desk")
    page = staff.get("/desk").get_data(as_text=True)
    assert 'role="status"' in page
    assert "Kamera 3 ausgeliehen bis Mo, 7.12." in page
    assert copy.barcode in page


def test_our_script_gets_the_changed_parts_only(make: Make, staff: FlaskClient) -> None:
    answer = staff.post(
        "/desk/scan",
        data={"code": make.person().card, "idem": "a" * 32},
        headers={"X-Fragment": "desk"},
    )
    part = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<html" not in part
    assert 'id="say"' in part
    assert 'id="log"' in part


def test_a_scan_sent_again_does_nothing_twice_and_answers_the_same(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, copy = make.person(), make.copy()
    said(staff, person.card)
    first = said(staff, copy.barcode, idem="same")
    assert said(staff, copy.barcode, idem="same") == first
    assert open_loans(session) == 1
    lines = session.scalar(select(func.count(DeskScan.id)).where(DeskScan.copy_id == copy.id))
    assert lines == 1


def test_one_key_for_two_different_scans_is_refused(make: Make, staff: FlaskClient) -> None:
    person, copy = make.person(), make.copy()
    said(staff, person.card, idem="same")
    assert post(staff, copy.barcode, idem="same").status_code == 422


def test_every_refusal_comes_with_code_sentence_and_who_may_overrule(
    make: Make, staff: FlaskClient
) -> None:
    person = make.person(blocked=True, block_reason="Anschrift fehlt")
    copy = make.copy(lendable=False, not_lendable_reason="neu")
    said(staff, person.card)
    answer = post(staff, copy.barcode)
    assert answer.status_code == 409
    refusals = answer.get_json()["refusals"]
    assert [each["code"] for each in refusals] == ["NOT_LENDABLE", "BLOCKED"]
    assert "Anschrift fehlt" in refusals[1]["sentence"]
    assert [each["may_override"] for each in refusals] == [False, False]


def test_the_head_sees_that_she_may_overrule_and_does(
    make: Make, as_role: AsRole, session: Session
) -> None:
    make.centre()
    head = as_role(Role.CENTRE_ADMIN)
    person, copy = make.person(blocked=True), make.copy()
    said(head, person.card)
    refused = said(head, copy.barcode)
    assert refused["refusals"][0]["may_override"]
    page = head.get("/desk").get_data(as_text=True)
    assert "/desk/override" in page
    data = {"line": refused["line"], "reason": "Projektwoche", "idem": uuid4().hex}
    answer = head.post("/desk/override", data=data, headers=JSON)
    assert answer.get_json()["outcome"] == "done"
    assert open_loans(session) == 1


def test_overruling_without_a_reason_is_asked_for_one(make: Make, as_role: AsRole) -> None:
    make.centre()
    head = as_role(Role.CENTRE_ADMIN)
    person, copy = make.person(blocked=True), make.copy()
    said(head, person.card)
    line = said(head, copy.barcode)["line"]
    answer = head.post("/desk/override", data={"line": line, "reason": " "}, headers=JSON)
    assert answer.status_code == 422
    assert "reason" in answer.get_json()["errors"]


def test_staff_have_no_door_to_overrule(make: Make, staff: FlaskClient) -> None:
    assert staff.post("/desk/override", data={"line": 1, "reason": "x"}).status_code == 403


@pytest.mark.parametrize("code", ["", "   ", "x" * 201])
def test_a_misread_code_is_422_with_the_field_named(staff: FlaskClient, code: str) -> None:
    answer = post(staff, code)
    assert answer.status_code == 422
    assert "code" in answer.get_json()["errors"]


def test_an_unknown_code_is_422_and_leaves_a_red_line(staff: FlaskClient) -> None:
    answer = post(staff, "MZ-999999")
    assert answer.status_code == 422
    assert answer.get_json()["refusals"][0]["code"] == "UNKNOWN"
    assert "l-no" in staff.get("/desk").get_data(as_text=True)


def test_a_foreign_branch_is_not_there(make: Make, staff: FlaskClient) -> None:
    foreign = make.branch(make.centre())
    assert post(staff, make.copy().barcode, branch=str(foreign.id)).status_code == 404


def test_a_box_is_counted_with_its_boxes_ticked(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    part = make.part(name="Netzteil", critical=True)
    cable = make.part(part.copy, "USB-C-Kabel", count=3)
    box_id = part.copy_id
    make.loan(part.copy)
    asked = said(staff, part.copy.barcode)
    assert [each["name"] for each in asked["question"]["parts"]] == ["Netzteil", "USB-C-Kabel"]
    page = staff.get("/desk").get_data(as_text=True)
    assert f'name="part-{part.id}" value="1" checked' in page
    data = {
        "line": asked["line"],
        "idem": uuid4().hex,
        "listed": [part.id, cable.id],
        f"part-{cable.id}": "2",
    }
    answer = staff.post("/desk/parts", data=data, headers=JSON).get_json()
    assert answer["loan"]["missing"] == ["Netzteil", "USB-C-Kabel"]
    session.rollback()
    copy = session.scalars(select(type(part.copy)).where(type(part.copy).id == box_id)).one()
    assert copy.state is CopyState.INCOMPLETE


def test_three_letters_find_a_person_and_a_click_serves_them(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, copy = make.person(family_name="Schmidt"), make.copy()
    answer = staff.post("/desk/scan", data={"code": "schm", "idem": uuid4().hex})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Ada Schmidt" in page
    data = {
        "person": person.id,
        "institution": person.memberships[0].institution_id,
        "idem": uuid4().hex,
    }
    assert staff.post("/desk/persons", data=data).status_code == 303
    assert said(staff, copy.barcode)["outcome"] == "done"
    assert open_loans(session) == 1


def test_people_of_another_centre_are_not_found(make: Make, staff: FlaskClient) -> None:
    make.person(make.school(centre=make.centre()), family_name="Schmidt")
    found = staff.get("/desk/persons?q=schm", headers=JSON).get_json()
    assert found == {"persons": []}


def test_a_person_of_two_schools_chooses_one(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, second = make.person(), make.school("Zweite Schule")
    session.add(Membership(person_id=person.id, institution_id=second.id, first=LONG_AGO))
    session.commit()
    asked = said(staff, person.card)
    assert [each["name"] for each in asked["question"]["choices"]][1] == "Zweite Schule"
    data = {"line": asked["line"], "answer": "2", "idem": uuid4().hex}
    answer = staff.post("/desk/answer", data=data, headers=JSON).get_json()
    assert answer["person"]["institution"] == "Zweite Schule"


def test_the_page_shows_the_booking_as_a_list_that_scans_tick(
    make: Make, staff: FlaskClient
) -> None:
    holding = make.holding(make.title("Mikrofonkoffer"), copies=2, shelf_mark="C3")
    booking = make.booking(holding, Period(MONDAY, MONDAY), 2, class_name="7b")
    said(staff, booking.number)
    said(staff, holding.copies[0].barcode)
    page = staff.get("/desk").get_data(as_text=True)
    assert booking.number in page
    assert "1 von 2" in page
    assert "Regal C3" in page


def test_a_booking_handed_out_as_a_whole_stays_in_the_list_below_what_is_left(
    make: Make, staff: FlaskClient
) -> None:
    first, second = make.holding(copies=1), make.holding(make.title("Moor"), copies=1)
    person = make.person()
    done = make.booking(first, Period(MONDAY, MONDAY), person=person).number
    left = make.booking(second, Period(MONDAY, MONDAY), person=person).number
    other = make.booking(make.holding(copies=1), Period(MONDAY, MONDAY), person=person)
    other.state = BookingState.COLLECTED
    make.session.commit()
    said(staff, person.card)
    assert said(staff, first.copies[0].barcode)["outcome"] == "done"
    page = staff.get("/desk").get_data(as_text=True)
    page = page[page.index('id="side"') :]
    assert page.index(left) < page.index(done)
    assert "1 von 1" in page
    assert other.number not in page


def test_a_desk_of_two_branches_lets_staff_choose_the_counter(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    other = Branch(centre_id=make.the_centre().id, name="Nebenstelle")
    session.add(other)
    session.commit()
    loan = make.loan()
    assert "Nebenstelle" in staff.get("/desk").get_data(as_text=True)
    answer = said(staff, loan.copy.barcode, branch=str(other.id))
    assert answer["session"]["branch"] == other.id
    session.rollback()
    assert loan.copy.state is CopyState.IN_TRANSIT


def test_reading_the_desk_writes_nothing(staff: FlaskClient, session: Session) -> None:
    staff.get("/desk")
    assert session.scalars(select(DeskScan)).all() == []


def test_teachers_have_no_desk(as_role: AsRole) -> None:
    assert as_role(Role.TEACHER).get("/desk").status_code == 403


@pytest.mark.lending("1.4")
@pytest.mark.parametrize("why", ["closed for long", "no weekly hours"])
def test_the_desk_says_that_no_open_day_follows_and_goes_on(
    make: Make, staff: FlaskClient, session: Session, why: str
) -> None:
    person, copy, other = make.person(), make.copy(), make.loan()
    if why == "closed for long":
        first, last = MONDAY + timedelta(days=1), MONDAY + timedelta(days=500)
        session.add(Closure(centre_id=copy.centre_id, name="Umbau", first=first, last=last))
    else:
        session.execute(delete(OpeningHours))
    session.commit()
    said(staff, person.card)
    answer = post(staff, copy.barcode)
    assert answer.status_code == 409
    line = answer.get_json()
    assert line["outcome"] == "refused"
    assert "Kein Öffnungstag: Hier ist in den 366 Tagen ab " in line["sentence"]
    assert "nie geöffnet" in line["sentence"]
    assert "Kein Öffnungstag" in staff.get("/desk").text
    said(staff, "CMD-RUECK")
    assert said(staff, other.copy.barcode)["outcome"] == "done"
