"""Reserving by page and by program."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import BookedBy
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.models.person import Person
from schools.rules.periods import Period
from tests.app.bookings.conftest import DAYS, JSON, fields
from tests.make import MONDAY, Make


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Booking.id))) or 0


def test_a_program_reserves_and_gets_the_number(teacher: FlaskClient, make: Make) -> None:
    answer = teacher.post("/bookings", data=fields(make.holding(copies=1)), headers=JSON)
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["url"] == f"/bookings/{answer.json['number']}"
    assert answer.json["state"] == "confirmed"


def test_a_page_leads_on_to_the_confirmation(teacher: FlaskClient, make: Make) -> None:
    unit = make.unit()
    posted = fields(make.holding(copies=1), purpose=f"unit:{unit.id}", back="/search?words=wald")
    answer = teacher.post("/bookings", data=posted | {"reason": ""}, follow_redirects=True)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Der Wald im Winter</h1>" in page
    assert 'href="/search?words=wald"' in page
    assert "UV 7.2 Energie des Lebens" in page


def test_the_same_request_twice_reserves_once(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    posted = fields(make.holding(copies=2), idem="once")
    first = teacher.post("/bookings", data=posted, headers=JSON)
    again = teacher.post("/bookings", data=posted, headers=JSON)
    assert first.json == again.json
    assert again.status_code == 201
    assert count(session) == 1


def test_what_is_taken_is_refused_with_code_sentence_and_the_next_free_days(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, DAYS)
    answer = teacher.post("/bookings", data=fields(holding, idem="x"), headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert [each["code"] for each in answer.json["refusals"]] == ["NOT_FREE"]
    assert answer.json["refusals"][0]["sentence"]
    assert answer.json["next_free"] == {"from": "2026-12-07", "until": "2026-12-09"}
    session.rollback()
    assert session.scalars(select(RefusedWish)).one().codes == ["NOT_FREE"]


def test_what_has_no_shape_is_told_field_by_field(teacher: FlaskClient, make: Make) -> None:
    posted = fields(make.holding(copies=1)) | {"until": "2026-11-30", "quantity": "0"}
    answer = teacher.post("/bookings", data=posted, headers=JSON)
    assert answer.status_code == 422
    assert answer.json is not None
    assert set(answer.json["errors"]) == {"until", "quantity"}


def test_a_refused_page_shows_the_form_again_with_what_is_free(
    teacher: FlaskClient, make: Make
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, DAYS)
    posted = fields(holding, class_name="7b", purpose="reason:test")
    answer = teacher.post("/bookings", data=posted)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'role="alert"' in page
    assert 'value="7b"' in page
    assert '<option value="reason:test" selected>' in page
    assert "from=2026-12-07&amp;until=2026-12-09" in page


def test_without_a_purpose_nothing_is_reserved(teacher: FlaskClient, make: Make) -> None:
    answer = teacher.post(
        "/bookings", data=fields(make.holding(copies=1)) | {"reason": ""}, headers=JSON
    )
    assert answer.status_code == 409
    assert answer.json is not None
    assert [each["code"] for each in answer.json["refusals"]] == ["NO_PURPOSE"]


def test_the_form_proposes_the_unit_that_fits(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    title = make.title(grade_from=5, grade_to=8)
    if session.get(CurriculumTerm, (Scheme.SUBJECT, "BI")) is None:
        session.add(
            CurriculumTerm(scheme=Scheme.SUBJECT, code="BI", name_de="Biologie", name_en="Biology")
        )
        session.flush()
    session.add(CurriculumLink(title_id=title.id, scheme=Scheme.SUBJECT, code="BI"))
    session.commit()
    make.unit(subject="MU", number="UV 1", name="Rhythmus")
    unit = make.unit()
    page = teacher.get(f"/bookings/new?holding={make.holding(title, copies=1).id}")
    assert f'<option value="unit:{unit.id}" selected>' in page.get_data(as_text=True)


def test_staff_find_the_caller_by_three_letters_and_reserve_for_them(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    holding = make.holding(copies=1)
    caller = make.person(family_name="Özdemir")
    make.person(make.school(centre=make.centre()), family_name="Özkan")
    found = staff.get(f"/bookings/new?holding={holding.id}&who=özd").get_data(as_text=True)
    assert "Özdemir" in found
    assert f"person={caller.id}" in found
    assert "Özkan" not in found
    form = staff.get(f"/bookings/new?holding={holding.id}&person={caller.id}")
    assert f'name="person" type="hidden" value="{caller.id}"' in form.get_data(as_text=True)
    answer = staff.post("/bookings", data=fields(holding, person=caller.id), headers=JSON)
    assert answer.status_code == 201
    session.rollback()
    assert session.scalars(select(Booking)).one().entered_by_staff


@pytest.mark.lending("3.3", "6.1")
@pytest.mark.parametrize("path", ["/bookings", "/basket/lines"])
@pytest.mark.parametrize("gone", ["unit", "copy"])
def test_what_is_gone_since_the_form_was_opened_is_chosen_anew(
    teacher: FlaskClient, make: Make, session: Session, path: str, gone: str
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    copy, left = make.copy(holding, numbered=True), make.copy(holding, numbered=True)
    unit, kept = make.unit(), make.unit(number="UV 8")
    form = fields(holding, purpose=f"unit:{unit.id}", copy=copy.id, class_name="7b", reason="")
    anew = {"purpose": f"unit:{kept.id}", "copy": left.id}
    if gone == "unit":
        unit.retired_on = MONDAY
    else:
        copy.state = CopyState.WITHDRAWN
    session.commit()
    answer = teacher.post(path, data=form)
    assert (answer.status_code, "nicht mehr zur Wahl" in answer.text) == (409, True)
    assert 'value="7b"' in answer.text
    session.rollback()
    assert teacher.post(path, data=form, headers=JSON).status_code == 404
    assert teacher.post(path, data=form | anew).status_code == 303


@pytest.mark.lending("5.2", "5.8")
def test_every_way_to_wait_keeps_the_caller_of_staff(
    staff: FlaskClient, make: Make, person: Person
) -> None:
    holding, person_id = make.holding(copies=1), person.id
    make.booking(holding, DAYS)
    posted = fields(holding, person=person_id)
    make.session.rollback()
    page = staff.post("/bookings", data=posted).text
    ways = [part for part in page.split('"') if part.startswith("/holds/new")]
    assert len(ways) == 3
    assert all(f"person={person_id}" in way for way in ways)


def test_foreign_ids_are_not_found(teacher: FlaskClient, make: Make, session: Session) -> None:
    holding, colleague = make.holding(copies=1), make.person()
    elsewhere = make.holding(centre=make.centre(), copies=1)
    for posted in (
        fields(elsewhere),
        fields(holding, person=colleague.id),
        fields(holding, place=make.place(elsewhere.centre).id),
        fields(holding, unit=make.unit(make.school()).id) | {"reason": ""},
        fields(holding, institution=make.school().id),
    ):
        assert teacher.post("/bookings", data=posted, headers=JSON).status_code == 404
    assert count(session) == 0


def test_nobody_reserves_without_signing_in(make: Make, visitor: FlaskClient) -> None:
    answer = visitor.post("/bookings", data=fields(make.holding(copies=1)), headers=JSON)
    assert answer.status_code == 401


def test_terms_that_need_approval_make_a_request_that_staff_confirm(
    teacher: FlaskClient, staff: FlaskClient, make: Make, session: Session, person: Person
) -> None:
    holding = make.holding(copies=1)
    session.scalars(select(Terms)).first().needs_approval = True  # type: ignore[union-attr]  # made above
    session.commit()
    days = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))
    answer = teacher.post("/bookings", data=fields(holding, days), headers=JSON)
    assert answer.json is not None
    assert answer.json["state"] == "requested"
    number = answer.json["number"]
    assert "/decline" not in teacher.get(f"/bookings/{number}").get_data(as_text=True)
    assert "/decline" in staff.get(f"/bookings/{number}").get_data(as_text=True)
    assert teacher.post(f"/bookings/{number}/confirm").status_code == 403
    assert staff.post(f"/bookings/{number}/confirm").status_code == 303
    session.rollback()
    assert session.scalars(select(Booking)).one().state == "confirmed"


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
@pytest.mark.parametrize("path", ["/bookings", "/basket/lines", "/holds"])
def test_a_day_nobody_can_mean_is_told_at_its_field(
    teacher: FlaskClient, make: Make, path: str, day: str
) -> None:
    posted = fields(make.holding(copies=1)) | {"from": day, "until": day}
    answer = teacher.post(path, data=posted)
    assert answer.status_code == 422
    assert "zwischen 1900 und 2199" in answer.get_data(as_text=True)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("path", ["/bookings/new", "/holds/new"])
def test_an_address_with_a_day_nobody_can_mean_opens_with_none(
    teacher: FlaskClient, make: Make, path: str, day: str
) -> None:
    holding = make.holding(copies=1)
    answer = teacher.get(f"{path}?holding={holding.id}&from={day}&until={day}")
    assert answer.status_code == 200
    assert day not in answer.get_data(as_text=True).split("</h1>", 1)[1].split("<footer")[0]
