"""Reserving a certain copy of what is booked by number (3.3), and the purpose proposed (6.1)."""

import html
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking, BookingLine
from loans.models.purpose import OtherReason
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, JSON, Stored, fields
from tests.make import MONDAY, Make

LAST_WEEK = Period(MONDAY - timedelta(days=7), MONDAY - timedelta(days=6))


@pytest.fixture
def holding(make: Make, session: Session) -> Holding:
    """Three telescopes, none like the other."""
    holding = make.holding(make.title("Teleskop", media_type="device"), copies=0)
    for _ in range(3):
        make.copy(holding, numbered=True)
    holding.booked_by, holding.lendable = BookedBy.NUMBER, 0
    session.commit()
    return holding


def numbers(stored: Stored) -> dict[str, int]:
    """Return the id of each copy by its barcode."""
    return {copy.barcode: copy.id for copy in stored(Copy)}


def text(browser: FlaskClient, address: str) -> str:
    return browser.get(address).get_data(as_text=True)


@pytest.mark.lending("3.3")
def test_the_borrower_chooses_the_copy(
    teacher: FlaskClient, holding: Holding, stored: Stored, make: Make
) -> None:
    first, second, _third = (copy.id for copy in holding.copies)
    make.booking(holding, DAYS).lines[0].copy_id = first
    stored.session.commit()
    asked = fields(holding, copy=second)
    stored.forget()
    page = text(teacher, f"/bookings/new?holding={asked['holding']}&from={DAYS.first}")
    assert "Welches Exemplar?" in page
    assert page.count(" – frei</option>") == 2
    assert page.count("in diesem Zeitraum nicht frei") == 1
    assert teacher.post("/bookings", data=asked).status_code == 303
    line = stored(BookingLine)[-1]
    assert (line.copy_id, line.quantity) == (second, 1)
    stored.forget()
    again = teacher.post("/bookings", data=asked, headers=JSON)
    assert again.status_code == 409
    assert again.json is not None
    assert [each["code"] for each in again.json["refusals"]] == ["NOT_FREE"]


@pytest.mark.lending("3.3")
def test_without_a_choice_any_that_is_free_is_taken_and_named(
    teacher: FlaskClient, holding: Holding, stored: Stored
) -> None:
    asked = fields(holding, quantity=2)
    stored.forget()
    answer = teacher.post("/bookings", data=asked, follow_redirects=True)
    assert answer.status_code == 200
    lines = stored(BookingLine)
    assert [line.quantity for line in lines] == [1, 1]
    assert None not in {line.copy_id for line in lines}
    page = answer.get_data(as_text=True)
    named = {
        barcode for barcode, key in numbers(stored).items() if key in {x.copy_id for x in lines}
    }
    assert all(barcode in page for barcode in named)


@pytest.mark.lending("3.3", "5.2")
def test_the_refusal_and_the_offer_count_the_same_copies(
    teacher: FlaskClient, holding: Holding, stored: Stored, make: Make
) -> None:
    make.booking(holding, DAYS).lines[0].copy_id = holding.copies[0].id
    stored.session.commit()
    asked = fields(holding, quantity=3)
    stored.forget()
    answer = teacher.post("/bookings", data=asked, headers=JSON)
    assert answer.json is not None
    (refusal,) = answer.json["refusals"]
    assert refusal["code"] == "NOT_FREE"
    page = html.unescape(teacher.post("/bookings", data=asked).get_data(as_text=True))
    assert refusal["sentence"] in page
    assert "2" in refusal["sentence"]
    assert "frei: 0" not in page
    assert "2 sind an diesen Tagen frei" in page


@pytest.mark.lending("3.3", "5.3")
def test_another_copy_is_chosen_later(
    teacher: FlaskClient, holding: Holding, stored: Stored, make: Make, person: Person
) -> None:
    first, second, third = (copy.id for copy in holding.copies)
    booking = make.booking(holding, DAYS, person=person)
    booking.lines[0].copy_id = first
    make.booking(holding, DAYS).lines[0].copy_id = second
    stored.session.commit()
    line, number = booking.lines[0].id, booking.number
    stored.forget()
    page = text(teacher, f"/bookings/{number}/edit")
    assert f'<option selected value="{first}">' in page
    edition = page.split('name="edition" type="hidden" value="')[1].split('"')[0]
    typed = {
        "edition": edition,
        "from": DAYS.first.isoformat(),
        "until": DAYS.last.isoformat(),
        "purpose": "reason:preview",
        f"quantity_{line}": 1,
    }
    for copy_id, status in ((second, 409), (999_999_999, 404), ("x", 422), (third, 303)):
        answer = teacher.post(f"/bookings/{number}/edit", data=typed | {f"copy_{line}": copy_id})
        assert answer.status_code == status, copy_id
    assert stored.session.get_one(BookingLine, line).copy_id == third


@pytest.mark.lending("3.3", "5.3")
@pytest.mark.parametrize("becomes", ["withdrawn", "pooled"])
def test_a_copy_that_is_not_booked_by_number_any_more_stays_a_choice(
    becomes: str, teacher: FlaskClient, holding: Holding, make: Make, person: Person
) -> None:
    copy = holding.copies[0]
    booking = make.booking(holding, DAYS, person=person)
    booking.lines[0].copy_id = copy.id
    if becomes == "withdrawn":
        copy.state, copy.numbered = CopyState.WITHDRAWN, False
    else:
        copy.numbered = False
    make.session.commit()
    number, copy_id = booking.number, copy.id
    make.session.rollback()
    page = text(teacher, f"/bookings/{number}/edit")
    assert f'<option selected value="{copy_id}">' in page


def test_the_copy_of_another_title_is_not_found(
    teacher: FlaskClient, holding: Holding, stored: Stored, make: Make
) -> None:
    other = make.copy().id
    posted = [fields(holding, copy=copy_id) for copy_id in (other, 999_999)]
    stored.forget()
    for each in posted:
        assert teacher.post("/bookings", data=each, headers=JSON).status_code == 404
    assert stored(Booking) == []


@pytest.mark.lending("6.1")
def test_without_a_unit_that_fits_the_purpose_is_the_one_of_last_time(
    teacher: FlaskClient, stored: Stored, make: Make, person: Person
) -> None:
    holding = make.holding(copies=1)
    make.unit(subject="MU", number="UV 1", name="Rhythmus")
    address = f"/bookings/new?holding={holding.id}"
    stored.forget()
    assert "Wie beim letzten Mal" not in text(teacher, address)
    make.booking(holding, LAST_WEEK, person=person, reason=OtherReason.TRAINING)
    stored.forget()
    page = text(teacher, address)
    assert '<option value="reason:training" selected>' in page
    assert "Wie beim letzten Mal" in page


@pytest.mark.lending("6.1")
def test_the_unit_used_last_stands_first(
    teacher: FlaskClient, stored: Stored, make: Make, person: Person
) -> None:
    holding = make.holding(copies=1)
    make.unit(number="UV 7.1", name="Zellen")
    used = make.unit(number="UV 7.9", name="Wald")
    make.booking(holding, LAST_WEEK, person=person, reason=None, unit_id=used.id)
    address, value = f"/bookings/new?holding={holding.id}", f'value="unit:{used.id}"'
    stored.forget()
    page = text(teacher, address)
    units = page[page.index('value="unit:') :]
    assert units.startswith(value)
