"""A defect from the phone of a teacher to the answer of the centre."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.settings import Settings
from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState
from schools.models.account import Account
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import NOW, Make

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def teacher(make: Make) -> Account:
    return make.account()


@pytest.fixture
def lent(make: Make, teacher: Account) -> Copy:
    """A camera that the teacher has on loan."""
    copy = make.copy(make.holding(make.title("Kamera 1")), barcode="MZ-004709")
    return make.loan(copy, person=teacher.person).copy


@pytest.fixture
def teachers(sign_in: SignIn, teacher: Account) -> FlaskClient:
    """The teacher's browser."""
    return sign_in(teacher)


def photo(name: str = "bild.jpg", content: bytes | None = None) -> tuple[BytesIO, str]:
    if content is None:
        written = BytesIO()
        Image.new("RGB", (60, 30), (10, 120, 90)).save(written, "PNG")
        content = written.getvalue()
    return BytesIO(content), name


def send(browser: FlaskClient, copy: Copy, **fields: Any) -> TestResponse:
    values = {"copy": str(copy.id), "kind": "broken", "text": "Objektiv gesprungen"} | fields
    return browser.post("/school/defects", data=values)


def stored(session: Session) -> list[Defect]:
    session.rollback()
    return list(session.scalars(select(Defect).order_by(Defect.id)))


def files(settings: Settings) -> list[Path]:
    return list((settings.uploads_folder / "images").glob("*"))


def test_a_teacher_reports_what_is_on_loan_and_gets_a_number(
    sign_in: SignIn, teacher: Account, lent: Copy, session: Session
) -> None:
    browser = sign_in(teacher)
    asked = browser.get("/school/defects/new?copy=mz-004709")
    assert "Kamera 1" in asked.text
    assert 'capture="environment"' in asked.text
    answer = send(browser, lent, photo=photo())
    (made,) = stored(session)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/defects/{made.id}"
    text = browser.get(f"/defects/{made.id}").text
    assert f"S-{made.id}" in text
    assert "Objektiv gesprungen" in text
    assert (made.state, made.institution_id) == (DefectState.REPORTED, lent.owner_id or 1)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.DEFECT_REPORTED


