"""Requests: what staff have to decide about, confirming, and declining with other days."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from loans.models.booking import Booking, BookingLine
from loans.models.terms import Terms
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.roles import Role
from tests.app.bookings.conftest import DAYS, JSON, Stored, fields
from tests.app.conftest import SignIn
from tests.app.shown_forms import shown_forms
from tests.make import MONDAY, Make
from tests.statements import counted


class Request:
    """A request of the teacher's for one of one, as the terms ask for approval."""

    def __init__(self, browser: FlaskClient, staff: FlaskClient, make: Make) -> None:
        self.staff = staff
        self.holding = make.holding(copies=1)
        terms = make.session.scalars(select(Terms)).one()
        terms.needs_approval = True
        data = fields(self.holding)
        make.session.commit()
        made = browser.post("/bookings", data=data)
        self.number = made.headers["Location"].split("/")[2].split("?")[0]

    def post(self, act: str, browser: FlaskClient | None = None, /, **more: Any) -> TestResponse:
        page = browser or self.staff
        return page.post(f"/bookings/{self.number}/{act}", data=more)

    def state(self, stored: Stored) -> BookingState:
        return next(each.state for each in stored(Booking) if each.number == self.number)


@pytest.fixture
def asked(teacher: FlaskClient, staff: FlaskClient, make: Make) -> Request:
    return Request(teacher, staff, make)


def take_it(make: Make, asked: Request, stored: Stored) -> None:
    """Let somebody else have it on the same days."""
    make.booking(make.session.get_one(Holding, asked.holding.id), DAYS)
    stored.forget()


def letters(stored: Stored) -> list[LetterKind]:
    return [each.kind for each in stored(OwedLetter)]


@pytest.mark.lending("5.1")
def test_staff_see_what_there_is_to_decide(asked: Request, stored: Stored, make: Make) -> None:
    page = asked.staff.get("/bookings/requests").get_data(as_text=True)
    assert asked.number in page
    assert f'action="/bookings/{asked.number}/confirm"' in page
    take_it(make, asked, stored)
    page = asked.staff.get("/bookings/requests").get_data(as_text=True)
    assert "zu wenig" in page
    assert f'action="/bookings/{asked.number}/confirm"' not in page


@pytest.mark.lending("5.1")
def test_nothing_to_decide_says_so(staff: FlaskClient, teacher: FlaskClient) -> None:
    assert "Nichts zu entscheiden" in staff.get("/bookings/requests").get_data(as_text=True)
    assert teacher.get("/bookings/requests").status_code == 403


@pytest.mark.lending("5.1")
def test_confirming_takes_one_click_and_writes_a_letter(asked: Request, stored: Stored) -> None:
    assert asked.post("confirm", comment="Bitte am Nebeneingang.").status_code == 303
    assert asked.state(stored) is BookingState.CONFIRMED
    assert letters(stored) == [LetterKind.BOOKING_REQUESTED, LetterKind.BOOKING_CONFIRMED]
    assert asked.number not in asked.staff.get("/bookings/requests").get_data(as_text=True)


@pytest.mark.lending("2.3")
def test_why_approval_is_needed_is_explained_for_the_line_that_needs_it(
    make: Make, staff: FlaskClient, stored: Stored
) -> None:
    """Of a film and a camera the camera is asked for."""
    centre = make.the_centre()
    make.session.add(Terms(centre_id=centre.id, media_category="equipment", needs_approval=True))
    request = make.booking(make.holding(copies=1), DAYS, state=BookingState.REQUESTED)
    camera = make.holding(make.title("Kamera", media_type="camera"), copies=1)
    request.lines.append(BookingLine(holding_id=camera.id, quantity=1))
    make.session.commit()
    address, holding_id = f"/bookings/{request.number}", camera.id
    stored.forget()
    assert f"holding={holding_id}&amp;why=needs_approval" in staff.get(address).text


@pytest.mark.lending("2.3", "5.1")
def test_terms_that_changed_while_a_request_waits_are_told_as_they_are(
    asked: Request, make: Make, stored: Stored
) -> None:
    """No approval any more, then no terms at all, which nobody overrules on any day."""
    address, terms = f"/bookings/{asked.number}", make.session.scalars(select(Terms)).one()
    terms.needs_approval = False
    make.session.commit()
    page = asked.staff.get(address).text
    assert "jetzt nicht mehr" in page
    assert "Warum?" not in page
    assert 'name="proposal"' in page
    stored.forget()
    make.session.delete(make.session.scalars(select(Terms)).one())
    make.session.commit()
    page = asked.staff.get(address).text
    assert "gibt es keine Leihbedingungen" in page
    assert "Das darf niemand aufheben." in page
    assert 'name="proposal"' not in page
    assert asked.post("confirm").status_code == 409


