"""The office's routes and pick-up places: editing, order, second editors, bad input."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from database.audit import AuditEntry
from loans.models.tour import CourierRoute, RouteStop, Tour
from loans.operations.edit_routes import route_edition, route_values
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.loans.operations.courier import TUESDAY, Table, table
from tests.make import Make

ROUTE = {"name": "Di Nord", "branch_id": "1", "cut_off": "12:00", "active": "y"}
PLACE = {"name": "Schulpost", "branch_id": "1", "active": "y"}
DAYS = {"courier_days_before": "2", "courier_days_after": "1"}


@pytest.fixture
def office(make: Make, as_role: AsRole) -> FlaskClient:
    make.the_centre()
    return as_role(Role.CENTRE_ADMIN)


def send(office: FlaskClient, path: str, **fields: Any) -> TestResponse:
    return office.post(path, data={"idem": uuid4().hex} | fields, follow_redirects=True)


def order(session: Session) -> list[str]:
    session.rollback()
    query = select(PickupPlace.name).join(RouteStop).order_by(RouteStop.position)
    found = list(session.scalars(query))
    session.rollback()
    return found


def opened(session: Session, route: CourierRoute) -> dict[str, str]:
    """The fields of a route's form as it is opened now."""
    session.rollback()
    edition = route_edition(route_values(route))
    session.rollback()
    return ROUTE | {"edition": edition}


@pytest.mark.lending("11.1", "12.2")
def test_a_route_is_added_with_its_days_and_gets_stops(
    make: Make, office: FlaskClient, session: Session
) -> None:
    stop_id = make.courier_stop(name="Schulpost").id
    session.rollback()
    page = send(office, "/office/routes/new", **ROUTE, weekdays=["3", "1"])
    assert page.status_code == 200
    assert "Noch keine Halte" in page.text
    page = send(office, "/office/routes/1/stops", place=stop_id)
    assert "1. Schulpost" in page.text
    route = session.scalars(select(CourierRoute)).one()
    assert (route.weekdays, route.cut_off.hour, route.active) == ([1, 3], 12, True)
    acts = session.scalars(select(AuditEntry.act)).all()
    assert {"add_route", "add_stop"} <= set(acts)
    session.rollback()
    assert "Di, Do" in office.get("/office/routes").text


@pytest.mark.lending("11.1")
def test_stops_change_places_by_buttons_and_are_left_out(
    make: Make, office: FlaskClient, session: Session
) -> None:
    stops = [make.courier_stop(make.school(), name=name) for name in ("A", "B", "C")]
    route = make.route(*stops)
    last = route.stops[2].id
    session.rollback()
    for fields, expected in (
        ({"up": "1"}, ["A", "C", "B"]),
        ({"up": "1"}, ["C", "A", "B"]),
        ({"up": "1"}, ["C", "A", "B"]),
        ({"down": "1"}, ["A", "C", "B"]),
    ):
        send(office, f"/office/routes/1/stops/{last}/move", **fields)
        assert order(session) == expected
    send(office, f"/office/routes/1/stops/{last}/remove")
    assert order(session) == ["A", "B"]


def test_tours_that_are_being_packed_follow_their_route(
    make: Make, office: FlaskClient, session: Session
) -> None:
    staff = table(make)
    first, second = (make.courier_stop(make.school(), name=name) for name in ("A", "B"))
    route = make.route(first)
    tour = staff.tour(route.id)
    second_id = second.id
    session.rollback()
    send(office, "/office/routes/1/stops", place=second_id)
    session.rollback()
    session.refresh(tour)
    assert [stop.place.name for stop in session.get_one(Tour, tour.id).stops] == ["A", "B"]


def test_a_stop_with_a_packed_box_is_not_left_out(
    make: Make, office: FlaskClient, session: Session
) -> None:
    staff: Table = table(make)
    place = make.courier_stop()
    route = make.route(place)
    holding = make.holding(copies=1)
    staff.delivered(holding, place)
    staff.pack(staff.tour(route.id), holding.copies[0])
    stop_id = route.stops[0].id
    session.rollback()
    page = send(office, f"/office/routes/1/stops/{stop_id}/remove")
    assert page.status_code == 409
    assert "Box gepackt" in page.text
    assert len(order(session)) == 1


@pytest.mark.lending("11.1")
def test_a_place_belongs_to_one_route(make: Make, office: FlaskClient, session: Session) -> None:
    place = make.courier_stop()
    make.route(place)
    make.route(name="Zweite")
    place_id = place.id
    session.rollback()
    page = send(office, "/office/routes/2/stops", place=place_id)
    assert page.status_code == 422  # it is not offered
    assert len(order(session)) == 1