def test_the_same_report_sent_twice_is_one_report(
    sign_in: SignIn, teacher: Account, lent: Copy, session: Session, settings: Settings
) -> None:
    browser = sign_in(teacher)
    answers = [send(browser, lent, idem="k1", photo=photo()) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(stored(session)) == 1
    assert len(files(settings)) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": ""}, "Wählen Sie, was nicht stimmt."),
        ({"kind": "other", "text": " "}, "Sagen Sie in einem Satz, was nicht stimmt."),
        ({"text": "x" * 2001}, "höchstens 2000 Zeichen"),
        ({"photo": photo("a.svg", b"<svg onload=alert(1)>")}, "kein Bild"),
        ({"part": "77"}, "Bitte prüfen Sie 1 Angabe"),
    ],
    ids=["no kind", "no words", "too long", "no picture", "foreign part"],
)
def test_a_faulty_report_comes_back(
    teachers: FlaskClient, lent: Copy, fields: dict[str, Any], words: str
) -> None:
    answer = send(teachers, lent, **fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_of_a_faulty_report_nothing_is_kept(
    teachers: FlaskClient, lent: Copy, session: Session, settings: Settings
) -> None:
    send(teachers, lent, kind="", photo=photo())
    send(teachers, lent, photo=photo("a.svg", b"<svg onload=alert(1)>"))
    assert stored(session) == []
    assert files(settings) == []


def test_a_foreign_device_cannot_be_reported(
    make: Make, sign_in: SignIn, teacher: Account, session: Session, settings: Settings
) -> None:
    elsewhere = make.loan(person=make.person(make.school())).copy
    on_the_shelf = make.copy()
    foreign = make.copy(make.holding(make.title("Fern"), centre=make.centre()))
    browser = sign_in(teacher)
    for copy in (elsewhere, on_the_shelf, foreign):
        assert send(browser, copy, photo=photo()).status_code == 404
        page = browser.get(f"/school/defects/new?copy={copy.barcode}")
        assert page.status_code == 404
        assert copy.barcode in page.text
    assert stored(session) == []
    assert files(settings) == []


def test_nothing_that_was_typed_runs(
    sign_in: SignIn, teacher: Account, lent: Copy, session: Session
) -> None:
    browser = sign_in(teacher)
    assert EVIL not in browser.get("/school/defects/new", query_string={"copy": EVIL}).text
    send(browser, lent, text=EVIL)
    assert EVIL not in browser.get(f"/defects/{stored(session)[0].id}").text


def reported(make: Make, copy: Copy, **facts: Any) -> Defect:
    values = {"institution_id": make.the_school().id, "kind": DefectKind.BROKEN} | facts
    row = Defect(
        copy_id=copy.id, centre_id=copy.centre_id, reported_at=NOW, changed_at=NOW, **values
    )
    make.session.add(row)
    make.session.commit()
    return row


def test_school_and_centre_see_the_same_defect_others_do_not(
    make: Make, as_role: AsRole, sign_in: SignIn, lent: Copy
) -> None:
    made = reported(make, lent)
    for role in (Role.SCHOOL_ADMIN, Role.STAFF):
        browser = as_role(role)
        assert f"S-{made.id}" in browser.get("/school/defects").text
        assert browser.get(f"/defects/{made.id}").status_code == 200
    strangers = [
        make.account(),
        make.account(Role.SCHOOL_ADMIN, school=make.school()),
        make.account(Role.STAFF, centre=make.centre()),
    ]
    for account in strangers:
        browser = sign_in(account)
        assert f"S-{made.id}" not in browser.get("/school/defects").text
        assert browser.get(f"/defects/{made.id}").status_code == 404


def test_a_photo_is_served_as_a_jpeg_only_to_those_who_see_the_defect(
    make: Make, as_role: AsRole, sign_in: SignIn, teachers: FlaskClient, lent: Copy
) -> None:
    send(teachers, lent, photo=photo())
    make.session.rollback()
    name = make.session.scalars(select(Attachment.stored_name)).one()
    answer = teachers.get(f"/photos/{name}", buffered=True)
    assert answer.mimetype == "image/jpeg"
    assert answer.data.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert as_role(Role.STAFF).get(f"/photos/{name}", buffered=True).status_code == 200
    for account in (make.account(), make.account(Role.STAFF, centre=make.centre())):
        assert sign_in(account).get(f"/photos/{name}").status_code == 404
    assert teachers.get("/photos/..%2F..%2Fstore.sqlite").status_code == 404


def decide(browser: FlaskClient, made: Defect, **fields: Any) -> TestResponse:
    values = {"state": "in_work", "answer": "", "shelf": "", "version": made.version} | fields
    return browser.post(f"/defects/{made.id}", data=values)


def test_staff_take_a_copy_to_repair_and_give_it_back(make: Make, as_role: AsRole) -> None:
    holding = make.holding(copies=1)
    copy = holding.copies[0]
    made = reported(make, copy)
    browser = as_role(Role.STAFF)
    assert decide(browser, made, shelf="repair").status_code == 303
    make.session.rollback()
    assert (copy.state, holding.lendable) == (CopyState.IN_REPAIR, 0)
    done = decide(browser, made, state="done", shelf="put_back", answer="Wieder da.")
    assert done.status_code == 303
    make.session.rollback()
    assert (copy.state, holding.lendable) == (CopyState.AVAILABLE, 1)
    assert made.state is DefectState.DONE


@pytest.mark.lending("3.2", "4.2")
def test_a_box_without_a_part_it_needs_is_not_put_back(make: Make, as_role: AsRole) -> None:
    part = make.part(critical=True, missing=1)
    copy = part.copy
    copy.state, copy.holding.lendable = CopyState.INCOMPLETE, 0
    made = reported(make, copy)
    browser = as_role(Role.STAFF)
    page = browser.get(f"/defects/{made.id}").text
    assert 'value="repair"' in page
    assert 'value="put_back"' not in page
    assert decide(browser, made, state="done", shelf="put_back").status_code == 422
    make.session.rollback()
    assert (copy.state, copy.holding.lendable) == (CopyState.INCOMPLETE, 0)


def test_a_copy_that_is_out_is_not_offered_repair(make: Make, as_role: AsRole, lent: Copy) -> None:
    made = reported(make, lent)
    browser = as_role(Role.STAFF)
    assert "sobald es zurück ist" in browser.get(f"/defects/{made.id}").text
    assert decide(browser, made, shelf="repair").status_code == 422
    make.session.rollback()
    assert (lent.state, made.state) == (CopyState.ON_LOAN, DefectState.REPORTED)


def test_a_second_editor_is_shown_what_the_first_saved(
    make: Make, as_role: AsRole, lent: Copy
) -> None:
    made = reported(make, lent)
    version = made.version
    browser = as_role(Role.STAFF)
    decide(browser, made, answer="Ist bestellt.")
    late = decide(browser, made, state="declined", answer="Nein.", version=version)
    assert late.status_code == 409
    assert "Ist bestellt." in late.text
    assert "Nein." in late.text
    make.session.rollback()
    assert (made.state, made.answer) == (DefectState.IN_WORK, "Ist bestellt.")
    assert f'name="version" value="{made.version}"' in late.text


def test_the_same_decision_sent_twice_is_one_decision(
    make: Make, as_role: AsRole, lent: Copy
) -> None:
    made = reported(make, lent, person_id=make.person().id)
    browser = as_role(Role.STAFF)
    version = made.version
    for _ in range(2):
        answer = decide(browser, made, answer="Kommt.", idem="k2", version=version)
        assert answer.status_code == 303
    make.session.rollback()
    assert len(make.session.scalars(select(OwedLetter)).all()) == 1


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN])
def test_schools_decide_nothing(make: Make, as_role: AsRole, lent: Copy, role: Role) -> None:
    assert decide(as_role(role), reported(make, lent), state="done").status_code == 403


def test_staff_of_another_centre_decide_nothing(make: Make, sign_in: SignIn, lent: Copy) -> None:
    made = reported(make, lent)
    stranger = sign_in(make.account(Role.STAFF, centre=make.centre()))
    assert decide(stranger, made, state="done").status_code == 404


def test_the_list_shows_open_ones_unless_asked_otherwise(
    make: Make, as_role: AsRole, lent: Copy
) -> None:
    still_open, settled = reported(make, lent), reported(make, lent, state=DefectState.DONE)
    browser = as_role(Role.STAFF)
    for query, expected in (("", {still_open}), ("?state=all", {still_open, settled})):
        text = browser.get(f"/school/defects{query}").text
        shown = {each for each in (still_open, settled) if f">S-{each.id}<" in text}
        assert shown == expected