@pytest.mark.lending("5.1", "5.3")
@pytest.mark.parametrize("address", ["/bookings/requests", "/bookings/{number}"])
def test_a_request_that_changed_since_it_was_looked_at_is_looked_at_once_more(
    asked: Request, teacher: FlaskClient, stored: Stored, address: str
) -> None:
    """Nobody confirms, or declines, days that nobody saw."""
    shown = asked.staff.get(address.format(number=asked.number)).text
    seen = shown.partition('name="sequence"')[2].partition('value="')[2].partition('"')[0]
    form = next(
        each
        for each in shown_forms(teacher.get(f"/bookings/{asked.number}/edit").text)
        if each.action.endswith("/edit")
    )
    later = {"until": (DAYS.last + timedelta(days=1)).isoformat()}
    assert teacher.post(form.action, data=dict(form.fields) | later).status_code == 303
    for act, more in (("confirm", {}), ("decline", {"reason": "Nein."})):
        answer = asked.post(act, sequence=seen, **more)
        assert (answer.status_code, "inzwischen geändert" in answer.text) == (409, True)
        assert answer.text.count(f'name="sequence" type="hidden" value="{int(seen) + 1}"') == 2
        assert asked.state(stored) is BookingState.REQUESTED
    assert asked.post("confirm", sequence=int(seen) + 1).status_code == 303


@pytest.mark.lending("2.4", "5.1")
def test_no_days_are_proposed_on_which_the_borrower_has_left(
    make: Make, staff: FlaskClient, stored: Stored
) -> None:
    leaves = DAYS.last + timedelta(weeks=1)
    person = make.person(until=leaves)
    request = make.booking(
        make.holding(copies=1), DAYS, person=person, state=BookingState.REQUESTED
    )
    address = f"/bookings/{request.number}"
    stored.forget()
    page = staff.get(address).text
    assert page.count('name="proposal"') == 1
    assert f'/{leaves.isoformat()}"' in page


@pytest.mark.lending("5.1")
def test_what_is_not_free_any_more_stays_a_request(
    asked: Request, stored: Stored, make: Make, sign_in: SignIn
) -> None:
    """S42: refused with the reason; confirmed all the same with the right and a reason."""
    head = sign_in(make.account(Role.CENTRE_ADMIN))
    take_it(make, asked, stored)
    answer = asked.post("confirm")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "es bleibt eine Anfrage" in page
    assert 'name="anyway"' not in page
    assert asked.state(stored) is BookingState.REQUESTED
    stored.forget()
    assert asked.post("confirm", anyway="1", comment="Bitte").status_code == 409
    assert 'name="anyway"' in asked.post("confirm", head).get_data(as_text=True)
    assert asked.post("confirm", head, anyway="1").status_code == 422
    assert (
        asked.post("confirm", head, anyway="1", comment="Wir leihen eins aus.").status_code == 303
    )
    assert asked.state(stored) is BookingState.CONFIRMED
    entry = next(each for each in stored(AuditEntry) if each.act == "confirm")
    assert entry.reason == "Wir leihen eins aus."
    confirmed = next(
        each for each in stored(OwedLetter) if each.kind is LetterKind.BOOKING_CONFIRMED
    )
    assert "Wir leihen eins aus." in str(confirmed.facts)
    stored.forget()
    page = asked.staff.get(f"/bookings/{asked.number}").get_data(as_text=True)
    assert "Wir leihen eins aus." in page
    assert "überbucht" in page


@pytest.mark.lending("5.1")
def test_declining_names_a_reason_and_other_days(
    asked: Request, stored: Stored, make: Make, teacher: FlaskClient
) -> None:
    take_it(make, asked, stored)
    page = asked.staff.get(f"/bookings/{asked.number}").get_data(as_text=True)
    assert 'value="2026-12-08/2026-12-10"' in page
    assert asked.post("decline").status_code == 422
    proposals = ["2026-12-08/2026-12-10", "kein/Tag", "2026-12-10/2026-12-08"]
    answer = asked.post("decline", reason="Es ist verliehen.", proposal=proposals)
    assert answer.status_code == 303
    assert asked.state(stored) is BookingState.DECLINED
    letter = next(each for each in stored(OwedLetter) if each.kind is LetterKind.BOOKING_DECLINED)
    assert "Es ist verliehen." in str(letter.facts)
    assert "2026-12-08" in str(letter.facts)
    stored.forget()
    assert "Abgelehnt" in teacher.get(f"/bookings/{asked.number}").get_data(as_text=True)


