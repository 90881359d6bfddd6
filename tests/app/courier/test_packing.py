"""A tour's pages: packing by scans, its papers, hand-over, and the driver's link."""

import re
from datetime import date, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourLoad, TourState, TourStop
from schools.models.media_centre import PickupPlace
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.courier.conftest import said, scan
from tests.loans.operations.courier import TUESDAY, WEDNESDAY, Table
from tests.make import MONDAY, Make
from tests.statements import counted

Row = TypeVar("Row")


def loads(session: Session) -> int:
    return of(session, select(func.count(TourLoad.id)))


def of(session: Session, query: Select[Row]) -> Row:
    """Read what a query finds once, and hold no transaction open."""
    session.rollback()
    found = session.execute(query).scalars().one()
    session.rollback()
    return found


def act(browser: FlaskClient, path: str, **fields: str) -> str:
    """Press a button, and return the page it leads to."""
    sent = {"idem": uuid4().hex} | fields
    answer = browser.post(path, data=sent, follow_redirects=True)
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def test_each_scan_goes_to_its_stop_by_itself(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    booking = staff.delivered(holding, stop)
    code = holding.copies[0].barcode
    page = browser.get(f"/tours/{tour_id}").text
    assert booking.number in page
    answer = scan(browser, f"/tours/{tour_id}/pack", code)
    assert re.search(rf"{code} Der Wald im Winter: Box B-\d+ für {stop.name}", said(answer))
    assert "Herausnehmen" in answer.text
    assert "gepackt" in answer.text
    again = scan(browser, f"/tours/{tour_id}/pack", code)
    assert "liegt schon in Box" in said(again)
    assert loads(make.session) == 1


@pytest.mark.lending("11.2")
def test_the_wrong_tour_is_refused_in_red_and_names_the_right_one(
    make: Make, browser: FlaskClient, staff: Table, tour_id: int
) -> None:
    other = make.courier_stop(make.school(), name="Schulpost Süd")
    make.route(other, name="Do Süd", weekdays=(3,))
    holding = make.holding(copies=1)
    staff.delivered(holding, other)
    answer = scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    assert "Falsche Tour" in said(answer)
    assert "„Do Süd“ am Do, 26.11. zu Schulpost Süd" in said(answer)
    assert 'data-sound="no"' in answer.text
    assert loads(make.session) == 0


@pytest.mark.parametrize(
    ("booked", "words"),
    [
        pytest.param(True, "nicht für den Kurier", id="collected at a counter"),
        pytest.param(False, "Keine Reservierung mit Kurier", id="booked by nobody"),
    ],
)
def test_what_does_not_go_says_why(
    make: Make, browser: FlaskClient, tour_id: int, words: str, *, booked: bool
) -> None:
    holding = make.holding(copies=1)
    if booked:
        make.booking(holding, _days())
    answer = scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    assert words in said(answer)
    assert loads(make.session) == 0


def test_the_rules_of_lending_are_said_at_the_packing_table_too(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    person = staff.delivered(holding, stop).person
    assert person is not None
    person.blocked = True
    make.session.commit()
    answer = scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    assert "gesperrt" in said(answer)
    assert loads(make.session) == 0


def _days() -> Period:
    return Period(TUESDAY, WEDNESDAY)


@pytest.mark.lending("3.2")
def test_a_box_of_parts_is_counted_by_a_card_of_commands(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    part = make.part(critical=True)
    staff.delivered(part.copy.holding, stop)
    code, copy_id = part.copy.barcode, part.copy_id
    make.session.rollback()
    answer = scan(browser, f"/tours/{tour_id}/pack", code)
    assert "Teile zählen" in said(answer)
    assert f'name="asked" value="{copy_id}" form="scan"' in answer.text
    done = scan(browser, f"/tours/{tour_id}/pack", "CMD-JA", asked=copy_id)
    assert "Box B-" in said(done)
    assert loads(make.session) == 1


def test_a_box_of_parts_is_counted_by_hand(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    part = make.part(critical=True)
    staff.delivered(part.copy.holding, stop)
    fields = {"asked": str(part.copy_id), "listed": str(part.id)}
    page = act(browser, f"/tours/{tour_id}/parts", **fields)
    assert "Ein Teil fehlt" in page or "fehlt" in page
    assert loads(make.session) == 0


def test_a_command_without_a_question_is_no_medium(browser: FlaskClient, tour_id: int) -> None:
    answer = scan(browser, f"/tours/{tour_id}/pack", "CMD-JA")
    assert "kein Code eines Mediums" in said(answer)


def test_a_scanned_box_stands_open(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=2)
    staff.delivered(holding, stop, 2)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    stop_id = of(make.session, select(TourStop.id))
    page = act(browser, f"/tours/{tour_id}/stops/{stop_id}/boxes")
    first = of(make.session, select(func.min(TourBox.id)))
    second = of(make.session, select(func.max(TourBox.id)))
    number = of(make.session, select(TourBox.number).where(TourBox.id == first))
    assert f'name="box" value="{second}"' in page
    answer = scan(browser, f"/tours/{tour_id}/pack", number)
    assert f"Gepackt wird jetzt in Box {number}" in said(answer)
    assert f'name="box" value="{first}"' in answer.text
    box = str(first)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[1].barcode, box=box)
    inside = select(func.count(TourLoad.id)).where(TourLoad.box_id == first)
    assert of(make.session, inside) == 2


def _tour(session: Session) -> Tour:
    session.rollback()
    return session.scalars(select(Tour)).one()


def test_script_gets_the_line_and_the_stops_alone(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    answer = browser.post(
        f"/tours/{tour_id}/pack",
        data={"code": holding.copies[0].barcode, "idem": uuid4().hex},
        headers={"X-Fragment": "work"},
    )
    assert "<html" not in answer.text
    assert re.search(r'id="say"[^>]*data-sound="ok"', answer.text)


def test_a_repeated_request_packs_once(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    key = uuid4().hex
    code = holding.copies[0].barcode
    first = scan(browser, f"/tours/{tour_id}/pack", code, idem=key)
    second = scan(browser, f"/tours/{tour_id}/pack", code, idem=key)
    assert said(first) == said(second)
    assert loads(make.session) == 1


@pytest.mark.lending("8.6")
def test_a_packing_scan_is_undone(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    load = of(make.session, select(TourLoad.id))
    page = act(browser, f"/tours/{tour_id}/loads/{load}/back")
    assert "nicht verliehen" in page
    assert loads(make.session) == 0
    assert of(make.session, select(Loan.void))
    again = browser.post(f"/tours/{tour_id}/loads/{load}/back", data={"idem": uuid4().hex})
    assert again.status_code == 404


def test_handing_over_ends_packing_and_can_be_taken_back(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    page = act(browser, f"/tours/{tour_id}/hand-over", driver="Firma Flink")
    assert "Firma Flink" in page
    assert 'id="scan"' not in page
    assert _tour(make.session).state is TourState.UNDER_WAY
    answer = scan(browser, f"/tours/{tour_id}/pack", make.copy(holding).barcode)
    assert answer.status_code == 200
    page = act(browser, f"/tours/{tour_id}/take-back")
    assert 'id="scan"' in page
    act(browser, f"/tours/{tour_id}/hand-over", driver="")
    assert "beendet" in act(browser, f"/tours/{tour_id}/finish")
    assert _tour(make.session).state is TourState.DONE


def test_too_long_a_drivers_name_is_told(browser: FlaskClient, tour_id: int) -> None:
    answer = browser.post(f"/tours/{tour_id}/hand-over", data={"driver": "x" * 200})
    assert answer.status_code == 422
    assert "Das ist zu lang." in answer.text


@pytest.mark.lending("11.2")
def test_the_sheet_has_stops_boxes_returns_signatures_and_codes(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    booking = staff.delivered(holding, stop)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    make.session.rollback()
    back = make.loan(make.copy(make.holding(make.title("Vulkane"))), lent_on=_old(), days=5)
    make.the_school().phone = "02305 1234"
    make.session.commit()
    page = browser.get(f"/tours/{tour_id}/sheet").text
    assert holding.copies[0].barcode in page
    assert back.copy.barcode in page
    assert all(words in page for words in ("Erhalten, Schule", "Bemerkung", "Telefon: 02305 1234"))
    assert page.count('class="qr qr-stop"') == 1
    assert booking.person is not None
    assert booking.person.family_name not in page
    act(browser, f"/tours/{tour_id}/link", end="1")
    assert 'class="qr qr-stop"' not in browser.get(f"/tours/{tour_id}/sheet").text


def _old() -> date:
    return MONDAY - timedelta(days=30)


def test_every_box_has_a_label(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    assert "Noch keine Boxen" in browser.get(f"/tours/{tour_id}/labels").text
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    number = of(make.session, select(TourBox.number))
    assert number in browser.get(f"/tours/{tour_id}/labels").text


def test_a_box_scanned_at_the_desk_says_what_is_in_it(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    scan(browser, f"/tours/{tour_id}/pack", holding.copies[0].barcode)
    number = of(make.session, select(TourBox.number))
    page = browser.post(
        "/desk/scan", data={"code": number.lower(), "idem": uuid4().hex}, follow_redirects=True
    ).text
    assert f"Box {number} für {stop.name}" in page
    assert f"Der Wald im Winter ({holding.copies[0].barcode})" in page
    browser.post(
        "/desk/scan",
        data={"code": holding.copies[0].barcode, "mode": "return", "idem": uuid4().hex},
    )
    page = browser.post(
        "/desk/scan", data={"code": number, "idem": uuid4().hex}, follow_redirects=True
    ).text
    assert "schon zurück" in page


@pytest.mark.lending("5.6")
def test_the_desk_warns_that_a_copy_was_picked_for_somebody(
    make: Make, browser: FlaskClient, staff: Table
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, _days())
    staff.pick(holding.copies[0])
    card, code = make.person().card, holding.copies[0].barcode
    make.session.rollback()
    browser.post("/desk/scan", data={"code": card, "idem": uuid4().hex})
    page = browser.post(
        "/desk/scan", data={"code": code, "idem": uuid4().hex}, follow_redirects=True
    ).text
    assert f"war bereitgelegt für {booking.number}" in page
    assert "say-ok" in page


def test_tours_of_two_weeks_are_listed_and_opened_by_a_button(
    browser: FlaskClient, stop: PickupPlace
) -> None:
    del stop
    page = browser.get("/tours").text
    assert page.count('name="route" value="1"') == 4
    fields = {"route": "1", "day": TUESDAY.isoformat(), "idem": uuid4().hex}
    assert browser.post("/tours", data=fields).status_code == 303
    assert browser.get("/tours").text.count('name="route" value="1"') == 3


@pytest.mark.parametrize(
    ("day", "words"),
    [(WEDNESDAY.isoformat(), "fährt der Kurier nicht"), ("2026-11-17", "vorbei")],
)
def test_a_tour_on_a_day_it_does_not_run_is_refused_with_a_sentence(
    browser: FlaskClient, stop: PickupPlace, day: str, words: str
) -> None:
    del stop
    sent = {"route": "1", "day": day, "idem": uuid4().hex}
    answer = browser.post("/tours", data=sent, follow_redirects=True)
    assert words in answer.text


@pytest.mark.parametrize("fields", [{}, {"route": "x", "day": "y"}, {"route": "9" * 30}])
def test_an_order_that_makes_no_sense_opens_nothing(
    browser: FlaskClient, fields: dict[str, str]
) -> None:
    assert browser.post("/tours", data=fields).status_code == 404


def test_a_tour_that_is_not_there_is_not_found(browser: FlaskClient) -> None:
    for path in ("/tours/99", "/tours/99/sheet", "/tours/99/labels"):
        assert browser.get(path).status_code == 404
    assert browser.post("/tours/99/pack", data={"code": "MZ-000001"}).status_code == 404


def test_a_full_tour_costs_no_further_statement(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    def statements() -> int:
        with counted(browser.application.extensions[ENGINE]) as found:
            assert browser.get(f"/tours/{tour_id}").status_code == 200
        return found.count

    few = statements()
    for _ in range(4):
        holding = make.holding(copies=3)
        staff.delivered(holding, stop, 3)
        staff.pick(holding.copies[0])
        staff.pack(_tour(make.session), holding.copies[0])
    assert statements() == few


def test_a_scan_costs_the_same_however_full_the_tour_is(
    make: Make, browser: FlaskClient, stop: PickupPlace, staff: Table, tour_id: int
) -> None:
    def statements() -> int:
        holding = make.holding(copies=1)
        staff.delivered(holding, stop)
        code = holding.copies[0].barcode
        make.session.rollback()
        with counted(browser.application.extensions[ENGINE]) as found:
            browser.post(f"/tours/{tour_id}/pack", data={"code": code, "idem": uuid4().hex})
        return found.count

    statements()  # the first one puts the box up
    few = statements()
    for _ in range(5):
        statements()
    assert statements() == few


def test_a_past_tour_is_listed(
    make: Make, as_role: AsRole, stop: PickupPlace, staff: Table
) -> None:
    route_id = make.session.scalars(select(Tour.route_id)).first() or 1
    tour = Tour(route_id=route_id, day=MONDAY - timedelta(days=4))
    make.session.add(tour)
    make.session.commit()
    browser = as_role(Role.STAFF)
    page = browser.get("/tours").text
    assert "Die letzten zwei Wochen" in page
    assert "nie übergeben" in browser.get(f"/tours/{tour.id}").text
    del stop, staff
