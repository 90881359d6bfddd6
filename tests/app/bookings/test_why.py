"""Staff who book for a caller see where a rule comes from; teachers are told the rule alone."""

from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.terms import Terms
from loans.rules.booking_states import BookingState
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, fields
from tests.make import MONDAY, Make

TOMORROW = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))


def test_staff_are_led_from_a_refused_booking_to_the_terms(
    teacher: FlaskClient, staff: FlaskClient, make: Make, session: Session, person: Person
) -> None:
    holding = make.holding(copies=1)
    institution_id = person.memberships[0].institution_id
    posted = fields(holding, TOMORROW)
    for_caller = posted | {"person": person.id, "idem": "other"}
    address = f"/office/terms/explain?institution={institution_id}&holding={holding.id}"
    session.scalars(select(Terms)).one().lead_time = 5
    session.commit()
    refused = staff.post("/bookings", data=for_caller)
    assert refused.status_code == 409
    assert f'href="{address}&why=lead_time#lead_time"' in unescape(refused.text)
    assert "Mit Begründung aufheben darf: Leitung des Medienzentrums." in refused.text
    explained = staff.get(f"{address}&why=lead_time")
    assert "5 Tage" in explained.text
    told = teacher.post("/bookings", data=posted)
    assert told.status_code == 409
    assert "/office/terms" not in told.text


def test_a_request_says_which_terms_ask_for_approval(
    teacher: FlaskClient, staff: FlaskClient, make: Make, person: Person
) -> None:
    booking = make.booking(
        make.holding(copies=1), DAYS, person=person, state=BookingState.REQUESTED
    )
    number = booking.number
    make.session.scalars(select(Terms)).one().needs_approval = True
    make.session.commit()
    page = unescape(staff.get(f"/bookings/{number}").text)
    assert "&why=needs_approval" in page
    assert "/office/terms" not in teacher.get(f"/bookings/{number}").text