def test_only_staff_of_the_centre_decide(
    asked: Request, teacher: FlaskClient, make: Make, sign_in: SignIn
) -> None:
    elsewhere = sign_in(make.account(Role.STAFF, centre=make.centre()))
    for act in ("confirm", "decline"):
        more = {"reason": "Nein"}
        assert asked.post(act, teacher, **more).status_code == 403
        assert asked.post(act, elsewhere, **more).status_code == 404
    assert asked.number not in elsewhere.get("/bookings/requests").get_data(as_text=True)


def test_what_is_decided_is_not_decided_again(asked: Request, stored: Stored) -> None:
    assert asked.post("confirm", idem="once").status_code == 303
    assert asked.post("confirm", idem="once").status_code == 303
    assert asked.post("decline", reason="Doch nicht").status_code == 409
    assert asked.post("confirm").status_code == 409
    assert asked.state(stored) is BookingState.CONFIRMED
    assert letters(stored).count(LetterKind.BOOKING_CONFIRMED) == 1


@pytest.mark.lending("5.1")
def test_the_second_to_decide_is_told_what_the_first_did(asked: Request, stored: Stored) -> None:
    assert asked.post("confirm", idem="first").status_code == 303
    for act, more in (("confirm", {}), ("decline", {"reason": "Doch nicht"})):
        page = asked.post(act, **more).get_data(as_text=True)
        assert "Die Anfrage wurde bereits bestätigt" in page
        assert f'href="/bookings/{asked.number}"' in page
    for state, words in (("declined", "bereits abgelehnt"), ("cancelled", "wurde storniert")):
        stored(Booking)[0].state = BookingState(state)
        stored.session.commit()
        stored.forget()
        answer = asked.post("confirm")
        assert (answer.status_code, words in answer.get_data(as_text=True)) == (409, True)
    told = asked.staff.post(f"/bookings/{asked.number}/confirm", headers=JSON)
    assert told.status_code == 409
    assert told.is_json


@pytest.mark.lending("5.1")
def test_the_request_of_somebody_who_left_is_seen_and_decided(
    make: Make, staff: FlaskClient, stored: Stored
) -> None:
    """S42 and S52."""
    yesterday = MONDAY - timedelta(days=1)
    person = make.person(until=yesterday)
    request = make.booking(
        make.holding(copies=1), DAYS, person=person, state=BookingState.REQUESTED
    )
    address = f"/bookings/{request.number}"
    stored.forget()
    said = "Die Zugehörigkeit zur Schule endete am 22.11.2026"
    assert said in staff.get(address).get_data(as_text=True)
    refused = staff.post(f"{address}/confirm")
    assert (refused.status_code, said in refused.get_data(as_text=True)) == (409, True)
    assert staff.post(f"{address}/decline").status_code == 422
    assert staff.post(f"{address}/decline", data={"reason": "Nein"}).status_code == 303
    assert [each.state for each in stored(Booking)] == [BookingState.DECLINED]


@pytest.mark.lending("5.1")
def test_a_request_for_a_copy_that_is_gone_is_seen_and_said(
    make: Make, staff: FlaskClient, stored: Stored
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copy = make.copy(holding, numbered=True)
    request = make.booking(holding, DAYS, state=BookingState.REQUESTED)
    request.lines[0].copy_id, copy.state = copy.id, CopyState.WITHDRAWN
    make.session.commit()
    number = request.number
    stored.forget()
    assert "In diesem Zeitraum frei: 0" in staff.get(f"/bookings/{number}").get_data(as_text=True)


def test_the_statements_of_the_list_do_not_grow(
    asked: Request, make: Make, engine: Engine, session: Session
) -> None:
    def shown(address: str) -> int:
        with counted(engine) as sent:
            assert asked.staff.get(address).status_code == 200
        return sent.count

    addresses = ("/bookings/requests", "/bookings/all", f"/bookings/{asked.number}")
    few = [shown(address) for address in addresses]
    for _ in range(4):
        make.booking(make.holding(copies=1), DAYS, state=BookingState.REQUESTED)
        make.booking(make.holding(copies=1), DAYS)
    session.rollback()
    assert [shown(address) for address in addresses] == few
