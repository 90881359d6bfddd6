"""A booking's page, its calendar file, cancelling, and the lists."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from loans.rules.booking_states import BookingState
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, JSON
from tests.make import MONDAY, Make


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_the_borrower_sees_what_happens_next(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person, class_name="7b")
    page = text_of(teacher, f"/bookings/{booking.number}?made=1&back=/search?words=wald")
    assert "Der Wald im Winter</h1>" in page
    assert booking.number in page
    assert f"/bookings/{booking.number}.ics" in page
    assert 'href="/search?words=wald"' in page


def test_a_foreign_address_to_go_back_to_is_let_go(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    page = text_of(teacher, f"/bookings/{booking.number}?back=https://evil.example/")
    assert 'href="https://evil.example' not in page


def test_others_bookings_are_not_found(teacher: FlaskClient, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), DAYS)
    for address in (f"/bookings/{booking.number}", f"/bookings/{booking.number}.ics"):
        assert teacher.get(address).status_code == 404
    assert teacher.post(f"/bookings/{booking.number}/cancel").status_code == 404


def test_a_calendar_takes_the_booking(teacher: FlaskClient, make: Make, person: Person) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    answer = teacher.get(f"/bookings/{booking.number}.ics")
    assert answer.mimetype == "text/calendar"
    text = answer.get_data(as_text=True)
    assert "DTSTART;VALUE=DATE:20261201" in text
    assert "DTEND;VALUE=DATE:20261204" in text


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (BookingState.REQUESTED, "TENTATIVE"),
        (BookingState.CONFIRMED, "CONFIRMED"),
        (BookingState.CLOSED, "CONFIRMED"),
        (BookingState.LAPSED, "CANCELLED"),
    ],
)
def test_a_calendar_is_told_no_more_than_what_was_decided(
    teacher: FlaskClient, make: Make, person: Person, state: BookingState, status: str
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person, state=state)
    assert f"STATUS:{status}" in text_of(teacher, f"/bookings/{booking.number}.ics")


def test_cancelling_twice_with_one_key_is_done_once(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    address, posted = f"/bookings/{booking.number}/cancel", {"idem": "k"}
    first = teacher.post(address, data=posted, headers=JSON)
    again = teacher.post(address, data=posted, headers=JSON)
    assert first.json == again.json == {"number": booking.number, "state": "cancelled"}
    late = teacher.post(address, data={"idem": "another"}, headers=JSON)
    assert late.status_code == 409


def test_ones_own_list_parts_what_comes_from_what_is_over(
    teacher: FlaskClient, make: Make, person: Person
) -> None:
    holding = make.holding(copies=3)
    coming = make.booking(holding, DAYS, person=person)
    past = Period(MONDAY - timedelta(days=9), MONDAY - timedelta(days=8))
    over = make.booking(holding, past, person=person, state=BookingState.CLOSED)
    foreign = make.booking(holding, DAYS)
    page = text_of(teacher, "/bookings")
    assert page.index(coming.number) < page.index(over.number)
    assert foreign.number not in page


def test_staff_narrow_the_centres_list(staff: FlaskClient, make: Make) -> None:
    holding = make.holding(copies=3)
    curie = make.person(family_name="Curie")
    mine = make.booking(holding, DAYS, person=curie)
    later = Period(DAYS.first + timedelta(days=14), DAYS.last + timedelta(days=14))
    other = make.booking(holding, later)
    elsewhere = make.centre()
    teacher = make.person(make.school(centre=elsewhere))
    foreign = make.booking(make.holding(centre=elsewhere, copies=1), DAYS, person=teacher)
    page = text_of(staff, "/bookings/all")
    assert mine.number in page
    assert other.number in page
    assert foreign.number not in page
    assert other.number not in text_of(staff, f"/bookings/all?day={DAYS.first}")
    assert other.number not in text_of(staff, "/bookings/all?words=cur")
    assert mine.number not in text_of(staff, "/bookings/all?state=cancelled")


def test_the_centres_list_is_for_staff(teacher: FlaskClient, make: Make) -> None:
    assert teacher.get("/bookings/all").status_code == 403
