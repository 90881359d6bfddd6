"""Who books for the courier reads which tour brings and fetches it, and until when it changes."""

from collections.abc import Mapping
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.letters import write_letter
from loans.rules.booking_states import BookingState
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import OwedLetter
from schools.models.person import Person
from schools.operations.send_letters import ClaimedLetter
from schools.rules.periods import Period
from tests.app.bookings.conftest import JSON, fields
from tests.make import MONDAY, Make

WEDNESDAY = MONDAY + timedelta(days=2)
NEXT_MONDAY = MONDAY + timedelta(days=7)


@pytest.fixture
def stop(make: Make, person: Person) -> PickupPlace:
    """The stop of the teacher's school, served on Tuesdays and Thursdays."""
    del person
    stop = make.courier_stop(name="Schulpost")
    make.route(stop, name="Nord")
    return stop


def refused(teacher: FlaskClient, sent: Mapping[str, object], what: str) -> list[str]:
    """Reserve as a program does, in vain; returns the codes, or the sentences, of the reasons."""
    answer = teacher.post("/bookings", data=sent, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    return [each[what] for each in answer.json["refusals"]]


@pytest.mark.lending("11.1")
def test_the_form_says_which_tour_brings_and_fetches_it_and_until_when_it_changes(
    make: Make, teacher: FlaskClient, stop: PickupPlace
) -> None:
    holding = make.holding(copies=1)
    path = f"/bookings/new?holding={holding.id}&from={WEDNESDAY}&until={NEXT_MONDAY}"
    page = teacher.get(path).text
    assert stop.name in page
    assert "„Nord“ bringt es am Di, 24.11." in page
    assert "holt es am Di, 1.12." in page
    assert "bis 23.11.2026, 12:00" in page


def test_the_form_says_where_no_tour_fits(
    make: Make, teacher: FlaskClient, stop: PickupPlace
) -> None:
    holding = make.holding(copies=1)
    path = f"/bookings/new?holding={holding.id}&from={NEXT_MONDAY}&until={NEXT_MONDAY}"
    page = teacher.get(path).text
    assert stop.name in page
    assert "keine Tour von „Nord“ kommt rechtzeitig an" in page


@pytest.mark.lending("4.5", "11.1")
def test_a_day_without_a_tour_is_refused_at_the_place(
    make: Make, teacher: FlaskClient, stop: PickupPlace
) -> None:
    holding = make.holding(copies=1)
    sent = fields(holding, Period(NEXT_MONDAY, NEXT_MONDAY), place=stop.id)
    assert refused(teacher, sent, "code") == ["COURIER_NOT_RUNNING"]


@pytest.mark.lending("4.1", "5.2")
def test_a_refused_page_offers_days_of_the_place_that_was_chosen_and_keeps_it(
    make: Make, teacher: FlaskClient, stop: PickupPlace
) -> None:
    """What is free at the counter is not what the courier can bring."""
    holding, place_id = make.holding(copies=1), stop.id
    sent = fields(holding, Period(NEXT_MONDAY, NEXT_MONDAY), place=place_id)
    make.session.rollback()
    page = teacher.post("/bookings", data=sent).text
    _before, _found, days = page.partition("<b>Frei: 2.12.2026</b>")
    days = days.partition("</form>")[0]
    assert f'name="place" value="{place_id}"' in days
    there = f"holding={sent['holding']}&from=2026-12-02&until=2026-12-02&place={place_id}"
    shown = teacher.get(f"/bookings/new?{there}").text
    (chosen,) = (
        tag for tag in shown.split("<input") if 'name="place"' in tag and "checked" in tag
    )
    assert f'value="{place_id}"' in chosen


@pytest.mark.lending("4.1", "5.2")
def test_what_could_be_had_instead_is_had_at_the_place_that_was_chosen(
    make: Make, teacher: FlaskClient, stop: PickupPlace
) -> None:
    holding, place_id = make.holding(copies=1), stop.id
    sent = fields(holding, Period(WEDNESDAY, WEDNESDAY), place=place_id)
    make.booking(holding, Period(WEDNESDAY + timedelta(days=1), WEDNESDAY + timedelta(days=1)))
    make.session.rollback()
    page = teacher.post("/bookings", data=sent).text
    assert "Was Sie stattdessen haben können" in page
    assert f"&amp;institution=1&amp;place={place_id}" in page


@pytest.mark.lending("4.5", "8.3", "11.1")
def test_after_the_cut_off_nobody_says_that_the_courier_does_not_run(
    make: Make, teacher: FlaskClient, person: Person
) -> None:
    del person
    stop, tuesday = make.courier_stop(), MONDAY + timedelta(days=1)
    make.route(stop, weekdays=(1, 2, 3), cut_off=time(8))
    sent = fields(make.holding(copies=1), Period(tuesday, WEDNESDAY), place=stop.id)
    assert refused(teacher, sent, "sentence") == ["Zum 24.11.2026 passt keine Tour des Kuriers."]


@pytest.mark.lending("11.1")
def test_the_booking_and_its_letter_say_the_same(
    app: Flask, make: Make, teacher: FlaskClient, stop: PickupPlace
) -> None:
    holding = make.holding(copies=1)
    sent = fields(holding, Period(WEDNESDAY + timedelta(days=7), NEXT_MONDAY + timedelta(days=7)))
    answer = teacher.post("/bookings", data=sent | {"place": stop.id}, headers=JSON)
    assert answer.json is not None
    page = teacher.get(answer.json["url"]).text
    assert "Der Kurier bringt es am Dienstag, 1. Dezember 2026 („Nord“): Schulpost." in page
    assert "Der Kurier holt es am Dienstag, 8. Dezember 2026" in page
    assert "Ändern können Sie bis 30.11.2026, 12:00." in page
    make.session.rollback()
    letter = make.session.scalars(select(OwedLetter)).one()
    owed = ClaimedLetter(
        id=letter.id,
        kind=letter.kind.value,
        to_address=letter.to_address,
        to_name=letter.to_name,
        locale="de",
        facts=letter.facts,
        centre="",
        reply_to="",
        phone="",
    )
    with app.app_context():
        text = write_letter(owed, "https://medien.example").text
    assert "Der Kurier bringt es: Di, 1.12.\n" in text
    assert "Der Kurier holt es: Di, 8.12.\n" in text
    assert "bis: 30.11.2026, 12:00" in text


def next_steps(page: str) -> str:
    """What the page of a booking says happens next."""
    return page.split('id="h-next"', 1)[1].split("</section>", 1)[0]


@pytest.mark.lending("4.4", "11.1")
def test_the_page_promises_no_tour_and_no_deadline_that_are_past(
    make: Make, teacher: FlaskClient, stop: PickupPlace, person: Person
) -> None:
    school = make.the_school()
    daily = make.courier_stop(school, name="Bote")
    make.route(daily, name="Täglich", weekdays=(0, 1, 2, 3, 4), cut_off=time(8))
    bookings = [
        make.booking(make.holding(copies=1), period, person=person, place_id=place.id)
        for place, period in (
            (stop, Period(MONDAY, NEXT_MONDAY)),
            (daily, Period(MONDAY, WEDNESDAY)),
        )
    ]
    pages = [teacher.get(f"/bookings/{each.number}").text for each in bookings]
    missed, today = map(next_steps, pages)
    assert "Der Kurier bringt es: Schulpost." in missed
    assert "Der Kurier holt es am Dienstag, 1. Dezember 2026" in missed
    assert "Der Kurier bringt es am Montag, 23. November 2026 („Täglich“): Bote." in today
    assert "Ändern können Sie" not in missed + today


@pytest.mark.lending("9.2", "11.1")
def test_the_page_tells_when_what_is_out_goes_back_as_it_is_due_now(
    make: Make, teacher: FlaskClient, stop: PickupPlace, person: Person
) -> None:
    said = []
    for place_id in (stop.id, make.place().id):
        holding = make.holding(copies=1)
        booking = make.booking(
            holding,
            Period(MONDAY - timedelta(days=6), MONDAY),
            person=person,
            place_id=place_id,
            state=BookingState.COLLECTED,
        )
        booking.lines[0].handed_out = 1
        make.loan(holding.copies[0], person=person, days=7, line_id=booking.lines[0].id)
        said.append(next_steps(teacher.get(f"/bookings/{booking.number}").text))
    assert "Der Kurier holt es am Dienstag, 1. Dezember 2026" in said[0]
    assert "Rückgabe bis Montag, 30. November 2026." in said[1]


def test_at_a_counter_no_tour_is_named(make: Make, teacher: FlaskClient, person: Person) -> None:
    booking = make.booking(make.holding(copies=1), Period(WEDNESDAY, WEDNESDAY), person=person)
    page = teacher.get(f"/bookings/{booking.number}").text
    assert "Kurier" not in page
