"""A unit's media, and a school year's plan, reserved in one go by page."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.models.closure import MovableHoliday
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import Make
from tests.statements import counted

pytestmark = pytest.mark.lending("6.2")

JSON = {"Accept": "application/json"}
FOURTEEN = Period(date(2026, 11, 30), date(2026, 12, 14))
"""As much of weeks 49 to 51 as the terms allow."""

CHOICE = re.compile(r'name="(line-\d+-\d+)" value="([^"]*)"( checked)?')
OPTION = re.compile(r'<option value="(\d+\.[^"]+)"( selected)?>')


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.TEACHER, person=person))


@pytest.fixture
def admin(as_role: AsRole) -> FlaskClient:
    return as_role(Role.SCHOOL_ADMIN)


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status)
    return answer.get_data(as_text=True)


def chosen(page: str) -> dict[str, str]:
    """Return what a unit's page has chosen."""
    return {name: value for name, value, checked in CHOICE.findall(page) if checked}


def selected(page: str) -> dict[str, str]:
    """Return what a plan's page has chosen."""
    found = {}
    for name, options in re.findall(r'name="(line-\d+-\d+)">(.*?)</select>', page, re.DOTALL):
        found[name] = next((value for value, on in OPTION.findall(options) if on), "")
    return found


def bookings(session: Session) -> list[Booking]:
    session.rollback()
    return list(session.scalars(select(Booking).order_by(Booking.id)))


