"""Returns at the desk over HTTP: undo, the return box, two steps, damage with a photo."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.sessions import ENGINE
from app.settings import Settings
from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy
from catalogue.models.defect import Defect, DefectKind
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState
from loans.models.booking import BookingPick
from loans.models.hold import HoldState
from loans.models.loan import Loan
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

AsRole = Callable[[Role], FlaskClient]
JSON = {"Accept": "application/json"}
YESTERDAY = MONDAY - timedelta(days=1)


@pytest.fixture
def staff(make: Make, as_role: AsRole) -> FlaskClient:
    make.centre()
    return as_role(Role.STAFF)


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return client.post(path, data={"idem": uuid4().hex, **fields}, headers=JSON)


def scan(client: FlaskClient, code: str, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = send(client, "/desk/scan", code=code, **fields).get_json()
    return answer


def page_of(client: FlaskClient) -> str:
    return client.get("/desk").get_data(as_text=True)


def picture() -> tuple[BytesIO, str]:
    written = BytesIO()
    Image.new("RGB", (60, 30), (10, 120, 90)).save(written, "PNG")
    return BytesIO(written.getvalue()), "bild.png"


def state_of(loan: Loan) -> CopyState:
    return loan.copy.state


def photos_of(settings: Settings) -> list[Path]:
    return [path for path in settings.data.glob("uploads/**/*") if path.is_file()]


# Undo


@pytest.mark.lending("8.6")
def test_each_line_of_the_log_has_a_button_that_undoes_it(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, copy = make.person(), make.copy(make.holding(make.title("Kamera 3")))
    scan(staff, person.card)
    line = scan(staff, copy.barcode)["line"]
    assert f'name="line" value="{line}"' in page_of(staff)
    answer = staff.post("/desk/undo", data={"line": line, "idem": "a"})
    assert (answer.status_code, answer.location) == (303, "/desk")
    page = page_of(staff)
    assert "Rückgängig: Kamera 3 ist nicht ausgeliehen" in page
    assert (
        f'action="/desk/undo" data-desk><input type="hidden" name="line" value="{line}"'
        not in (page)
    )
    session.rollback()
    loan = session.scalars(select(Loan)).one()
    assert loan.void
    assert copy.state is CopyState.AVAILABLE


@pytest.mark.lending("8.6")
@pytest.mark.parametrize("code", ["CMD-UNDO", "cmd-zurueck"])
def test_a_command_undoes_the_newest(
    make: Make, staff: FlaskClient, session: Session, code: str
) -> None:
    loan = make.loan()
    scan(staff, loan.copy.barcode, mode="return")
    undone = scan(staff, code)
    assert undone["outcome"] == "done"
    session.rollback()
    assert (loan.returned_on, loan.copy.state) == (None, CopyState.ON_LOAN)
    assert scan(staff, code)["outcome"] == "again"


@pytest.mark.lending("8.6")
def test_what_cannot_be_undone_is_409_and_names_what_came_later(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    person, copy = make.person(), make.copy()
    scan(staff, person.card)
    lent = scan(staff, copy.barcode)["line"]
    scan(staff, copy.barcode, mode="return")
    answer = send(staff, "/desk/undo", line=lent)
    assert answer.status_code == 409
    assert "Machen Sie" in answer.get_json()["sentence"]
    session.rollback()
    assert copy.state is CopyState.AVAILABLE


@pytest.mark.lending("1.4", "8.6")
def test_an_undo_sent_twice_undoes_once(make: Make, staff: FlaskClient, session: Session) -> None:
    loans = [make.loan(), make.loan()]
    lines = [scan(staff, each.copy.barcode, mode="return")["line"] for each in loans]
    data = {"line": lines[1], "idem": "same"}
    first = staff.post("/desk/undo", data=data, headers=JSON)
    again = staff.post("/desk/undo", data=data, headers=JSON)
    assert first.get_json() == again.get_json()
    session.rollback()
    assert [each.returned_on for each in loans] == [MONDAY, None]


@pytest.mark.lending("12.1")
def test_lines_of_other_desks_are_not_there(
    make: Make, staff: FlaskClient, as_role: AsRole
) -> None:
    other = as_role(Role.STAFF)
    line = scan(staff, make.loan().copy.barcode, mode="return")["line"]
    assert send(other, "/desk/undo", line=line).status_code == 404
    assert send(staff, "/desk/undo", line=999999).status_code == 404


@pytest.mark.parametrize("line", ["", "x", "0", "99999999999"])
def test_an_undo_of_no_line_is_422(staff: FlaskClient, line: str) -> None:
    answer = send(staff, "/desk/undo", line=line)
    assert answer.status_code == 422
    assert "line" in answer.get_json()["errors"]


def test_our_script_gets_the_undone_line_as_a_part_of_the_page(
    make: Make, staff: FlaskClient
) -> None:
    loan = make.loan()
    line = scan(staff, loan.copy.barcode, mode="return")["line"]
    answer = staff.post(
        "/desk/undo", data={"line": line, "idem": "a"}, headers={"X-Fragment": "desk"}
    )
    part = answer.get_data(as_text=True)
    assert "<html" not in part
    assert "Rückgängig: " in part


# The return box


@pytest.mark.lending("8.4")
def test_a_pile_from_the_return_box_is_back_since_its_day(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    late = make.loan(lent_on=MONDAY - timedelta(days=15), days=14)
    friday = MONDAY - timedelta(days=3)
    answer = send(staff, "/desk/box", dropped_on=friday)
    assert answer.get_json()["session"]["mode"] == "box"
    assert f'value="{friday}"' in page_of(staff)
    taken = scan(staff, late.copy.barcode)
    assert taken["outcome"] == "done"
    session.rollback()
    assert late.returned_on == friday
    assert "zurück seit Fr, 20.11." in page_of(staff)


@pytest.mark.lending("8.4")
@pytest.mark.parametrize("day", [MONDAY + timedelta(days=1), "", "gestern"])
def test_a_day_to_come_is_no_day_of_the_box(
    make: Make, staff: FlaskClient, session: Session, day: object
) -> None:
    answer = send(staff, "/desk/box", dropped_on=day)
    assert answer.status_code == 422
    assert "dropped_on" in answer.get_json()["errors"]
    page = staff.post("/desk/box", data={"dropped_on": str(day)}).get_data(as_text=True)
    assert "say-no" in page


@pytest.mark.lending("8.4")
def test_before_it_was_lent_nothing_was_in_the_box(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    loan = make.loan(lent_on=MONDAY)
    send(staff, "/desk/box", dropped_on=MONDAY - timedelta(days=3))
    answer = send(staff, "/desk/scan", code=loan.copy.barcode)
    assert answer.status_code == 409
    assert [each["code"] for each in answer.get_json()["refusals"]] == ["RETURN_BEFORE_LENDING"]
    session.rollback()
    assert loan.returned_on is None


@pytest.mark.lending("8.4")
def test_the_mode_of_the_box_begins_with_the_last_open_day(staff: FlaskClient, make: Make) -> None:
    assert scan(staff, "CMD-KASTEN")["session"]["mode"] == "box"
    assert 'id="dropped_on" name="dropped_on" value="2026-11-20"' in page_of(staff)


def test_a_box_of_another_centre_is_not_there(make: Make, staff: FlaskClient) -> None:
    foreign = make.branch(make.centre())
    answer = send(staff, "/desk/box", dropped_on=YESTERDAY, branch=foreign.id)
    assert answer.status_code == 404


# Two steps


@pytest.mark.lending("8.4")
def test_where_returns_are_checked_a_scan_receives_and_a_second_looks_over(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    make.choices(checks_returns=True)
    loan = make.loan(make.copy(make.holding(make.title("Kamera 3"))))
    scan(staff, loan.copy.barcode, mode="return")
    assert "Kamera 3 angenommen" in page_of(staff)
    waiting = staff.get("/desk/received").get_data(as_text=True)
    assert "Kamera 3" in waiting
    session.rollback()
    assert (loan.returned_on, loan.copy.state) == (None, CopyState.RECEIVED)
    assert scan(staff, "CMD-PRUEFEN")["session"]["mode"] == "check"
    scan(staff, loan.copy.barcode)
    session.rollback()
    assert (loan.returned_on, loan.copy.state) == (MONDAY, CopyState.AVAILABLE)
    assert "Kamera 3" not in staff.get("/desk/received").get_data(as_text=True)


# Damage


@pytest.mark.lending("9.2")
def test_a_missing_part_with_a_remark_and_a_photo_is_noted_in_the_same_step(
    make: Make, staff: FlaskClient, session: Session, settings: Settings
) -> None:
    part = make.part(name="Netzteil", critical=True)
    loan = make.loan(part.copy)
    asked = scan(staff, part.copy.barcode, mode="return")
    assert f'form id="count-{asked["line"]}"' in page_of(staff)
    answer = send(
        staff,
        "/desk/parts",
        line=asked["line"],
        listed=part.id,
        kind="",
        text="lag nicht in der Box",
        photo=picture(),
    )
    assert answer.get_json()["outcome"] == "done"
    session.rollback()
    (defect,) = session.scalars(select(Defect))
    assert (defect.kind, defect.text) == (
        DefectKind.PART_MISSING,
        "Netzteil\nlag nicht in der Box",
    )
    assert (defect.person_id, defect.part_id) == (loan.person_id, part.id)
    photo = session.get_one(Attachment, defect.photo_id)
    assert [path.name for path in photos_of(settings)] == [photo.stored_name]


@pytest.mark.lending("8.6", "9.2")
def test_a_damage_is_noted_at_its_line_and_undone_with_its_photo(
    make: Make, staff: FlaskClient, session: Session, settings: Settings
) -> None:
    loan = make.loan()
    line = scan(staff, loan.copy.barcode, mode="return")["line"]
    assert "Schaden vermerken" in page_of(staff)
    noted = send(
        staff, "/desk/damage", line=line, kind="broken", text="Linse", repair="1", photo=picture()
    )
    assert noted.get_json()["outcome"] == "done"
    session.rollback()
    assert session.scalars(select(Defect)).one().text == "Linse"
    assert state_of(loan) is CopyState.IN_REPAIR
    assert len(photos_of(settings)) == 1
    undone = send(staff, "/desk/undo", line=noted.get_json()["line"])
    assert undone.get_json()["outcome"] == "done"
    session.rollback()
    assert session.scalars(select(Defect)).all() == []
    assert state_of(loan) is CopyState.AVAILABLE
    assert photos_of(settings) == []


def test_a_damage_without_its_kind_or_with_no_picture_is_422(
    make: Make, staff: FlaskClient, session: Session, settings: Settings
) -> None:
    line = scan(staff, make.loan().copy.barcode, mode="return")["line"]
    assert "kind" in send(staff, "/desk/damage", line=line, kind="").get_json()["errors"]
    broken = (BytesIO(b"no picture"), "bild.png")
    answer = send(staff, "/desk/damage", line=line, kind="broken", photo=broken)
    assert answer.status_code == 422
    assert "photo" in answer.get_json()["errors"]
    session.rollback()
    assert session.scalars(select(Defect)).all() == []
    assert photos_of(settings) == []


def test_a_photo_of_what_is_refused_is_thrown_away(
    make: Make, staff: FlaskClient, settings: Settings
) -> None:
    answer = send(staff, "/desk/damage", line=999999, kind="broken", photo=picture())
    assert answer.status_code == 404
    assert photos_of(settings) == []


@pytest.mark.lending("9.2")
def test_a_part_brought_later_closes_its_defect_by_a_button(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    part = make.part(name="Netzteil", critical=True)
    copy: Copy = part.copy
    make.loan(copy)
    asked = scan(staff, copy.barcode, mode="return")
    send(staff, "/desk/parts", line=asked["line"], listed=part.id)
    session.rollback()
    (defect,) = session.scalars(select(Defect))
    assert copy.state is CopyState.INCOMPLETE
    page = staff.get(f"/defects/{defect.id}").get_data(as_text=True)
    assert f'action="/defects/{defect.id}/brought"' in page
    assert staff.post(f"/defects/{defect.id}/brought", data={"idem": "a"}).status_code == 303
    session.rollback()
    assert defect.state is DefectState.DONE
    assert (part.missing, copy.state) == (0, CopyState.AVAILABLE)


# What the page shows


@pytest.mark.lending("8.5")
def test_a_return_for_somebody_who_waits_says_for_whom_and_until_when(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding(make.title("Kamera 3"))))
    hold = make.hold(loan.holding, make.person(given_name="Jana", family_name="Brinkmann"))
    scan(staff, loan.copy.barcode, mode="return")
    page = page_of(staff)
    assert "zurückgelegt für Jana Brinkmann" in page
    assert "bis Di, 1.12." in page
    session.rollback()
    assert hold.state is HoldState.SET_ASIDE
    waiting = staff.get("/desk/holds").get_data(as_text=True)
    assert "Jana Brinkmann" in waiting
    assert hold.person.card in waiting


@pytest.mark.lending("5.6", "8.5")
def test_what_lies_ready_for_a_booking_is_not_sent_to_its_shelf(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    holding = make.holding(make.title("Kamera 3"), copies=1, shelf_mark="K 3")
    booking = make.booking(holding, Period(MONDAY, MONDAY), state=BookingState.READY)
    booking.lines[0].picks.append(
        BookingPick(copy_id=holding.copies[0].id, first=MONDAY, picked_at=NOW)
    )
    session.commit()
    said, barcode = f"liegt bereit für {booking.number}", holding.copies[0].barcode
    session.rollback()
    scan(staff, barcode, mode="return")
    page = page_of(staff)
    assert said in page
    assert "Regal K 3" not in page
    booking.state = BookingState.CANCELLED
    session.commit()
    scan(staff, "CMD-FERTIG")
    scan(staff, barcode, mode="return")
    page = page_of(staff)
    assert said not in page
    assert "Regal K 3" in page


def test_the_desk_takes_as_many_statements_whatever_waits(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    def statements() -> int:
        with counted(staff.application.extensions[ENGINE]) as found:
            page_of(staff)
        return found.count

    def some() -> None:
        loan = make.loan()
        make.hold(loan.holding)
        code = loan.copy.barcode
        session.rollback()
        scan(staff, code, mode="return")

    some()
    statements()
    few = statements()
    for _ in range(5):
        some()
    assert statements() == few


@pytest.mark.lending("8.4")
def test_dated_back_only_when_it_is_looked_over_it_is_back_since_then(
    make: Make, staff: FlaskClient, session: Session
) -> None:
    make.choices(checks_returns=True)
    loan = make.loan(lent_on=MONDAY - timedelta(days=17))
    scan(staff, "CMD-RUECK")
    scan(staff, loan.copy.barcode)
    send(staff, "/desk/box", dropped_on=(MONDAY - timedelta(days=3)).isoformat())
    scan(staff, loan.copy.barcode)
    session.rollback()
    assert session.get_one(Loan, loan.id).returned_on == MONDAY - timedelta(days=3)


@pytest.mark.lending("8.4", "10.1")
def test_what_is_back_and_waits_to_be_looked_over_is_not_overdue_at_the_desk(
    make: Make, staff: FlaskClient
) -> None:
    person = make.person()
    make.loan(person=person, lent_on=MONDAY - timedelta(20))
    back = make.loan(person=person, lent_on=MONDAY - timedelta(20), state=CopyState.RECEIVED)
    back.received_on = MONDAY - timedelta(8)
    make.session.commit()
    served = scan(staff, person.card)["person"]
    assert (served["open_loans"], served["overdue"]) == (2, 1)
