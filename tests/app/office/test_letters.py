"""The office's outbox: narrowed, read as text and HTML, sent now."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import NOW, Make
from tests.statements import counted

BOOKED = {"number": "R-1203", "first": "2026-12-03", "last": "2026-12-04", "titles": ["Wald"]}


@pytest.fixture
def office(as_role: AsRole) -> FlaskClient:
    return as_role(Role.CENTRE_ADMIN)


def letter(make: Make, name: str = "Ada Änders", **more: Any) -> int:
    values = {
        "kind": LetterKind.BOOKING_CONFIRMED,
        "facts": BOOKED,
        "state": LetterState.OWED,
        "created_at": NOW,
    } | more
    number = len(make.session.identity_map) + make.session.query(OwedLetter).count()
    row = OwedLetter(
        occasion=f"letter:{name}:{number}:{sorted(more)}",
        to_address=f"{name.rsplit(maxsplit=1)[-1].lower()}@example.org",
        to_name=name,
        centre_id=make.the_centre().id,
        next_try_at=NOW,
        **values,
    )
    make.session.add(row)
    make.session.commit()
    found = row.id
    make.session.rollback()
    return found


def shown(page: str) -> set[int]:
    return {int(number) for number in re.findall(r'href="/office/letters/(\d+)"', page)}


def test_the_list_is_narrowed_by_kind_person_day_and_state(
    office: FlaskClient, make: Make
) -> None:
    plain = letter(make)
    other = letter(make, "Bo Berg", kind=LetterKind.LOAN_RENEWED)
    old = letter(make, "Cem Cakir", created_at=NOW - timedelta(days=3))
    failed = letter(make, "Dora Dahl", state=LetterState.FAILED)
    every = {plain, other, old, failed}
    asked = {
        "": every,
        "?kind=loan_renewed": {other},
        "?words=änders": {plain},
        "?words=Ada+Änd": {plain},
        "?words=berg@example": {other},
        "?day=2026-11-23": {plain, other, failed},
        "?day=2026-11-20": {old},
        "?state=failed": {failed},
        "?state=failed&kind=loan_renewed": set(),
        "?kind=nonsense&state=nonsense&day=nonsense": every,
        "?words=%25": set(),
        f"?words={'x' * 500}": set(),
    }
    found = {query: shown(office.get(f"/office/letters{query}").text) for query in asked}
    assert found == asked


def test_a_letter_late_in_the_evening_belongs_to_its_local_day(
    office: FlaskClient, make: Make
) -> None:
    late = letter(make, created_at=NOW.replace(hour=23, minute=30))
    assert shown(office.get("/office/letters?day=2026-11-24").text) == {late}
    assert shown(office.get("/office/letters?day=2026-11-23").text) == set()


def test_another_state_keeps_what_else_narrows_the_list(office: FlaskClient, make: Make) -> None:
    letter(make)
    page = office.get("/office/letters?words=ada&kind=booking_confirmed&page=1").text
    assert "/office/letters?words=ada&amp;kind=booking_confirmed&amp;state=failed" in page


def test_what_waits_is_counted(office: FlaskClient, make: Make) -> None:
    letter(make)
    letter(make, "Bo Berg", state=LetterState.DAILY)
    letter(make, "Cem Cakir", state=LetterState.SENT)
    assert "2 Briefe warten auf den Versand" in office.get("/office/letters").text


def test_the_list_takes_a_constant_number_of_statements(
    office: FlaskClient, make: Make, engine: Engine
) -> None:
    letter(make)
    office.get("/office/letters")
    with counted(engine) as few:
        office.get("/office/letters")
    for number in range(20):
        letter(make, f"Ada Nummer{number}")
    with counted(engine) as many:
        office.get("/office/letters")
    assert many.count == few.count


def test_a_letter_is_shown_in_a_frame_that_can_do_nothing(office: FlaskClient, make: Make) -> None:
    shown_letter = letter(make, facts=BOOKED | {"titles": ["<script>alert(1)</script>"]})
    page = office.get(f"/office/letters/{shown_letter}")
    assert f'<iframe class="letter-frame" sandbox src="/office/letters/{shown_letter}/html"' in (
        page.text
    )
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    alone = office.get(f"/office/letters/{shown_letter}/html")
    policy = alone.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert alone.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script>" not in alone.text
    assert "&lt;script&gt;" in alone.text


def test_no_other_page_may_be_framed(office: FlaskClient) -> None:
    page = office.get("/office/letters")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-src" not in page.headers["Content-Security-Policy"]


def test_what_waits_for_the_daily_letter_can_be_sent_now(
    office: FlaskClient, make: Make, session: Session
) -> None:
    row = letter(make, state=LetterState.DAILY)
    assert "Jetzt senden" in office.get(f"/office/letters/{row}").text
    assert office.post(f"/office/letters/{row}/send").status_code == 303
    session.rollback()
    assert session.get_one(OwedLetter, row).state is LetterState.OWED


def test_what_stands_in_a_daily_letter_is_not_sent_again_alone(
    office: FlaskClient, make: Make
) -> None:
    row = letter(make, state=LetterState.MERGED)
    assert f"/office/letters/{row}/send" not in office.get(f"/office/letters/{row}").text
    refused = office.post(f"/office/letters/{row}/send")
    assert refused.status_code == 409
    assert "Dies steht in einem Tagesbrief" in refused.text


def test_a_foreign_letter_has_no_html(office: FlaskClient, make: Make, session: Session) -> None:
    row = letter(make)
    session.get_one(OwedLetter, row).centre_id = make.centre().id
    session.commit()
    assert office.get(f"/office/letters/{row}/html").status_code == 404