def post(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = client.post(path, data=fields)
    return answer.status_code, answer.headers.get("Location", "")


def test_a_units_media_are_reserved_as_the_page_has_chosen(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit = make.unit()
    film, cameras = make.holding(copies=1), make.holding(make.title("Kamera"), copies=6)
    make.planned(unit, film.title)
    make.planned(unit, cameras.title, 6)
    page = text_of(teacher, f"/units/{unit.id}")
    fields = chosen(page)
    assert set(fields.values()) == {
        f"{film.id}.{FOURTEEN.first}.{FOURTEEN.last}.1",
        f"{cameras.id}.{FOURTEEN.first}.{FOURTEEN.last}.6",
    }
    status, where = post(teacher, f"/units/{unit.id}/bookings", class_name="7b", **fields)
    (booking,) = bookings(session)
    assert (status, where) == (303, f"/bookings/{booking.number}?made=1")
    assert (booking.unit_id, booking.class_name, len(booking.lines)) == (unit.id, "7b", 2)
    again = text_of(teacher, f"/units/{unit.id}")
    assert chosen(again) == {}
    assert again.count("Reserviert") >= 2


def test_a_program_books_once_with_one_key(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit, holding = make.unit(), make.holding(copies=2)
    make.planned(unit, holding.title)
    fields = chosen(text_of(teacher, f"/units/{unit.id}")) | {"idem": "a"}
    path = f"/units/{unit.id}/bookings"
    first = teacher.post(path, data=fields, headers=JSON)
    again = teacher.post(path, data=fields, headers=JSON)
    assert first.status_code == 201
    assert first.json == again.json
    third = teacher.post(path, data=fields | {"idem": "b"}, headers=JSON)
    assert third.json == {"numbers": []}
    assert len(bookings(session)) == 1


def test_a_conflict_is_solved_by_another_week(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit, busy, free = make.unit(), make.holding(copies=1), make.holding(copies=1)
    make.booking(busy, FOURTEEN)
    make.planned(unit, busy.title)
    make.planned(unit, free.title)
    page = text_of(teacher, f"/units/{unit.id}")
    fields = chosen(page)
    name = f"line-{unit.id}-{busy.title_id}"
    assert fields[name] == ""
    other = next(value for field, value, _ in CHOICE.findall(page) if field == name and value)
    assert ": andere Woche" in page
    status, where = post(teacher, f"/units/{unit.id}/bookings", **(fields | {name: other}))
    assert (status, where) == (303, f"/units/{unit.id}?year=2026")
    made = bookings(session)[1:]
    assert {booking.group_key for booking in made} != {None}
    assert len({(booking.first, booking.last) for booking in made}) == 2


@pytest.mark.lending("5.9")
def test_what_was_not_free_as_planned_is_remembered_for_the_purchase_list(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit, busy, free = make.unit(), make.holding(copies=1), make.holding(copies=1)
    make.booking(busy, FOURTEEN)
    make.planned(unit, busy.title)
    make.planned(unit, free.title)
    fields = chosen(text_of(teacher, f"/units/{unit.id}"))
    post(teacher, f"/units/{unit.id}/bookings", **fields)
    session.rollback()
    wish = session.scalars(select(RefusedWish)).one()
    assert (wish.holding_id, wish.unit_id) == (busy.id, unit.id)
    assert "NOT_FREE" in wish.codes
    assert wish.institution_id == unit.institution_id


def test_what_was_taken_meanwhile_is_told_and_nothing_is_reserved(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit, film, box = (
        make.unit(),
        make.holding(make.title("Film"), copies=1),
        make.holding(copies=1),
    )
    make.planned(unit, film.title)
    make.planned(unit, box.title)
    fields = chosen(text_of(teacher, f"/units/{unit.id}"))
    make.booking(film, FOURTEEN)
    answer = teacher.post(f"/units/{unit.id}/bookings", data=fields)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "Es wurde nichts reserviert" in page
    assert "Film: In diesem Zeitraum frei: 0" in page
    assert len(bookings(session)) == 1
    status, _where = post(teacher, f"/units/{unit.id}/bookings", only_free="1", **fields)
    assert status == 303
    assert len(bookings(session)) == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"line-1-1": ""}, 422),
        ({"line-1-1": "x"}, 422),
        ({"line-x-1": "1.2026-12-01.2026-12-02.1"}, 422),
        ({"line-1-1": "1.2026-13-01.2026-12-02.1"}, 422),
        ({"line-1-1": "1.2026-12-03.2026-12-02.1"}, 422),
        ({"line-1-1": "1.2026-12-01.2026-12-02.0"}, 422),
        ({"line-9999999999-1": "1.2026-12-01.2026-12-02.1"}, 422),
        ({"line-1-1": "1.9999-12-30.9999-12-31.1"}, 422),
    ],
)
def test_what_is_no_choice_is_refused(
    teacher: FlaskClient, make: Make, fields: dict[str, str], status: int
) -> None:
    unit = make.unit()
    make.planned(unit, make.holding(copies=1).title)
    assert post(teacher, f"/units/{unit.id}/bookings", **fields)[0] == status


def test_nothing_beyond_the_plan_is_booked_by_a_crafted_form(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit, holding = make.unit(), make.holding(copies=9)
    make.planned(unit, holding.title, 2)
    foreign = make.unit(make.school())
    make.planned(foreign, holding.title, 2)
    days = f"{FOURTEEN.first}.{FOURTEEN.last}"
    path = f"/units/{unit.id}/bookings"
    post(teacher, path, **{f"line-{unit.id}-{holding.title_id}": f"{holding.id}.{days}.9"})
    (booking,) = bookings(session)
    assert [line.quantity for line in booking.lines] == [2]
    crafted = {f"line-{foreign.id}-{holding.title_id}": f"{holding.id}.{days}.2"}
    assert post(teacher, path, **crafted)[0] == 404
    assert len(bookings(session)) == 1


def test_units_out_of_reach_are_not_found(teacher: FlaskClient, make: Make) -> None:
    foreign = make.unit(make.school())
    for path in (f"/units/{foreign.id}", "/units/999999", "/units/99999999999999999999"):
        text_of(teacher, path, 404)
    assert post(teacher, f"/units/{foreign.id}/bookings")[0] == 404


def test_a_page_says_what_cannot_be_booked_and_why(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit = make.unit()
    online = make.title("Online", media_type="online_video", online_url="https://example.org/f")
    make.planned(unit, online)
    make.licence(online, online=True)
    nowhere = make.title("Nirgends")
    make.planned(unit, nowhere)
    page = text_of(teacher, f"/units/{unit.id}")
    assert 'href="https://example.org/f"' in page
    assert "/wishes/new?words=Nirgends" in page
    assert f'"/titles/{nowhere.id}"' not in page
    assert "Gewähltes verbindlich reservieren" not in page
    empty = make.unit(number="leer")
    assert "keine Medien eingeplant" in text_of(teacher, f"/units/{empty.id}")
    session.scalars(select(Terms)).one().booking_horizon = 14
    session.commit()
    make.planned(empty, make.holding(copies=1).title)
    assert "Reservierbar ab" in text_of(teacher, f"/units/{empty.id}")


def test_a_unit_without_a_school_day_books_nothing_and_says_so(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    unit = make.unit(first_week=49, last_week=49)
    make.planned(unit, make.holding(copies=1).title)
    monday = date(2026, 11, 30)
    session.add_all(
        MovableHoliday(institution_id=unit.institution_id, day=monday + timedelta(days=each))
        for each in range(5)
    )
    session.commit()
    page = text_of(teacher, f"/units/{unit.id}")
    assert "Diese Wochen haben keinen Schultag" in page
    assert chosen(page) == {}
    assert "Gewähltes verbindlich reservieren" not in page


def test_whoever_is_blocked_is_told_so_once(
    teacher: FlaskClient, make: Make, person: Person, session: Session
) -> None:
    unit = make.unit()
    for _ in range(3):
        make.planned(unit, make.holding(copies=1).title)
    session.get_one(Person, person.id).blocked = True
    session.commit()
    page = text_of(teacher, f"/units/{unit.id}")
    assert "Sie können derzeit nicht reservieren" in page
    assert set(chosen(page).values()) == {""}


def test_a_teacher_plans_the_subjects_taught_and_the_school_admin_all_of_them(
    teacher: FlaskClient, admin: FlaskClient, make: Make, person: Person
) -> None:
    biology, music = make.unit(name="Bio"), make.unit(subject="MU", name="Musik", number="M")
    for unit in (biology, music):
        make.planned(unit, make.holding(copies=1).title)
    assert "Wählen Sie Ihre Fächer" in text_of(teacher, "/plan")
    past = Period(date(2026, 9, 1), date(2026, 9, 2))
    make.booking(make.holding(copies=1), past, person=person, unit_id=biology.id, reason=None)
    own = text_of(teacher, "/plan")
    assert f"/units/{biology.id}" in own
    assert f"/units/{music.id}" not in own
    assert f"/units/{music.id}" in text_of(teacher, "/plan?subject=MU")
    whole = text_of(admin, "/plan")
    assert f"/units/{biology.id}" in whole
    assert f"/units/{music.id}" in whole


def test_a_school_year_is_reserved_in_one_go_and_again_only_what_is_missing(
    admin: FlaskClient, make: Make, session: Session
) -> None:
    units = [
        make.unit(number=str(number), first_week=first, last_week=first)
        for number, first in enumerate((49, 50, 2, 10))
    ]
    for unit in units:
        for _ in range(2):
            make.planned(unit, make.holding(copies=1).title)
    fields = selected(text_of(admin, "/plan"))
    assert len(fields) == 8
    left_out = next(iter(fields))
    status, where = post(admin, "/plan/bookings", year="2026", **(fields | {left_out: ""}))
    assert (status, where) == (303, "/plan?year=2026")
    assert sum(len(booking.lines) for booking in bookings(session)) == 7
    again = selected(text_of(admin, "/plan"))
    assert list(again) == [left_out]
    assert post(admin, "/plan/bookings", year="2026", **fields)[0] == 303
    assert sum(len(booking.lines) for booking in bookings(session)) == 8


def test_a_school_admin_plans_in_the_name_of_a_teacher_of_the_school_and_nobody_else_does(
    admin: FlaskClient, teacher: FlaskClient, person: Person, make: Make, session: Session
) -> None:
    unit, foreigner = make.unit(), make.person(make.school())
    make.planned(unit, make.holding(copies=1).title)
    page = text_of(admin, f"/plan?person={person.id}")
    assert f"auf den Namen von {person.name}" in page
    fields = {"person": str(person.id)} | selected(page)
    assert post(teacher, "/plan/bookings", **(fields | {"person": str(foreigner.id)}))[0] == 404
    assert post(admin, "/plan/bookings", **(fields | {"person": str(foreigner.id)}))[0] == 404
    text_of(teacher, f"/plan?person={foreigner.id}", 404)
    status, where = post(admin, "/plan/bookings", **fields)
    assert (status, where) == (303, f"/plan?year=2026&person={person.id}")
    (booking,) = bookings(session)
    assert booking.person_id == person.id
    assert not booking.entered_by_staff


def test_units_with_nothing_left_to_reserve_are_shown_when_asked_for(
    admin: FlaskClient, make: Make
) -> None:
    unit = make.unit()
    make.planned(unit, make.holding(copies=1).title)
    post(admin, "/plan/bookings", **selected(text_of(admin, "/plan")))
    assert "Es bleibt nichts zu reservieren" in (page := text_of(admin, "/plan"))
    assert f"/units/{unit.id}" not in page
    assert f"/units/{unit.id}" in text_of(admin, "/plan?every=1")


def test_a_limit_of_the_terms_is_told_at_the_lines_it_stops(
    admin: FlaskClient, make: Make, session: Session
) -> None:
    for number, week in enumerate((49, 50, 51)):
        unit = make.unit(number=str(number), first_week=week, last_week=week)
        make.planned(unit, make.holding(copies=1).title)
    session.scalars(select(Terms)).one().limit_open_bookings = 2
    session.commit()
    page = text_of(admin, "/plan")
    assert list(map(bool, selected(page).values())) == [True, True, False]
    assert "ist erreicht: 2" in page


def test_whoever_belongs_to_no_school_is_told_so(
    make: Make, sign_in: SignIn, session: Session
) -> None:
    person = make.person(until=date(2026, 1, 1))
    alone = sign_in(make.account(Role.TEACHER, person=person))
    assert "Sie gehören derzeit zu keiner Schule" in text_of(alone, "/plan")
    assert post(alone, "/plan/bookings")[0] == 404


def test_odd_addresses_fall_back_to_this_year_and_known_things(
    admin: FlaskClient, make: Make
) -> None:
    unit = make.unit()
    make.planned(unit, make.holding(copies=1).title)
    for query in ("year=1900", "year=x", "subject=XX", "place=", "place=x"):
        text_of(admin, f"/plan?{query}")
        text_of(admin, f"/units/{unit.id}?{query}")
    text_of(admin, "/plan?place=999999", 404)
    text_of(admin, "/plan?school=999999", 404)


def test_the_plan_takes_the_same_statements_for_three_units_and_for_thirty(
    admin: FlaskClient, make: Make
) -> None:
    def more(number: int) -> None:
        for place in range(number):
            unit: TeachingUnit = make.unit(number=f"{number}.{place}")
            for _ in range(3):
                make.planned(unit, make.holding(copies=1).title)

    bound = admin.application.extensions["medienbruecke_engine"]
    more(3)
    sent = []
    for _ in range(2):
        with counted(bound) as statements:
            text_of(admin, "/plan")
        sent.append(statements.count)
        more(27)
    assert sent[0] == sent[1]
