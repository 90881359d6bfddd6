"""Changing a booking by page, and taking a cancelled one up again."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from catalogue.models.holding import Holding
from database.audit import AuditEntry
from loans.models.booking import Booking, BookingLine
from loans.models.collective_order import CollectiveOrder
from loans.models.purpose import OtherReason
from loans.queries.edits import booking_edition
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.bookings.conftest import DAYS, JSON, Stored
from tests.app.conftest import SignIn
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

LATER = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=17))


@pytest.fixture
def booking(make: Make, person: Person) -> Booking:
    """The teacher's, of two out of six."""
    return make.booking(make.holding(copies=6), DAYS, 2, person=person)


def typed(booking: Booking, period: Period | None = None, **more: Any) -> dict[str, Any]:
    """Return what the form posts when nothing but this is changed; the rest stays."""
    period = period or Period(booking.first, booking.last)
    quantities = {f"quantity_{line.id}": line.quantity for line in booking.lines}
    return {
        "edition": booking_edition(booking),
        "from": period.first.isoformat(),
        "until": period.last.isoformat(),
        "purpose": "reason:preview",
        "place": booking.place_id,
        **quantities,
        **more,
    }


class Desk:
    """Posts the form of one booking; what the test read before is let go."""

    def __init__(self, browser: FlaskClient, stored: Stored) -> None:
        self.browser = browser
        self.stored = stored

    def save(
        self,
        booking: Booking,
        period: Period | None = None,
        browser: FlaskClient | None = None,
        /,
        **more: Any,
    ) -> TestResponse:
        headers = more.pop("headers", None)
        data, number = typed(booking, period, **more), booking.number
        self.stored.forget()
        page = browser or self.browser
        return page.post(f"/bookings/{number}/edit", data=data, headers=headers)


@pytest.fixture
def desk(teacher: FlaskClient, stored: Stored) -> Desk:
    return Desk(teacher, stored)


def kinds(stored: Stored) -> list[LetterKind]:
    return [letter.kind for letter in stored(OwedLetter)]


@pytest.mark.lending("5.3")
def test_other_days_are_set_and_told_by_one_letter(
    desk: Desk, booking: Booking, stored: Stored
) -> None:
    answer = desk.save(booking, LATER)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/bookings/{booking.number}")
    (changed,) = stored(Booking)
    assert (changed.first, changed.last) == (LATER.first, LATER.last)
    assert kinds(stored) == [LetterKind.BOOKING_CHANGED]


@pytest.mark.lending("5.3")
def test_whoever_moves_a_booking_out_of_a_collective_order_is_told(
    desk: Desk, booking: Booking, make: Make, stored: Stored
) -> None:
    order = CollectiveOrder(
        number="S-1",
        centre_id=booking.centre_id,
        institution_id=booking.institution_id,
        place_id=booking.place_id,
        first=booking.first,
        last=booking.last,
        created_at=NOW,
    )
    make.session.add(order)
    make.session.flush()
    booking.order_id = order.id
    make.session.commit()
    number = booking.number
    assert desk.save(booking, LATER).status_code == 303
    page = desk.browser.get(f"/bookings/{number}").get_data(as_text=True)
    assert "gehört nicht mehr zur Sammelbestellung" in page
    assert stored(Booking)[0].order_id is None


def test_moving_only_the_first_day_keeps_the_length(
    desk: Desk, booking: Booking, stored: Stored, teacher: FlaskClient
) -> None:
    """The booking's own page sets other days with a date and a button (T7)."""
    page = teacher.get(f"/bookings/{booking.number}").get_data(as_text=True)
    assert f'action="/bookings/{booking.number}/edit"' in page
    assert "Diese Tage setzen" in page
    answer = desk.save(
        booking,
        Period(LATER.first, LATER.last),
        was_first=DAYS.first.isoformat(),
        was_last=DAYS.last.isoformat(),
        until=DAYS.last.isoformat(),
    )
    assert answer.status_code == 303
    (changed,) = stored(Booking)
    assert (changed.first, changed.last) == (LATER.first, LATER.last)


@pytest.mark.lending("5.3")
def test_class_purpose_and_number_change_without_a_letter(
    desk: Desk, booking: Booking, stored: Stored
) -> None:
    (line,) = booking.lines
    more = {f"quantity_{line.id}": 6, "purpose": "reason:training", "class_name": "7b"}
    assert desk.save(booking, None, **more).status_code == 303
    (changed,) = stored(Booking)
    assert (changed.lines[0].quantity, changed.reason, changed.class_name) == (
        6,
        OtherReason.TRAINING,
        "7b",
    )
    assert kinds(stored) == []


