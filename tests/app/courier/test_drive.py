"""The driver's page: opened by a link, two taps a stop, dead when it should be."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.courier.links import driver_address, opens
from app.factory import create_app
from app.sessions import ENGINE
from app.settings import Settings
from database.unit_of_work import unit_of_work
from loans.models.tour import Tour, TourState
from loans.operations.hand_over import hand_over, renew_link
from loans.queries.tour_heads import TourHead, head_of_tour
from schools.models.media_centre import PickupPlace
from tests.loans.operations.courier import TUESDAY, Table
from tests.make import Make
from tests.statements import counted


@pytest.fixture
def tour(make: Make, staff: Table, stop: PickupPlace) -> Tour:
    """Tuesday's tour with a box for the stop, handed over."""
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    tour = staff.tour(1)
    staff.pack(tour, holding.copies[0])
    with unit_of_work(make.session):
        hand_over(make.session, tour.id, "Firma Flink", staff.by, staff.now)
    return tour


def head(session: Session, tour: Tour) -> TourHead:
    found = head_of_tour(session, tour.id)
    assert found is not None
    session.rollback()
    return found


def path(app: Flask, session: Session, tour: Tour) -> str:
    """The address of the driver's page on this site."""
    with app.app_context():
        return urlsplit(driver_address(head(session, tour))).path


def tap(visitor: FlaskClient, page: str, stop_id: int, **fields: str) -> int:
    sent = {"idem": uuid4().hex} | fields
    return visitor.post(f"{page}/stops/{stop_id}", data=sent).status_code


@pytest.mark.lending("11.2")
def test_a_driver_without_an_account_reports_each_stop_in_two_taps(
    app: Flask, visitor: FlaskClient, session: Session, tour: Tour
) -> None:
    page = path(app, session, tour)
    shown = visitor.get(page)
    assert shown.status_code == 200
    assert "B-" in shown.text
    stop_id = tour.stops[0].id
    assert tap(visitor, page, stop_id, tap="delivered") == 303
    assert tap(visitor, page, stop_id, tap="delivered") == 303
    assert tap(visitor, page, stop_id, tap="collected") == 303
    session.rollback()
    session.refresh(tour)
    assert tour.stops[0].delivered_at is not None
    assert tour.stops[0].collected_at is not None
    assert tour.state is TourState.DONE
    assert "geschafft" in visitor.get(page).text


def test_a_note_reaches_the_media_centre(
    app: Flask, visitor: FlaskClient, browser: FlaskClient, session: Session, tour: Tour
) -> None:
    page = path(app, session, tour)
    assert tap(visitor, page, tour.stops[0].id, note="Tor verschlossen") == 303
    assert "Tor verschlossen" in browser.get(f"/tours/{tour.id}").text
    assert "Tor verschlossen" in visitor.get(page).text


def test_nobodys_name_stands_on_it_and_no_engine_keeps_it(
    app: Flask, visitor: FlaskClient, session: Session, tour: Tour
) -> None:
    answer = visitor.get(path(app, session, tour))
    person = tour.stops[0].boxes[0].loads[0].loan.person
    assert person is not None
    assert person.family_name not in answer.text
    assert person.card not in answer.text
    assert "Der Wald im Winter" not in answer.text
    assert "noindex" in answer.headers["X-Robots-Tag"]


@pytest.mark.parametrize("how", ["another signature", "another tour", "no link"])
def test_a_link_we_did_not_sign_opens_nothing(
    app: Flask, visitor: FlaskClient, session: Session, tour: Tour, how: str
) -> None:
    page = path(app, session, tour)
    pages = {
        "another signature": page[:-1] + ("0" if page[-1] != "0" else "1"),
        "another tour": page.replace(f"/{tour.id}-", f"/{tour.id + 1}-"),
        "no link": "/drive/nichts",
    }
    assert_dead(visitor, pages[how], tour.stops[0].id)


@pytest.mark.parametrize("ended", [True, False])
def test_a_link_that_was_ended_or_renewed_opens_nothing(
    app: Flask, visitor: FlaskClient, staff: Table, tour: Tour, *, ended: bool
) -> None:
    page = path(app, staff.session, tour)
    with unit_of_work(staff.session):
        renew_link(staff.session, tour.id, staff.by, staff.now, dead=ended)
    assert_dead(visitor, page, tour.stops[0].id)


def assert_dead(visitor: FlaskClient, page: str, stop_id: int) -> None:
    answer = visitor.get(page)
    assert answer.status_code == 404
    assert "Dieser Link" in answer.text
    assert tap(visitor, page, stop_id, tap="delivered") == 404


@pytest.mark.parametrize(("days", "open_"), [(0, True), (2, True), (3, False)])
def test_a_link_dies_two_days_after_the_tour(
    session: Session, tour: Tour, days: int, *, open_: bool
) -> None:
    found = head(session, tour)
    assert opens(found, found.nonce or "", TUESDAY + timedelta(days=days)) is open_


def test_a_dead_day_opens_nothing(settings: Settings, make: Make, tour: Tour) -> None:
    late = create_app(replace(settings, today=TUESDAY + timedelta(days=3)), testing=True)
    page = path(late, make.session, tour)
    assert late.test_client().get(page).status_code == 404
    late.extensions[ENGINE].dispose()


def test_before_the_hand_over_there_is_nothing_to_press(
    app: Flask, visitor: FlaskClient, session: Session, staff: Table, stop: PickupPlace
) -> None:
    del stop
    tour = staff.tour(1)
    page = path(app, session, tour)
    assert "noch gepackt" in visitor.get(page).text
    assert "<form" not in visitor.get(page).text
    assert tap(visitor, page, tour.stops[0].id, tap="delivered") == 409


@pytest.mark.parametrize("fields", [{"tap": "gone"}, {"note": "x" * 400}])
def test_bad_input_is_told(
    app: Flask, visitor: FlaskClient, session: Session, tour: Tour, fields: dict[str, str]
) -> None:
    page = path(app, session, tour)
    answer = visitor.post(f"{page}/stops/{tour.stops[0].id}", data=fields)
    assert answer.status_code == 422
    assert "alert-danger" in answer.text


@pytest.mark.parametrize("stop_id", [99, 2**31])
def test_a_stop_of_no_tour_is_not_found(
    app: Flask, visitor: FlaskClient, session: Session, tour: Tour, stop_id: int
) -> None:
    assert tap(visitor, path(app, session, tour), stop_id, tap="delivered") == 404


def test_the_page_costs_the_same_however_much_is_on_board(
    app: Flask, visitor: FlaskClient, make: Make, tour: Tour
) -> None:
    page = path(app, make.session, tour)

    def statements() -> int:
        with counted(app.extensions[ENGINE]) as found:
            visitor.get(page)
        return found.count

    few = statements()
    for _ in range(5):
        make.loan(lent_on=TUESDAY - timedelta(days=20), days=5)
    assert statements() == few
