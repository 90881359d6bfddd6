"""Repeating: an old booking becomes a new one (5.7, T6)."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalogue.models.holding import Holding
from loans.models.booking import Booking, BookingLine
from loans.models.refused_wish import RefusedWish
from loans.rules.booking_states import BookingState
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, JSON, Stored
from tests.make import MONDAY, Make
from tests.statements import counted

LAST_YEAR = Period(DAYS.first - timedelta(weeks=52), DAYS.last - timedelta(weeks=52))
LATER = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=17))


class Repeat:
    """An old booking of two titles, and the page that repeats it."""

    def __init__(self, teacher: FlaskClient, make: Make, person: Person) -> None:
        self.browser = teacher
        self.first = make.holding(copies=2)
        self.second = make.holding(make.title("Sensorkoffer"), copies=1)
        self.old = make.booking(
            self.first,
            LAST_YEAR,
            2,
            person=person,
            class_name="7b",
            state=BookingState.CLOSED,
        )
        self.old.lines.append(BookingLine(holding_id=self.second.id, quantity=1))
        make.session.commit()
        self.number = self.old.number
        make.session.rollback()

    def text(self) -> str:
        answer = self.browser.get(f"/bookings/{self.number}/again")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def post(self, act: str, period: Period = DAYS, /, **more: Any) -> TestResponse:
        headers = more.pop("headers", None)
        data = {
            "act": act,
            "from": period.first.isoformat(),
            "until": period.last.isoformat(),
            "purpose": "reason:preview",
            "class_name": "7b",
        }
        address = f"/bookings/{self.number}/again"
        return self.browser.post(address, data=data | more, headers=headers)


@pytest.fixture
def repeat(teacher: FlaskClient, make: Make, person: Person) -> Repeat:
    return Repeat(teacher, make, person)


def new_ones(stored: Stored) -> list[Booking]:
    return [each for each in stored(Booking) if each.state is BookingState.CONFIRMED]


@pytest.mark.lending("5.7")
def test_it_opens_a_year_later_with_what_is_free_of_each_line(
    repeat: Repeat, make: Make, stored: Stored
) -> None:
    make.booking(repeat.second, DAYS)
    stored.forget()
    page = repeat.text()
    assert f'type="date" value="{DAYS.first}"' in page
    assert f'type="date" value="{DAYS.last}"' in page
    assert 'value="7b"' in page
    assert "Der Wald im Winter" in page
    assert "frei: 0" in page
    assert "Nur reservieren, was frei ist" in page


@pytest.mark.lending("5.7")
def test_one_click_books_it_anew(repeat: Repeat, stored: Stored) -> None:
    answer = repeat.post("all")
    assert answer.status_code == 303
    (booking,) = new_ones(stored)
    assert answer.headers["Location"] == f"/bookings/{booking.number}?made=1"
    assert (booking.first, booking.last, booking.class_name) == (DAYS.first, DAYS.last, "7b")
    assert [line.quantity for line in booking.lines] == [2, 1]


@pytest.mark.lending("5.7")
def test_a_new_first_day_alone_keeps_the_length(repeat: Repeat, stored: Stored) -> None:
    shown = {"was_first": DAYS.first.isoformat(), "was_last": DAYS.last.isoformat()}
    answer = repeat.post("all", until=DAYS.last.isoformat(), **shown, **{"from": f"{LATER.first}"})
    assert answer.status_code == 303
    (booking,) = new_ones(stored)
    assert (booking.first, booking.last) == (LATER.first, LATER.last)


@pytest.mark.lending("5.7", "5.9")
def test_what_is_not_free_is_refused_line_by_line(
    repeat: Repeat, make: Make, stored: Stored
) -> None:
    taken = make.booking(repeat.second, DAYS).id
    stored.forget()
    answer = repeat.post("all", idem="once")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Sensorkoffer" in page
    assert "frei: 0" in page
    assert [each.id for each in new_ones(stored)] == [taken]
    assert {each.holding_id for each in stored(RefusedWish)} == {repeat.second.id}
    stored.forget()
    codes = repeat.post("all", headers=JSON).json
    assert codes is not None
    assert [each["code"] for each in codes["refusals"]] == ["NOT_FREE"]


@pytest.mark.lending("5.7", "5.9")
def test_only_what_is_free_is_booked_on_wish_and_the_rest_is_remembered(
    repeat: Repeat, make: Make, stored: Stored
) -> None:
    taken = make.booking(repeat.second, DAYS).id
    stored.forget()
    assert repeat.post("free", idem="once").status_code == 303
    assert repeat.post("free", idem="once").status_code == 303
    (booking,) = [each for each in new_ones(stored) if each.id != taken]
    assert [line.holding_id for line in booking.lines] == [repeat.first.id]
    (missed,) = stored(RefusedWish)
    assert (missed.holding_id, missed.quantity) == (repeat.second.id, 1)


def test_other_days_are_looked_at_before_anything_is_booked(
    repeat: Repeat, stored: Stored
) -> None:
    answer = repeat.post("show", LATER)
    assert answer.status_code == 200
    assert f'value="{LATER.first}"' in answer.get_data(as_text=True)
    assert new_ones(stored) == []


def test_what_is_not_offered_any_more_is_named_and_left_out(
    repeat: Repeat, session: Session, stored: Stored
) -> None:
    session.get_one(Holding, repeat.second.id).visible = False
    session.commit()
    assert "wird nicht mehr angeboten" in repeat.text()
    assert repeat.post("all").status_code == 303
    (booking,) = new_ones(stored)
    assert [line.holding_id for line in booking.lines] == [repeat.first.id]
    session.get_one(Holding, repeat.first.id).visible = False
    session.commit()
    assert "Nichts davon wird noch angeboten" in repeat.text()
    assert repeat.post("all").status_code in {200, 409, 422}


def test_faults_are_told_at_their_fields(repeat: Repeat) -> None:
    for wrong in (
        {"from": "9999-12-31", "until": "9999-12-31"},
        {"from": ""},
        {"until": (DAYS.first - timedelta(days=1)).isoformat()},
        {"class_name": "7" * 41},
    ):
        answer = repeat.post("all", **wrong)
        assert answer.status_code == 422, wrong
        assert "Fehler:" in answer.get_data(as_text=True)
    assert repeat.post("all", place=999_999).status_code == 404
    assert repeat.post("all", purpose="unit:999999").status_code == 404


def test_a_repeat_of_repeating_books_once(repeat: Repeat, stored: Stored) -> None:
    assert {repeat.post("all", idem="once").status_code for _ in range(2)} == {303}
    assert len(new_ones(stored)) == 1


def test_staff_repeat_for_the_borrower_and_strangers_find_nothing(
    repeat: Repeat, staff: FlaskClient, teacher: FlaskClient, make: Make, stored: Stored
) -> None:
    colleague = make.booking(make.holding(copies=1), DAYS).number
    stored.forget()
    assert teacher.get(f"/bookings/{colleague}/again").status_code == 404
    repeat.browser = staff
    assert repeat.post("all").status_code == 303
    booking = next(each for each in new_ones(stored) if len(each.lines) > 1)
    assert (booking.person_id, booking.entered_by_staff) == (repeat.old.person_id, True)


def test_the_statements_do_not_grow_with_the_lines(
    repeat: Repeat, make: Make, engine: Engine, session: Session
) -> None:
    def shown() -> int:
        session.rollback()
        with counted(engine) as sent:
            repeat.text()
        return sent.count

    few = shown()
    for name in ("Moor", "Vulkane", "Wale"):
        holding = make.holding(make.title(name), copies=1)
        repeat.old.lines.append(BookingLine(holding_id=holding.id, quantity=1))
    session.commit()
    assert shown() == few


@pytest.mark.lending("5.7")
def test_staff_are_told_that_the_borrower_has_left(
    repeat: Repeat, staff: FlaskClient, session: Session, stored: Stored
) -> None:
    person = session.get_one(Person, repeat.old.person_id)
    person.memberships[0].last = MONDAY - timedelta(days=1)
    session.commit()
    stored.forget()
    repeat.browser = staff
    assert "Die Zugehörigkeit zur Schule endete am" in repeat.text()
    assert repeat.post("all").status_code == 409
    assert new_ones(stored) == []