@pytest.mark.lending("5.3")
def test_every_reason_is_said_at_once_and_nothing_changes(
    desk: Desk, booking: Booking, make: Make, stored: Stored
) -> None:
    make.booking(booking.lines[0].holding, LATER, 5)
    (line,) = booking.lines
    answer = desk.save(booking, LATER, purpose="", **{f"quantity_{line.id}": 3})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "In diesem Zeitraum frei: 1." in page
    assert "Geben Sie an, wofür" in page
    assert f'value="{LATER.first}"' in page
    assert "Trotzdem speichern" not in page
    unchanged = next(each for each in stored(Booking) if each.number == booking.number)
    assert (unchanged.first, unchanged.lines[0].quantity) == (DAYS.first, 2)


@pytest.mark.lending("5.3")
def test_a_program_is_told_the_codes(desk: Desk, booking: Booking, make: Make) -> None:
    make.booking(booking.lines[0].holding, LATER, 5)
    answer = desk.save(booking, LATER, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert [each["code"] for each in answer.json["refusals"]] == ["NOT_FREE"]
    assert desk.save(booking, Period(DAYS.first, DAYS.first), headers=JSON).status_code == 200


@pytest.mark.lending("4.4", "5.3")
def test_a_head_saves_it_all_the_same_with_a_reason(
    desk: Desk, booking: Booking, make: Make, sign_in: SignIn
) -> None:
    head = sign_in(make.account(Role.CENTRE_ADMIN))
    make.booking(booking.lines[0].holding, LATER, 5)
    assert "Trotzdem speichern" in desk.save(booking, LATER, head).get_data(as_text=True)
    assert desk.save(booking, LATER, head, anyway="1").status_code == 422
    saved = desk.save(booking, LATER, head, anyway="1", overruling="Prüfung der 10b")
    assert saved.status_code == 303
    changed = next(each for each in desk.stored(Booking) if each.number == booking.number)
    assert (changed.first, changed.overbooked_reason) == (LATER.first, "Prüfung der 10b")
    assert "Prüfung der 10b" in {entry.reason for entry in desk.stored(AuditEntry)}


@pytest.mark.lending("4.4", "4.6")
@pytest.mark.parametrize(("days", "goes"), [(92, True), (93, False)])
def test_nobody_makes_a_booking_longer_than_any_may_be(
    desk: Desk, booking: Booking, make: Make, sign_in: SignIn, days: int, *, goes: bool
) -> None:
    head = sign_in(make.account(Role.CENTRE_ADMIN))
    longer = Period(DAYS.first, DAYS.first + timedelta(days=days - 1))
    page = desk.save(booking, longer, head).get_data(as_text=True)
    assert ("Trotzdem speichern" in page) is goes
    answer = desk.save(booking, longer, head, anyway="1", overruling="Prüfung der 10b")
    assert answer.status_code == (303 if goes else 409)
    assert "Trotzdem speichern" not in answer.get_data(as_text=True)
    (changed,) = desk.stored(Booking)
    assert (changed.last == longer.last) is goes


def test_no_right_to_overrule_is_no_way_around(
    desk: Desk, booking: Booking, make: Make, staff: FlaskClient
) -> None:
    make.booking(booking.lines[0].holding, LATER, 5)
    overruling = {"anyway": "1", "overruling": "Bitte"}
    for browser in (desk.browser, staff):
        assert desk.save(booking, LATER, browser, **overruling).status_code == 409
    assert {each.first for each in desk.stored(Booking)} == {DAYS.first, LATER.first}


def test_faults_are_told_at_their_fields(desk: Desk, booking: Booking) -> None:
    (line,) = booking.lines
    for wrong in (
        {"from": "9999-12-31", "until": "9999-12-31"},
        {"from": "0001-01-01"},
        {"from": "gestern"},
        {"until": (DAYS.first - timedelta(days=1)).isoformat()},
        {f"quantity_{line.id}": 0},
        {f"quantity_{line.id}": 10**12},
        {f"quantity_{line.id}": ""},
        {"class_name": "7" * 41},
        {"edition": ""},
    ):
        answer = desk.save(booking, None, **wrong)
        assert answer.status_code == 422, wrong
        assert "Fehler:" in answer.get_data(as_text=True)
    assert desk.save(booking, None, place=999_999).status_code == 404


def test_what_was_changed_meanwhile_is_shown_not_overwritten(
    desk: Desk, booking: Booking, session: Session
) -> None:
    old = booking_edition(booking)
    booking.class_name = "8a"
    session.commit()
    answer = desk.save(booking, None, edition=old, class_name="7b")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "inzwischen geändert" in page
    assert 'value="7b"' in page
    assert desk.stored(Booking)[0].class_name == "8a"


def test_a_repeat_changes_once(desk: Desk, booking: Booking) -> None:
    data = typed(booking, LATER, idem="once")
    number = booking.number
    desk.stored.forget()
    for _ in range(2):
        answer = desk.browser.post(f"/bookings/{number}/edit", data=data)
        assert answer.status_code == 303
    assert kinds(desk.stored) == [LetterKind.BOOKING_CHANGED]


def test_one_line_of_several_can_go_but_not_the_last(
    desk: Desk, booking: Booking, make: Make, session: Session
) -> None:
    other = make.holding(make.title("Sensorkoffer"), copies=1)
    booking.lines.append(BookingLine(holding_id=other.id, quantity=1))
    session.commit()
    first, second = booking.lines
    both = {f"quantity_{first.id}": 0, f"quantity_{second.id}": 0}
    assert desk.save(booking, None, **both).status_code == 422
    assert desk.save(booking, None, **{f"quantity_{second.id}": 0}).status_code == 303
    assert [line.quantity for line in desk.stored(BookingLine)] == [2]


@pytest.mark.lending("5.3", "5.7")
def test_what_is_over_or_gone_cannot_be_changed(
    desk: Desk, booking: Booking, session: Session, teacher: FlaskClient
) -> None:
    booking.state = BookingState.CANCELLED
    session.commit()
    assert desk.save(booking, LATER).status_code == 409
    assert teacher.get(f"/bookings/{booking.number}/edit").status_code == 409
    assert "Diese Tage setzen" not in teacher.get(f"/bookings/{booking.number}").get_data(
        as_text=True
    )


def test_the_booking_of_others_is_not_found(desk: Desk, make: Make, staff: FlaskClient) -> None:
    colleague = make.booking(make.holding(copies=1), DAYS)
    foreign = make.booking(make.holding(centre=make.centre(), copies=1), DAYS)
    assert desk.save(colleague, LATER).status_code == 404
    assert desk.save(foreign, LATER, staff).status_code == 404
    assert desk.browser.post(f"/bookings/{foreign.number}/revive").status_code == 404
    assert desk.save(colleague, LATER, staff).status_code == 303


@pytest.mark.lending("5.3", "5.7")
def test_a_cancelled_booking_is_taken_up_again_if_it_still_can_be_had(
    booking: Booking, stored: Stored, teacher: FlaskClient, make: Make
) -> None:
    """Case 98."""
    number, holding = booking.number, booking.lines[0].holding
    cancelled = teacher.post(f"/bookings/{number}/cancel", follow_redirects=True)
    assert "Wieder aufnehmen" in cancelled.get_data(as_text=True)
    assert teacher.post(f"/bookings/{number}/revive").status_code == 303
    assert stored(Booking)[0].state is BookingState.CONFIRMED
    stored.forget()
    teacher.post(f"/bookings/{number}/cancel")
    make.booking(holding, DAYS, 5)
    refused = teacher.post(f"/bookings/{number}/revive", headers=JSON)
    assert refused.status_code == 409
    assert refused.json is not None
    assert [each["code"] for each in refused.json["refusals"]] == ["NOT_FREE"]
    page = teacher.post(f"/bookings/{number}/revive", follow_redirects=True)
    assert "Es ist nicht mehr zu haben." in page.get_data(as_text=True)
    assert stored(Booking)[0].state is BookingState.CANCELLED


def test_the_statements_do_not_grow_with_lines_and_bookings(
    booking: Booking, teacher: FlaskClient, make: Make, engine: Engine, session: Session
) -> None:
    def shown(end: str) -> int:
        with counted(engine) as sent:
            assert teacher.get(f"/bookings/{number}{end}").status_code == 200
        return sent.count

    number = booking.number
    session.rollback()
    few = [shown(""), shown("/edit")]
    for name in ("Sensorkoffer", "Moor", "Vulkane"):
        holding = make.holding(make.title(name), copies=2)
        make.booking(holding, DAYS)
        booking.lines.append(BookingLine(holding_id=holding.id, quantity=1))
    session.commit()
    assert [shown(""), shown("/edit")] == few


@pytest.mark.lending("5.3")
def test_what_is_hidden_meanwhile_is_still_changed(
    desk: Desk, booking: Booking, make: Make, stored: Stored
) -> None:
    make.session.get_one(Holding, booking.lines[0].holding_id).visible = False
    make.session.commit()
    assert desk.browser.get(f"/bookings/{booking.number}/edit").status_code == 200
    assert desk.save(booking, LATER).status_code == 303
    assert stored(Booking)[0].first == LATER.first


@pytest.mark.lending("5.3")
def test_what_cannot_be_taken_up_again_says_why(
    desk: Desk, booking: Booking, make: Make, stored: Stored
) -> None:
    place = make.place_at(make.other_branch())
    booking.place_id, booking.state = place.id, BookingState.CANCELLED
    place.active = False
    make.session.commit()
    address = f"/bookings/{booking.number}/revive"
    stored.forget()
    page = desk.browser.post(address, follow_redirects=True).get_data(as_text=True)
    assert "Dieser Abholort ist geschlossen" in page
