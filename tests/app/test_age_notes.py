"""A rating above the usual age of a class warns where a medium is reserved or lent for a unit."""

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from loans.models.booking import Booking
from loans.models.loan import Loan
from schools.models.curriculum import Scheme
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import MONDAY, Make

YOUNG = "FSK ab 12 freigegeben: Für Jahrgang 5 möglicherweise nicht geeignet."
ALL_THE_SAME = "Reservieren können Sie trotzdem."


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.TEACHER, person=person))


def film(make: Make, rating: str | None = "fsk_12") -> Holding:
    return make.holding(make.title("Der Wald", age_rating=rating), copies=1)


def page_of(teacher: FlaskClient, holding: Holding) -> str:
    return unescape(teacher.get(f"/bookings/new?holding={holding.id}").text)


@pytest.mark.lending("2.5")
def test_units_of_younger_classes_are_named_beside_the_purpose(
    make: Make, teacher: FlaskClient
) -> None:
    make.unit(grade=5)
    make.unit(grade=7, number="UV 7.1")
    page = page_of(teacher, film(make))
    assert f'<p class="form-text">{YOUNG} {ALL_THE_SAME}</p>' in page
    for rating in ("fsk_6", "educational", None):
        assert ALL_THE_SAME not in page_of(teacher, film(make, rating))


@pytest.mark.lending("2.5")
def test_the_chosen_unit_of_a_younger_class_is_warned_of_and_reserved_all_the_same(
    make: Make, session: Session, teacher: FlaskClient
) -> None:
    unit, holding = make.unit(grade=5, subject="BI"), film(make)
    session.add(CurriculumLink(title_id=holding.title_id, scheme=Scheme.SUBJECT, code="BI"))
    session.commit()
    page = page_of(teacher, holding)
    assert f"<p>{YOUNG} {ALL_THE_SAME}</p></div>" in page
    assert "alert-warning" in page
    posted = {
        "holding": holding.id,
        "from": (MONDAY + timedelta(days=8)).isoformat(),
        "until": (MONDAY + timedelta(days=9)).isoformat(),
        "quantity": 1,
        "purpose": f"unit:{unit.id}",
        "idem": uuid4().hex,
    }
    assert teacher.post("/bookings", data=posted).status_code == 303
    session.rollback()
    assert session.scalar(select(func.count(Booking.id))) == 1


@pytest.mark.lending("2.5")
@pytest.mark.parametrize(
    ("rating", "grade", "warns"),
    [("fsk_12", 5, True), ("fsk_12", 7, False), ("fsk_16", 10, True), (None, 5, False)],
)
def test_the_desk_lends_it_for_the_unit_with_a_calm_note(
    make: Make, session: Session, as_role: AsRole, rating: str | None, *, grade: int, warns: bool
) -> None:
    staff = as_role(Role.STAFF)
    person, holding = make.person(), film(make, rating)
    copy = make.copy(holding)
    make.booking(
        holding,
        Period(MONDAY, MONDAY + timedelta(days=2)),
        person=person,
        reason=None,
        unit_id=make.unit(grade=grade).id,
    )
    codes = (person.card, copy.barcode)
    session.rollback()
    for code in codes:
        staff.post("/desk/scan", data={"code": code, "idem": uuid4().hex})
    assert session.scalar(select(func.count(Loan.id))) == 1
    page = unescape(staff.get("/desk").text)
    assert ("möglicherweise nicht geeignet" in page) is warns
    assert f"Jahrgang {grade} möglicherweise" in page or not warns
    assert 'class="l-ok"' in page
