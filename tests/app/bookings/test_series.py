"""Series by page (5.4): the preview, booking all or only what is free, and what came of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalogue.models.holding import Holding
from loans.models.booking import Booking
from loans.models.refused_wish import RefusedWish
from loans.rules.booking_states import BookingState
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, JSON, Stored
from tests.make import Make
from tests.statements import counted

WEEK = timedelta(weeks=1)


class Series:
    """The page that describes a series of one holding."""

    def __init__(self, teacher: FlaskClient, holding: Holding, stored: Stored) -> None:
        self.browser = teacher
        self.holding_id = holding.id
        self.stored = stored
        stored.forget()

    def post(self, act: str, /, **more: Any) -> TestResponse:
        headers = more.pop("headers", None)
        data = {
            "act": act,
            "holding": self.holding_id,
            "from": DAYS.first.isoformat(),
            "until": DAYS.last.isoformat(),
            "quantity": 1,
            "rhythm": "weekly",
            "count": 4,
            "step": 1,
            "purpose": "reason:training",
        }
        self.stored.forget()
        return self.browser.post("/bookings/series", data=data | more, headers=headers)

    def firsts(self) -> list[date]:
        """Return the first days of what is confirmed for the teacher, in their order."""
        every = [each for each in self.stored(Booking) if each.group_key]
        return sorted(each.first for each in every if each.state is BookingState.CONFIRMED)


@pytest.fixture
def series(teacher: FlaskClient, make: Make, stored: Stored) -> Series:
    return Series(teacher, make.holding(copies=1), stored)


@pytest.mark.lending("5.4")
def test_the_preview_says_of_each_date_whether_it_is_free(
    series: Series, make: Make, stored: Stored
) -> None:
    make.booking(make.session.get_one(Holding, series.holding_id), DAYS)
    answer = series.post("show")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "3 von 4 Terminen sind frei" in page
    assert "Die 3 freien Termine reservieren" in page
    assert series.firsts() == []


@pytest.mark.lending("5.4")
def test_all_dates_are_booked_together(series: Series) -> None:
    answer = series.post("all")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/bookings/together/")
    assert series.firsts() == [DAYS.first + each * WEEK for each in range(4)]
    series.stored.forget()
    page = series.browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "4 Reservierungen" in page


@pytest.mark.lending("5.4")
def test_one_date_in_conflict_refuses_all_or_is_left_out(
    series: Series, make: Make, stored: Stored
) -> None:
    """G 101: what is left out is not made up at the end."""
    holding = make.session.get_one(Holding, series.holding_id)
    make.booking(holding, Period(DAYS.first + WEEK, DAYS.last + WEEK))
    refused = series.post("all", idem="once")
    assert refused.status_code == 409
    assert "3 von 4 Terminen sind frei" in refused.get_data(as_text=True)
    assert series.firsts() == []
    assert [each.first for each in stored(RefusedWish)] == [DAYS.first + WEEK]
    assert series.post("free").status_code == 303
    assert series.firsts() == [DAYS.first, DAYS.first + 2 * WEEK, DAYS.first + 3 * WEEK]


@pytest.mark.lending("5.4")
def test_two_dates_of_the_series_compete_with_each_other(series: Series) -> None:
    long = {"until": (DAYS.first + timedelta(days=9)).isoformat(), "count": 2}
    page = series.post("show", **long).get_data(as_text=True)
    assert "1 von 2 Terminen" in page
    assert series.post("all", **long).status_code == 409


@pytest.mark.lending("5.4")
def test_dates_of_ones_own_are_taken_as_typed(series: Series) -> None:
    other = DAYS.first + timedelta(days=20)
    own = {"rhythm": "dates", "dates": f"{DAYS.first}\n{other:%d.%m.%Y}"}
    assert series.post("all", **own).status_code == 303
    assert series.firsts() == [DAYS.first, other]


def test_faults_are_told_at_their_fields(series: Series) -> None:
    for wrong in (
        {"from": "9999-12-31", "until": "9999-12-31"},
        {"from": ""},
        {"until": (DAYS.first - timedelta(days=1)).isoformat()},
        {"quantity": 0},
        {"quantity": 10**12},
        {"count": 0},
        {"count": 61},
        {"count": 10**12},
        {"count": -(10**12)},
        {"step": 10**12},
        {"step": 0},
        {"step": 999},
        {"rhythm": "hourly"},
        {"rhythm": "dates", "dates": "gestern"},
        {"rhythm": "dates", "dates": ""},
        {"rhythm": "dates", "dates": "31.12.9999"},
        {"rhythm": "dates", "dates": "\n".join(["2026-12-03"] * 60)},
        {"class_name": "7" * 41},
    ):
        answer = series.post("all", **wrong)
        assert answer.status_code == 422, wrong
        assert "Fehler:" in answer.get_data(as_text=True)
    assert series.post("show", rhythm="monthly", count=13).status_code == 200
    assert series.post("all", place=999_999).status_code == 404
    assert series.post("all", holding=10**12).status_code == 404
    assert series.post("all", person=999_999).status_code == 404
    assert series.firsts() == []


def test_a_program_is_told_the_codes_and_the_numbers(series: Series, make: Make) -> None:
    made = series.post("all", headers=JSON, idem="once")
    again = series.post("all", headers=JSON, idem="once")
    assert made.status_code == 201
    assert made.json == again.json
    assert made.json is not None
    assert len(made.json["numbers"]) == 4
    refused = series.post("all", headers=JSON)
    assert refused.status_code == 409
    assert refused.json is not None
    assert {each["code"] for each in refused.json["refusals"]} == {"NOT_FREE"}


@pytest.mark.lending("5.4")
def test_the_series_is_cancelled_together_but_for_what_was_collected(
    series: Series, session: Session
) -> None:
    together = series.post("all").headers["Location"]
    first = min(series.stored(Booking), key=lambda each: each.first)
    first.state = BookingState.COLLECTED
    session.commit()
    page = series.browser.get(together).get_data(as_text=True)
    assert "3 Reservierungen verbindlich stornieren" in page
    assert series.browser.post(f"{together}/cancel").status_code == 303
    assert series.firsts() == []
    states = sorted(each.state.value for each in series.stored(Booking))
    assert states == ["cancelled"] * 3 + ["collected"]


def test_what_others_made_together_is_not_found(
    series: Series, staff: FlaskClient, make: Make, stored: Stored
) -> None:
    key = "0" * 32
    make.booking(make.holding(copies=1), DAYS, group_key=key)
    stored.forget()
    assert series.browser.get(f"/bookings/together/{key}").status_code == 404
    assert series.browser.post(f"/bookings/together/{key}/cancel").status_code == 404
    assert staff.get(f"/bookings/together/{key}").status_code == 200
    assert staff.get("/bookings/together/none").status_code == 404


def test_staff_are_led_to_the_caller_first_and_then_book_for_them(
    series: Series, staff: FlaskClient, person: Person, stored: Stored
) -> None:
    person_id = person.id
    stored.forget()
    asked = f"/bookings/series?holding={series.holding_id}&from={DAYS.first}"
    assert staff.get(asked).headers["Location"].startswith("/bookings/new?holding=")
    assert staff.get(f"{asked}&person={person_id}").status_code == 200
    series.browser = staff
    assert series.post("all", person=person_id).status_code == 303
    assert {each.person_id for each in stored(Booking)} == {person_id}
    assert series.post("all").status_code == 404


def test_the_statements_do_not_grow_with_the_dates(series: Series, engine: Engine) -> None:
    def shown(number: int) -> int:
        with counted(engine) as sent:
            assert series.post("show", count=number).status_code == 200
        return sent.count

    few = shown(2)
    assert shown(30) == few
    with counted(engine) as sent:
        assert series.post("all", count=8).status_code == 303
    assert sent.count < 120