def test_a_second_editor_sees_both_versions(
    make: Make, office: FlaskClient, as_role: AsRole, session: Session
) -> None:
    route = make.route(name="Di Nord")
    mine = opened(session, route)
    theirs = as_role(Role.CENTRE_ADMIN)
    fields = mine | {"name": "Di Nordost", "weekdays": "1"}
    assert send(theirs, "/office/routes/1", **fields).status_code == 200
    page = send(office, "/office/routes/1", **mine | {"cut_off": "10:00", "weekdays": "1"})
    assert page.status_code == 409
    assert "Di Nordost" in page.text
    session.rollback()
    session.refresh(route)
    assert (route.name, route.cut_off.hour) == ("Di Nordost", 12)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"weekdays": []}, 409, "mindestens einen Wochentag"),
        ({"name": ""}, 422, "Namen"),
        ({"name": "Zweite"}, 409, "gibt es schon"),
        ({"branch_id": "99"}, 422, "Auswahl"),
        ({"cut_off": "25:00"}, 422, ""),
        ({"weekdays": ["9"]}, 422, ""),
        ({"name": "x" * 300}, 422, "zu lang"),
    ],
)
def test_a_route_with_faults_is_not_saved(
    make: Make, office: FlaskClient, fields: dict[str, Any], status: int, words: str
) -> None:
    make.route(name="Zweite")
    make.session.rollback()
    page = send(office, "/office/routes/new", **{**ROUTE, "weekdays": ["1"], **fields})
    assert page.status_code == status
    assert "<title>Fehler:" in page.text
    assert words in page.text
    assert len(make.session.scalars(select(CourierRoute)).all()) == 1


@pytest.mark.lending("11.1")
def test_a_new_stop_for_a_school_has_its_courier_days(
    make: Make, office: FlaskClient, session: Session
) -> None:
    school_id = make.the_school().id
    session.rollback()
    page = send(
        office, "/office/places/new", **PLACE, **DAYS, kind="courier", institution_id=school_id
    )
    assert page.status_code == 200
    place = session.scalars(select(PickupPlace).where(PickupPlace.name == "Schulpost")).one()
    assert (place.kind, place.institution_id) == (PlaceKind.COURIER, school_id)
    assert (place.courier_days_before, place.courier_days_after) == (2, 1)


def test_nothing_drives_to_a_counter(make: Make, office: FlaskClient, session: Session) -> None:
    del make
    send(office, "/office/places/new", **PLACE, **DAYS, kind="counter", institution_id="0")
    place = session.scalars(select(PickupPlace).where(PickupPlace.name == "Schulpost")).one()
    assert (place.kind, place.institution_id) == (PlaceKind.COUNTER, None)
    assert (place.courier_days_before, place.courier_days_after) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"institution_id": "0"}, 409, "Wählen Sie die Schule"),
        ({"courier_days_before": "11"}, 422, "0 bis 10"),
        ({"courier_days_after": "-1"}, 422, "0 bis 10"),
        ({"courier_days_after": ""}, 422, "0 bis 10"),
        ({"courier_days_after": "0"}, 409, "mindestens 1"),
        ({"name": "Theke"}, 409, "schon einen Ort"),
        ({"kind": "balloon"}, 422, "Auswahl"),
    ],
)
def test_a_place_with_faults_is_not_saved(
    make: Make, office: FlaskClient, fields: dict[str, str], status: int, words: str
) -> None:
    school_id = str(make.the_school().id)
    make.session.rollback()
    sent = {**PLACE, **DAYS, "kind": "courier", "institution_id": school_id, **fields}
    page = send(office, "/office/places/new", **sent)
    assert page.status_code == status
    assert words in page.text
    assert len(make.session.scalars(select(PickupPlace)).all()) == 1


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("booked", "offene Reservierungen"),
        ("on a route", "hält eine Route"),
        ("the last counter", "braucht eine Theke"),
    ],
)
def test_a_place_that_is_needed_stays_open(
    make: Make, office: FlaskClient, why: str, words: str
) -> None:
    place = make.place() if why == "the last counter" else make.courier_stop()
    if why == "booked":
        holding = make.holding(copies=1)
        make.booking(holding, Period(TUESDAY, TUESDAY), place_id=place.id)
    if why == "on a route":
        make.route(place)
    path, name = f"/office/places/{place.id}", place.name
    make.session.rollback()
    edition = _edition(office, path)
    sent = {"name": name, "branch_id": "1", "edition": edition, **DAYS}
    page = send(office, path, **sent)
    assert page.status_code == 409
    assert words in page.text
    make.session.rollback()
    make.session.refresh(place)
    assert place.active


def _edition(office: FlaskClient, path: str) -> str:
    text = office.get(path).text
    return text.split('name="edition"')[1].split('value="')[1].split('"')[0]


def test_a_place_is_changed_and_a_second_editor_told(
    make: Make, office: FlaskClient, session: Session
) -> None:
    place = make.courier_stop(name="Alt")
    path = f"/office/places/{place.id}"
    session.rollback()
    edition = _edition(office, path)
    sent = {"branch_id": "1", "active": "y", "edition": edition, **DAYS}
    assert send(office, path, name="Neu", **sent).status_code == 200
    page = send(office, path, name="Anders", **sent)
    assert page.status_code == 409
    assert "Neu" in page.text
    session.refresh(place)
    assert (place.name, place.courier_days_before) == ("Neu", 2)


def test_another_centres_routes_and_places_are_not_found(make: Make, office: FlaskClient) -> None:
    other = make.centre()
    place = make.courier_stop(make.school(centre=other))
    route = make.route(place)
    paths = (f"/office/routes/{route.id}", f"/office/places/{place.id}")
    centre_id = other.id
    make.session.rollback()
    for path in (*paths, f"/office/places?centre={centre_id}"):
        assert office.get(path).status_code == 404
