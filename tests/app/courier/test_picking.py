"""The pick list's page: what it shows, what scans say, labels, bad input."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from loans.models.booking import BookingPick
from loans.rules.booking_states import BookingState
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterState, OwedLetter
from schools.rules.periods import Period
from tests.app.courier.conftest import said, scan
from tests.loans.operations.courier import THURSDAY, TUESDAY, WEDNESDAY, Table
from tests.make import MONDAY, Make
from tests.statements import counted

TOMORROW = Period(TUESDAY, THURSDAY)
LIST = {"branch": 1, "day": TUESDAY.isoformat()}


def picks(session: Session) -> int:
    session.rollback()
    return len(session.scalars(select(BookingPick)).all())


def test_the_list_is_for_the_next_open_day_and_leads_on(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table
) -> None:
    staff.delivered(make.holding(copies=1, shelf_mark="B 2"), stop)
    make.booking(make.holding(make.title("Vulkane"), copies=1, shelf_mark="A 1"), TOMORROW)
    page = browser.get("/desk/picking").text
    assert "Di, 24.11." in page
    assert page.index("A 1") < page.index("B 2")
    assert "0 von 2" in page
    assert f"day={WEDNESDAY}" in page
    assert 'name="route" value="1"' in page  # the day's tour is opened from here


def test_a_scan_ticks_the_line_and_says_for_whom(
    make: Make, browser: FlaskClient, session: Session
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, TOMORROW)
    answer = scan(browser, "/desk/picking/scan", holding.copies[0].barcode, **LIST)
    assert answer.status_code == 200
    assert f"bereitgelegt für {booking.number}" in said(answer)
    assert "ist vollständig" in said(answer)
    assert "1 von 1" in answer.text
    assert picks(session) == 1
    again = scan(browser, "/desk/picking/scan", holding.copies[0].barcode, **LIST)
    assert "liegt schon" in said(again)
    assert "say-again" in again.text
    assert "Etikett scannen" in said(browser.get("/desk/picking"))


def test_the_same_request_again_picks_once_and_answers_the_same(
    make: Make, browser: FlaskClient, session: Session
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, TOMORROW)
    key = uuid4().hex
    code = holding.copies[0].barcode
    first = scan(browser, "/desk/picking/scan", code, **LIST | {"idem": key})
    second = scan(browser, "/desk/picking/scan", code, **LIST | {"idem": key})
    assert said(first) == said(second)
    assert picks(session) == 1


def test_script_gets_the_line_and_the_list_alone(make: Make, browser: FlaskClient) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, TOMORROW)
    answer = browser.post(
        "/desk/picking/scan",
        data=LIST | {"code": holding.copies[0].barcode, "idem": uuid4().hex},
        headers={"X-Fragment": "work"},
    )
    assert "<html" not in answer.text
    assert re.search(r'id="say"[^>]*data-sound="ok"', answer.text)
    assert 'id="work"' in answer.text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("???", "nicht bekannt", id="unreadable"),
        pytest.param("CMD-JA", "kein Code eines Mediums", id="a command"),
        pytest.param("x" * 300, "zu lang", id="overlong"),
    ],
)
def test_what_is_no_medium_is_refused_with_a_sentence(
    browser: FlaskClient, code: str, words: str
) -> None:
    answer = scan(browser, "/desk/picking/scan", code, **LIST)
    assert words in said(answer)
    assert 'data-sound="no"' in answer.text


def test_what_nobody_wants_goes_back(make: Make, browser: FlaskClient) -> None:
    answer = scan(browser, "/desk/picking/scan", make.copy().barcode, **LIST)
    assert "braucht niemand" in said(answer)
    assert 'data-sound="no"' in answer.text


def test_programs_get_the_note_with_its_sentence(make: Make, browser: FlaskClient) -> None:
    answer = browser.post(
        "/desk/picking/scan",
        data=LIST | {"code": make.copy().barcode},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["note"] == "not_wanted"
    assert answer.json["sentence"]


@pytest.mark.parametrize("told", [False, True])
def test_a_pick_is_put_back_by_a_button(
    make: Make, browser: FlaskClient, staff: Table, session: Session, *, told: bool
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, TOMORROW)
    pick = staff.pick(holding.copies[0]).pick
    assert pick is not None
    path = f"/desk/picking/{pick.id}/back"
    if told:
        session.scalars(select(OwedLetter)).one().state = LetterState.SENT
    session.commit()
    answer = browser.post(path, data=LIST | {"idem": uuid4().hex}, follow_redirects=True)
    assert ("schon gelesen" in answer.text) is told
    assert picks(session) == 0
    session.refresh(booking)
    assert booking.state is BookingState.CONFIRMED
    assert browser.post(path, data={"idem": uuid4().hex}).status_code == 404


def test_what_was_cancelled_after_picking_is_listed_to_go_back(
    make: Make, browser: FlaskClient, staff: Table, session: Session
) -> None:
    holding = make.holding(copies=1, shelf_mark="A 1")
    booking = make.booking(holding, TOMORROW)
    staff.pick(holding.copies[0])
    booking.state = BookingState.CANCELLED
    session.commit()
    page = browser.get("/desk/picking").text
    assert "Zurück in die Regale" in page
    answer = scan(browser, "/desk/picking/scan", holding.copies[0].barcode, **LIST)
    assert "zurück ins Regal A 1" in said(answer)
    assert "Zurück in die Regale" not in answer.text


def test_labels_are_for_what_lies_ready_school_by_school(
    make: Make, browser: FlaskClient, staff: Table
) -> None:
    holding = make.holding(copies=3)
    later = make.person(make.school("Zuse-Schule", short_name="Zuse"))
    early = make.person(make.school("Adam-Schule", short_name="Adam"))
    for person in (later, early):
        make.booking(holding, TOMORROW, person=person)
    make.booking(holding, TOMORROW, person=make.person(make.school("Ohne")))
    staff.pick(holding.copies[0])
    staff.pick(holding.copies[1])
    page = browser.get("/desk/picking/labels").text
    assert page.count("<li><svg") == 2
    assert page.index("Adam") < page.index("Zuse")
    assert "Ohne" not in page
    assert later.family_name not in page


def test_labels_say_where_nothing_lies_ready(browser: FlaskClient) -> None:
    assert "Noch liegt nichts bereit" in browser.get("/desk/picking/labels").text


@pytest.mark.parametrize(
    "query",
    ["day=morgen", "day=2020-01-01", "day=9999-12-31", "page=0", "page=99999999", "branch="],
)
def test_an_address_that_makes_no_sense_shows_the_next_open_day(
    browser: FlaskClient, query: str
) -> None:
    answer = browser.get(f"/desk/picking?{query}")
    assert answer.status_code == 200
    assert "Di, 24.11." in answer.text


@pytest.mark.parametrize("branch", ["99", "999999999"])
def test_a_branch_that_is_not_there_is_not_found(browser: FlaskClient, branch: str) -> None:
    assert browser.get(f"/desk/picking?branch={branch}").status_code == 404


@pytest.mark.parametrize("fields", [{}, {"branch": "x", "day": "y"}, {"branch": "1"}])
def test_a_scan_without_its_list_is_told_so(browser: FlaskClient, fields: dict[str, str]) -> None:
    answer = browser.post("/desk/picking/scan", data={"code": "MZ-000001"} | fields)
    assert answer.status_code == 422
    assert "<h1" in answer.text


def test_a_long_list_has_pages(make: Make, browser: FlaskClient) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    for _ in range(101):
        make.booking(holding, TOMORROW, person=person)
    first = browser.get("/desk/picking").text
    second = browser.get("/desk/picking?page=2").text
    assert first.count("noch bereitzulegen") == 100
    assert second.count("noch bereitzulegen") == 1


def test_a_full_list_costs_no_further_statement(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table
) -> None:
    def statements() -> int:
        with counted(browser.application.extensions[ENGINE]) as found:
            assert browser.get("/desk/picking").status_code == 200
        return found.count

    make.booking(make.holding(copies=1), TOMORROW)
    few = statements()
    for _ in range(5):
        holding = make.holding(copies=2)
        staff.delivered(holding, stop)
        make.booking(holding, TOMORROW)
        staff.pick(holding.copies[0])
    assert statements() == few


def test_today_shows_what_should_have_left(make: Make, browser: FlaskClient) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, Period(MONDAY - timedelta(days=4), THURSDAY))
    assert "0 von 1" in browser.get(f"/desk/picking?day={MONDAY}").text
