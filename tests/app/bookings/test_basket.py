"""The basket's page: what is held, what is not and why, and reserving it in one go."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app.today import HALF_A_DAY, HOUSE_TIME, TEN
from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from loans.models.basket import BasketLine
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.models.refused_wish import RefusedWish
from schools.models.media_centre import PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, JSON, Stored, fields
from tests.make import LONG_AGO, MONDAY, Make
from tests.statements import counted

LATER = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=17))


def now() -> datetime:
    """The instant as a fixed day has it."""
    present = datetime.now(HOUSE_TIME)
    since = present - datetime.combine(present, time(), tzinfo=HOUSE_TIME)
    return datetime.combine(MONDAY, TEN, tzinfo=HOUSE_TIME) + since % HALF_A_DAY


class Cart:
    """The teacher's basket, as the pages and the tables know it."""

    def __init__(self, browser: FlaskClient, stored: Stored) -> None:
        self.browser = browser
        self.stored = stored

    def put(
        self, holding: Holding, browser: FlaskClient | None = None, /, **more: Any
    ) -> TestResponse:
        """Put something in for the days of these tests."""
        data = fields(holding, **more)
        self.stored.forget()
        return (browser or self.browser).post("/basket/lines", data=data)

    def lines(self) -> list[BasketLine]:
        return self.stored(BasketLine)

    def bookings(self) -> list[Booking]:
        return self.stored(Booking)

    def use(self, act: str, browser: FlaskClient | None = None, /, **typed: Any) -> TestResponse:
        """Press a button of the page; what is not named stays as it was put in."""
        sent: dict[str, Any] = {"act": act, "purpose": "reason:test"}
        for line in self.lines():
            sent |= {
                f"from_{line.id}": line.first.isoformat(),
                f"until_{line.id}": line.last.isoformat(),
                f"quantity_{line.id}": line.quantity,
            }
        self.stored.forget()
        return (browser or self.browser).post("/basket", data=sent | typed)

    def text(self) -> str:
        return self.browser.get("/basket").get_data(as_text=True)


@pytest.fixture
def cart(teacher: FlaskClient, stored: Stored) -> Cart:
    return Cart(teacher, stored)


@pytest.mark.lending("5.5")
def test_what_is_put_in_is_held_and_counted_on_every_page(
    teacher: FlaskClient, make: Make, cart: Cart
) -> None:
    answer = cart.put(make.holding(copies=1))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/basket")
    page = cart.text()
    (line,) = cart.lines()
    assert "Der Wald im Winter" in page
    assert 'data-seconds="89' in page or 'data-seconds="900' in page
    assert timedelta(minutes=14) < line.held_until - now() < timedelta(minutes=15)
    elsewhere = teacher.get("/bookings").get_data(as_text=True)
    assert '<span class="count" aria-hidden="true">1</span>' in elsewhere


def test_a_program_is_told_whether_it_is_held(teacher: FlaskClient, make: Make) -> None:
    holding = make.holding(copies=1)
    posted = fields(holding, idem="once")
    first = teacher.post("/basket/lines", data=posted, headers=JSON)
    again = teacher.post("/basket/lines", data=posted, headers=JSON)
    assert (first.status_code, first.json) == (201, again.json)
    assert first.json is not None
    assert first.json["held"] is True
    second = teacher.post("/basket/lines", data=fields(holding, quantity=5), headers=JSON)
    assert second.json is not None
    assert second.json["held"] is False


