"""Calendars to subscribe to: what they show of whom."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from loans.models.closure import Holiday
from loans.models.feed import FeedKind
from loans.models.tour import Tour, TourState, TourStop
from loans.queries.feed_days import loans_of_feed
from loans.queries.feeds import FeedSubject
from loans.rules.booking_states import BookingState
from schools.models.account import Account
from schools.rules.periods import Period
from schools.rules.roles import Role
from schools.vocabularies.holidays import HolidayKind
from tests.app.conftest import AsRole, SignIn
from tests.app.feeds.reading import SOON, courier, events_at, link_on, make_feed, person_of
from tests.make import MONDAY, Make
from tests.statements import counted


def test_a_person_feed_tells_days_to_collect_and_bring_back(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    person = person_of(make, teacher)
    number = make.booking(
        make.holding(make.title("Wald; im, Winter\\"), copies=2), SOON, 2, person=person
    ).number
    copies = [make.copy(make.holding(make.title(name))) for name in ("Koffer", "Kamera")]
    barcodes = [make.loan(copy, person=person).copy.barcode for copy in copies]
    make.session.rollback()
    collect, bring, due = sorted(
        events_at(visitor, own_link), key=lambda event: (event["first"], event["uid"])
    )
    assert collect["uid"] == f"{number}-first@127.0.0.1"
    assert collect["summary"] == f"Abholen: 2 × Wald; im, Winter\\ ({number})"
    assert (collect["first"], collect["end"]) == (SOON.first, SOON.first + timedelta(days=1))
    assert collect["status"] == "CONFIRMED"
    assert collect["place"] == "Theke, Hauptstelle"
    assert bring["first"] == SOON.last
    assert due["first"] == MONDAY + timedelta(days=14)
    assert due["summary"] == "Zurückbringen: 2 Medien"
    assert due["lines"] == [f"Kamera ({barcodes[1]})", f"Koffer ({barcodes[0]})"]


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BookingState.REQUESTED, "TENTATIVE"),
        (BookingState.CONFIRMED, "CONFIRMED"),
        (BookingState.READY, "CONFIRMED"),
        (BookingState.CANCELLED, "CANCELLED"),
        (BookingState.DECLINED, "CANCELLED"),
        (BookingState.LAPSED, "CANCELLED"),
    ],
)
def test_a_booking_has_the_status_that_calendars_know(
    visitor: FlaskClient,
    own_link: str,
    make: Make,
    teacher: Account,
    *,
    state: BookingState,
    status: str,
) -> None:
    make.booking(
        make.holding(copies=1), SOON, person=person_of(make, teacher), state=state, sequence=3
    )
    make.session.rollback()
    found = events_at(visitor, own_link)
    assert [(event["status"], event["sequence"]) for event in found] == [(status, 3)] * 2


def test_a_changed_booking_keeps_its_identity(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    booking = make.booking(make.holding(copies=1), SOON, person=person_of(make, teacher))
    before = {event["uid"] for event in events_at(visitor, own_link)}
    booking.first, booking.last = SOON.last, SOON.last + timedelta(days=1)
    booking.sequence += 1
    make.session.commit()
    after = events_at(visitor, own_link)
    assert {event["uid"] for event in after} == before
    assert {event["sequence"] for event in after} == {1}


def test_a_feed_shows_nothing_of_others_and_nobodys_name(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    other = make.person(family_name="Fremdmann")
    make.booking(make.holding(make.title("Fremdes"), copies=1), SOON, person=other)
    make.loan(make.copy(make.holding(make.title("Geliehenes"))), person=other)
    make.booking(make.holding(copies=1), SOON, person=person_of(make, teacher))
    name = person_of(make, teacher).family_name
    make.session.rollback()
    text = visitor.get(own_link).text
    for word in ("Fremdes", "Geliehenes", "Fremdmann", name, "example.org"):
        assert word not in text


def test_a_school_feed_tells_its_admin_titles_and_classes_without_names(
    visitor: FlaskClient, make: Make, sign_in: SignIn
) -> None:
    school = make.the_school()
    admin = sign_in(make.account(Role.SCHOOL_ADMIN, school=school))
    person = make.person(school, family_name="Namenlos")
    make.booking(make.holding(make.title("Wald"), copies=1), SOON, person=person, class_name="7b")
    make.loan(make.copy(make.holding(make.title("Koffer"))), person=person, class_name="8a")
    elsewhere = make.person(make.school())
    make.loan(make.copy(make.holding(make.title("Anderes"))), person=elsewhere)
    school_id = school.id
    make.session.rollback()
    link = link_on(admin, make_feed(admin, FeedKind.SCHOOL, school_id))
    found = events_at(visitor, link)
    assert found[0]["summary"].startswith("Abholen: 7b: Wald (R-")
    assert found[-1]["summary"] == "Zurückbringen: Koffer"
    assert found[-1]["lines"][0].endswith(", 8a")
    text = visitor.get(link).text
    assert "Namenlos" not in text
    assert "Anderes" not in text


def test_a_desk_feed_counts_what_is_handed_over_and_due_by_school(
    visitor: FlaskClient, make: Make, as_role: AsRole
) -> None:
    desk = as_role(Role.STAFF)
    school = make.school("Gesamtschule Nord")
    for _ in range(2):
        person = make.person(school, family_name="Namenlos")
        make.booking(make.holding(copies=3), SOON, 3, person=person)
        make.loan(person=person)
    branch_id = make.branch().id
    make.session.rollback()
    link = link_on(desk, make_feed(desk, FeedKind.DESK, branch_id))
    hand_over, due = events_at(visitor, link)
    assert hand_over["summary"] == "2 Reservierungen auszugeben"
    assert [line.split(": ")[1] for line in hand_over["lines"]] == [
        "Gesamtschule Nord, 3 Medien"
    ] * 2
    assert due["summary"] == "2 Medien fällig"
    assert due["lines"] == ["Gesamtschule Nord: 2"]
    assert "Namenlos" not in visitor.get(link).text


@pytest.mark.lending("4.3", "5.1")
def test_of_a_partly_collected_booking_feeds_tell_the_rest(
    visitor: FlaskClient, make: Make, as_role: AsRole
) -> None:
    desk = as_role(Role.STAFF)
    booking = make.booking(make.holding(copies=3), SOON, 3, state=BookingState.PARTLY_COLLECTED)
    booking.lines[0].handed_out = 2
    make.session.commit()
    branch_id = make.branch().id
    make.session.rollback()
    link = link_on(desk, make_feed(desk, FeedKind.DESK, branch_id))
    (hand_over,) = events_at(visitor, link)
    assert [line.rsplit(", ")[-1] for line in hand_over["lines"]] == ["1 Medium"]


@pytest.mark.lending("11.1")
def test_a_delivery_stands_on_the_days_of_the_tours_that_bring_and_fetch_it(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    person, stop = person_of(make, teacher), make.courier_stop()
    make.route(stop)
    wednesday, monday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=7)
    for period in (Period(wednesday, monday), Period(wednesday, wednesday + timedelta(days=2))):
        make.booking(make.holding(copies=1), period, person=person, place_id=stop.id)
    make.session.rollback()
    told = [
        (event["uid"].split("@")[0].split("-")[-1], event["first"])
        for event in events_at(visitor, own_link)
    ]
    tuesday = MONDAY + timedelta(days=1)
    assert [day for which, day in told if which == "first"] == [tuesday, tuesday]
    collected = [day for which, day in told if which == "last"]
    assert collected == [wednesday + timedelta(days=2), monday + timedelta(days=1)]


def test_a_route_feed_tells_each_tour_with_its_stops(
    visitor: FlaskClient, make: Make, as_role: AsRole
) -> None:
    staff = as_role(Role.STAFF)
    route = courier(make)
    place = route.stops[1].place
    made = Tour(route_id=route.id, day=MONDAY + timedelta(days=3), state=TourState.PLANNED)
    made.stops.append(TourStop(place_id=place.id, position=1))
    make.session.add(made)
    make.session.commit()
    route_id = route.id
    make.session.rollback()
    link = link_on(staff, make_feed(staff, FeedKind.ROUTE, route_id))
    tours = [event for event in events_at(visitor, link) if event["first"] > MONDAY]
    tuesday, thursday, *later = tours
    assert tuesday["first"] == MONDAY + timedelta(days=1)
    assert tuesday["summary"] == "Tour Di Nord: 2 Haltestellen"
    assert tuesday["lines"] == ["1. GS Nord", "2. GE Süd"]
    assert tuesday["place"] == "Hauptstelle"
    assert thursday["lines"] == ["1. GE Süd"]
    assert {event["first"].weekday() for event in later} == {1}
    holidays = MONDAY.replace(month=12, day=22)
    assert holidays in {event["first"] for event in later}


def test_no_tour_runs_on_a_public_holiday(
    visitor: FlaskClient, make: Make, as_role: AsRole
) -> None:
    staff, route_id = as_role(Role.STAFF), courier(make).id
    day = MONDAY + timedelta(days=8)
    make.session.add(Holiday(kind=HolidayKind.PUBLIC, first=day, last=day, name="Feiertag"))
    make.session.commit()
    link = link_on(staff, make_feed(staff, FeedKind.ROUTE, route_id))
    days = {event["first"] for event in events_at(visitor, link)}
    assert day not in days
    assert day + timedelta(days=7) in days


def test_a_feed_tells_programs_how_often_to_look(visitor: FlaskClient, own_link: str) -> None:
    answer = visitor.get(own_link)
    assert answer.mimetype == "text/calendar"
    lines = answer.text.split("\r\n")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "X-PUBLISHED-TTL:PT1H" in lines
    assert "METHOD:PUBLISH" in lines
    assert "X-WR-CALNAME:Meine Medien" in lines
    assert lines[-1] == ""
    assert all(len(line.encode()) <= 75 for line in lines)


def test_a_feed_that_has_not_changed_is_not_sent_again(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    make.booking(make.holding(copies=1), SOON, person=person_of(make, teacher))
    make.session.rollback()
    first = visitor.get(own_link)
    again = visitor.get(own_link, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make.loan(person=person_of(make, teacher))
    make.session.rollback()
    changed = visitor.get(own_link, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_feed_takes_a_constant_number_of_statements(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account, engine: Engine
) -> None:
    def fill() -> None:
        for _ in range(10):
            person = person_of(make, teacher)
            make.booking(make.holding(copies=1), SOON, person=person)
            make.loan(person=person)
        make.session.rollback()

    fill()
    visitor.get(own_link)
    with counted(engine) as few:
        visitor.get(own_link)
    fill()
    with counted(engine) as many:
        visitor.get(own_link)
    assert many.count == few.count
    assert few.count <= 7


@pytest.mark.parametrize("kind", [FeedKind.DESK, FeedKind.ROUTE])
def test_a_desks_and_a_routes_feed_take_a_constant_number_of_statements(
    visitor: FlaskClient, make: Make, as_role: AsRole, engine: Engine, kind: FeedKind
) -> None:
    staff, route = as_role(Role.STAFF), courier(make)
    key = make.branch().id if kind is FeedKind.DESK else route.id
    make.session.rollback()
    link = link_on(staff, make_feed(staff, kind, key))

    def fill() -> None:
        for _ in range(8):
            make.booking(make.holding(copies=1), SOON, person=make.person(make.school()))
            make.loan()
            day = MONDAY + timedelta(days=len(filled))
            filled.append(day)
            tour = Tour(route_id=route.id, day=day, state=TourState.PLANNED)
            tour.stops.append(TourStop(place_id=make.place().id, position=1))
            make.session.add(tour)
            make.session.commit()
        make.session.rollback()

    filled: list[Any] = []
    fill()
    visitor.get(link)
    with counted(engine) as few:
        visitor.get(link)
    fill()
    with counted(engine) as many:
        assert visitor.get(link).status_code == 200
    assert many.count == few.count
    assert few.count <= 15


def test_whose_account_reads_english_gets_an_english_calendar(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    person_of(make, teacher).locale = "en"
    make.session.commit()
    make.booking(make.holding(copies=1), SOON, person=person_of(make, teacher))
    make.session.rollback()
    summaries = [event["summary"] for event in events_at(visitor, own_link)]
    assert [each.split(":")[0] for each in summaries] == ["Pick up", "Bring back"]


def test_a_title_cannot_break_out_of_its_line(
    visitor: FlaskClient, own_link: str, make: Make, teacher: Account
) -> None:
    title = make.title("A\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:falsch")
    make.booking(make.holding(title, copies=1), SOON, person=person_of(make, teacher))
    make.session.rollback()
    assert len(events_at(visitor, own_link)) == 2


def test_a_store_that_is_busy_keeps_nobody_from_reading(
    visitor: FlaskClient, own_link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_anything: object) -> None:
        raise OperationalError("UPDATE feed", {}, Exception("database is locked"))

    monkeypatch.setattr("app.feeds.views.note_read", busy)
    assert visitor.get(own_link).status_code == 200


def test_what_lies_in_the_house_is_not_to_be_brought_back(make: Make) -> None:
    loan = make.loan(received_on=MONDAY)
    subject = FeedSubject(FeedKind.PERSON, loan.person_id or 0, "")
    assert loans_of_feed(make.session, subject) == ()