@pytest.mark.lending("3.3", "5.5")
def test_each_copy_by_number_is_shown_and_those_not_chosen_say_how_many_are_left(
    make: Make, cart: Cart, stored: Stored
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    barcodes = [make.copy(holding, numbered=True).barcode for _ in range(3)]
    cart.put(holding, quantity=2)
    page = cart.text()
    assert page.count('<span class="badge badge-ok" data-seconds="') == 2
    assert [code in page for code in barcodes] == [True, True, False]
    lines = cart.lines()
    assert [line.quantity for line in lines] == [1, 1]
    assert cart.use(f"remove:{lines[0].id}").status_code == 303
    assert [line.id for line in cart.lines()] == [lines[1].id]
    cart.put(stored(Holding)[0])
    copies = [copy.id for copy in stored(Copy)]
    for copy_id in copies[:2]:
        make.booking(holding, LATER).lines[0].copy_id = copy_id
    stored.session.commit()
    moved = {f"from_{line.id}": LATER.first for line in cart.lines()}
    moved |= {f"until_{line.id}": LATER.last for line in cart.lines()}
    assert cart.use("save", **moved).status_code == 303
    assert [line.copy_id for line in cart.lines()] == [copies[2], None]
    page = cart.text()
    assert f'value="take:{cart.lines()[0].id}:1"' not in page
    assert page.count("In diesem Zeitraum frei: 1.") == 2


@pytest.mark.lending("5.5")
def test_each_line_says_why_it_cannot_be_had_and_what_would_go(
    teacher: FlaskClient, make: Make, cart: Cart
) -> None:
    holding = make.holding(copies=6)
    make.booking(holding, DAYS, 2)
    cart.put(holding, quantity=6)
    page = cart.text()
    assert "In diesem Zeitraum frei: 4." in page
    assert 'value="take:1:4"' in page
    assert "Nur reservieren, was frei ist" not in page


@pytest.mark.lending("5.5")
def test_fewer_are_taken_with_one_click(teacher: FlaskClient, make: Make, cart: Cart) -> None:
    holding = make.holding(copies=6)
    make.booking(holding, DAYS, 2)
    cart.put(holding, quantity=6)
    (line,) = cart.lines()
    assert cart.use(f"take:{line.id}:4").status_code == 303
    (line,) = cart.lines()
    assert (line.quantity, line.held_until > now()) == (4, True)


@pytest.mark.lending("5.5")
def test_the_whole_basket_becomes_bookings(teacher: FlaskClient, make: Make, cart: Cart) -> None:
    cart.put(make.holding(copies=1))
    cart.put(make.holding(make.title("Sensorkoffer"), copies=1))
    answer = cart.use("all", class_name="7b")
    assert answer.status_code == 303
    assert cart.lines() == []
    booking = cart.bookings()[0]
    assert answer.headers["Location"] == f"/bookings/{booking.number}?made=1"
    assert (len(booking.lines), booking.class_name, booking.reason) == (2, "7b", OtherReason.TEST)


@pytest.mark.lending("5.5", "5.9")
def test_only_what_is_free_is_reserved_and_the_rest_stays_with_its_reason(
    teacher: FlaskClient, make: Make, cart: Cart
) -> None:
    cart.put(make.holding(copies=1))
    taken = make.holding(make.title("Sensorkoffer"), copies=1)
    make.booking(taken, DAYS)
    cart.put(taken)
    nothing = cart.use("all")
    assert nothing.status_code == 409
    page = nothing.get_data(as_text=True)
    assert 'role="alert"' in page
    assert "Nur reservieren, was frei ist" in page
    assert cart.use("free").status_code == 303
    (line,) = cart.lines()
    assert line.holding_id == taken.id
    missed = cart.stored(RefusedWish)
    assert {wish.holding_id for wish in missed} == {taken.id}


def test_lines_have_purposes_and_days_of_their_own(
    teacher: FlaskClient, make: Make, cart: Cart
) -> None:
    cart.put(make.holding(copies=1))
    cart.put(make.holding(copies=1))
    first, second = cart.lines()
    own = {
        f"purpose_{second.id}": "reason:training",
        f"class_{second.id}": "9a",
        f"from_{first.id}": LATER.first.isoformat(),
        f"until_{first.id}": LATER.last.isoformat(),
    }
    answer = cart.use("all", class_name="7b", **own)
    assert answer.headers["Location"].startswith("/bookings/together/")
    booked = sorted(cart.bookings(), key=lambda each: each.first)
    assert [(each.reason, each.class_name, each.first) for each in booked] == [
        (OtherReason.TRAINING, "9a", DAYS.first),
        (OtherReason.TEST, "7b", LATER.first),
    ]


def test_the_same_days_are_set_for_all(teacher: FlaskClient, make: Make, cart: Cart) -> None:
    cart.put(make.holding(copies=1))
    cart.put(make.holding(copies=1), until=(DAYS.first).isoformat())
    days = {"all_first": LATER.first.isoformat(), "all_last": LATER.last.isoformat()}
    assert cart.use("days", **days).status_code == 303
    assert {(line.first, line.last) for line in cart.lines()} == {(LATER.first, LATER.last)}


@pytest.mark.lending("5.5")
def test_what_ran_out_stays_and_is_held_again_on_wish(
    teacher: FlaskClient, make: Make, cart: Cart
) -> None:
    cart.put(make.holding(copies=1))
    (line,) = cart.lines()
    line.held_until = now() - timedelta(minutes=1)
    cart.stored.session.commit()
    assert "nicht mehr freigehalten" in cart.text()
    assert cart.use("extend").status_code == 303
    (line,) = cart.lines()
    assert line.held_until > now()


def test_a_line_is_taken_out(teacher: FlaskClient, make: Make, cart: Cart) -> None:
    cart.put(make.holding(copies=1))
    (line,) = cart.lines()
    assert cart.use(f"remove:{line.id}").status_code == 303
    assert cart.lines() == []
    assert "Der Korb ist leer" in cart.text()


@pytest.mark.lending("5.5")
def test_a_line_that_is_not_offered_any_more_says_so_and_can_be_taken_out(
    make: Make, cart: Cart
) -> None:
    hidden = make.holding(copies=1)
    cart.put(hidden)
    cart.put(make.holding(copies=1))
    gone, kept = (line.id for line in cart.lines())
    make.session.get_one(Holding, hidden.id).visible = False
    make.session.commit()
    cart.stored.forget()
    assert cart.text().count("wird nicht mehr angeboten") == 1
    answer = cart.use("all")
    assert answer.status_code == 409
    assert "wird nicht mehr angeboten" in answer.get_data(as_text=True)
    assert cart.use(f"remove:{gone}").status_code == 303
    assert [line.id for line in cart.lines()] == [kept]
    assert cart.use("all").status_code == 303
    assert len(cart.bookings()) == 1


@pytest.mark.lending("5.5")
def test_a_line_for_a_closed_place_asks_for_another(make: Make, cart: Cart) -> None:
    first, place = make.place().id, make.place_at(make.other_branch())
    cart.put(make.holding(copies=1), place=place.id)
    (line,) = cart.lines()
    make.session.get_one(PickupPlace, place.id).active = False
    make.session.commit()
    cart.stored.forget()
    page = cart.text()
    assert "Dieser Abholort ist geschlossen" in page
    assert f'<select class="form-select" id="place_{line.id}"' in page
    assert cart.use("all").status_code == 409
    assert cart.use("all", **{f"place_{line.id}": first}).status_code == 303
    assert [booking.place_id for booking in cart.bookings()] == [first]


@pytest.mark.lending("5.5")
def test_a_purpose_that_is_no_choice_any_more_is_asked_for_anew(make: Make, cart: Cart) -> None:
    unit = make.unit()
    cart.put(make.holding(copies=1), reason="", unit=unit.id)
    make.session.get_one(TeachingUnit, unit.id).retired_on = MONDAY
    make.session.commit()
    cart.stored.forget()
    assert '<option value="" selected>Bitte wählen</option>' in cart.text()
    assert cart.use("all", purpose=f"unit:{unit.id}").status_code == 409
    assert cart.use("all").status_code == 303


@pytest.mark.lending("5.5")
def test_whoever_left_one_of_two_schools_reserves_for_the_other(
    make: Make, cart: Cart, person: Person
) -> None:
    left, unit = make.school(), make.unit()
    member = Membership(person_id=person.id, institution_id=left.id, first=LONG_AGO)
    make.session.add(member)
    make.session.commit()
    cart.put(make.holding(copies=1))
    cart.put(make.holding(copies=1), institution=left.id)
    kept, gone = (line.id for line in cart.lines())
    make.session.get_one(Membership, member.id).last = MONDAY - timedelta(days=1)
    make.session.commit()
    cart.stored.forget()
    assert "Die Zugehörigkeit" in cart.text()
    free = cart.use("free", purpose=f"unit:{unit.id}")
    assert free.status_code == 303
    assert [line.id for line in cart.lines()] == [gone]
    assert kept != gone


def test_faults_are_told_at_their_fields(teacher: FlaskClient, make: Make, cart: Cart) -> None:
    cart.put(make.holding(copies=1))
    (line,) = cart.lines()
    wrong = {
        f"from_{line.id}": "2100-12-31",
        f"until_{line.id}": "gestern",
        f"quantity_{line.id}": "0",
    }
    answer = cart.use("save", **wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "innerhalb der nächsten fünf Jahre" in page
    assert page.count("Fehler:") >= 3
    turned = {f"from_{line.id}": DAYS.last.isoformat(), f"until_{line.id}": DAYS.first.isoformat()}
    assert cart.use("save", **turned).status_code == 422
    assert cart.put(make.holding(copies=1), quantity=0).status_code == 422


def test_a_repeat_of_reserving_reserves_once(teacher: FlaskClient, make: Make, cart: Cart) -> None:
    cart.put(make.holding(copies=1))
    (line,) = cart.lines()
    typed = {
        f"from_{line.id}": line.first.isoformat(),
        f"until_{line.id}": line.last.isoformat(),
        f"quantity_{line.id}": line.quantity,
        "idem": "once",
    }
    first = cart.use("all", **typed)
    again = cart.use("all", **typed)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(cart.bookings()) == 1


@pytest.mark.lending("5.8")
def test_staff_take_up_the_basket_of_a_caller(
    staff: FlaskClient, make: Make, person: Person, cart: Cart
) -> None:
    holding = make.holding(copies=1)
    assert "Alle Körbe sind leer" in staff.get("/basket").get_data(as_text=True)
    found = staff.get("/basket?who=Leh").get_data(as_text=True)
    assert f'href="/basket?person={person.id}"' in found
    answer = cart.put(holding, staff, person=person.id)
    assert answer.headers["Location"] == f"/basket?person={person.id}"
    page = staff.get(answer.headers["Location"]).get_data(as_text=True)
    assert f"Korb für {person.name}" in page
    assert person.name in staff.get("/basket").get_data(as_text=True)
    assert cart.use("all", staff, person=person.id).status_code == 303
    assert cart.bookings()[0].entered_by_staff


@pytest.mark.lending("5.2", "5.8")
def test_staff_let_a_caller_wait_for_what_is_not_free_in_the_basket(
    staff: FlaskClient, make: Make, person: Person, cart: Cart
) -> None:
    holding, person_id = make.holding(copies=1), person.id
    make.booking(holding, DAYS)
    cart.put(holding, staff, person=person_id)
    page = staff.get(f"/basket?person={person_id}").text
    waiting = next(part for part in page.split('"') if part.startswith("/holds/new"))
    assert waiting.endswith(f"&amp;person={person_id}")


def test_the_basket_of_others_is_not_found(
    teacher: FlaskClient, staff: FlaskClient, make: Make, cart: Cart
) -> None:
    colleague = make.person()
    elsewhere = make.person(make.school(centre=make.centre()))
    assert teacher.get(f"/basket?person={colleague.id}").status_code == 404
    assert staff.get(f"/basket?person={elsewhere.id}").status_code == 404
    assert cart.use("extend", staff, person=elsewhere.id).status_code == 404
    assert cart.use("extend", staff).status_code == 404
    assert cart.put(make.holding(copies=1), person=colleague.id).status_code == 404


def test_the_statements_of_the_page_do_not_grow_with_the_basket(
    teacher: FlaskClient, make: Make, engine: Engine, cart: Cart
) -> None:
    def shown() -> int:
        with counted(engine) as sent:
            assert teacher.get("/basket").status_code == 200
        return sent.count

    cart.put(make.holding(copies=1))
    few = shown()
    for _ in range(5):
        taken = make.holding(copies=1)
        make.booking(taken, DAYS)
        cart.put(taken, quantity=2)
    assert shown() == few
