"""Pages of collective orders, and adding to one from the reserve form."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.models.collective_order import CollectiveOrder, OrderState
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.app.shown_forms import shown_forms
from tests.make import MONDAY, Make
from tests.statements import counted

JSON = {"Accept": "application/json"}
DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))


@pytest.fixture
def person(make: Make) -> Person:
    return make.person(given_name="Ada", family_name="Kron")


@pytest.fixture
def teacher(make: Make, person: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.TEACHER, person=person))


@pytest.fixture
def admin(as_role: AsRole) -> FlaskClient:
    return as_role(Role.SCHOOL_ADMIN)


@pytest.fixture
def staff(as_role: AsRole) -> FlaskClient:
    return as_role(Role.STAFF)


def opened(client: FlaskClient, school_id: int, **fields: object) -> str:
    posted = {
        "school": school_id,
        "name": "Projektwoche",
        "from": DAYS.first.isoformat(),
        "until": DAYS.last.isoformat(),
    } | fields
    answer = client.post("/orders", data=posted, headers=JSON)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str((answer.json or {})["number"])


def order_id(session: Session, number: str) -> int:
    session.rollback()
    query = select(CollectiveOrder.id).where(CollectiveOrder.number == number)
    return session.scalars(query).one()


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status)
    return answer.get_data(as_text=True)


@pytest.mark.lending("5.8")
def test_a_teacher_adds_to_the_order_and_its_days_are_taken_over(
    teacher: FlaskClient, admin: FlaskClient, make: Make, session: Session
) -> None:
    holding = make.holding(copies=1)
    number = opened(admin, make.the_school().id)
    key = order_id(session, number)
    offered = text_of(teacher, f"/bookings/new?holding={holding.id}")
    assert f"order={key}" in offered
    joined = text_of(teacher, f"/bookings/new?holding={holding.id}&order={key}")
    assert number in joined
    assert f'name="from" value="{DAYS.first}"' in joined
    assert 'type="date"' not in joined
    posted = {
        "holding": holding.id,
        "from": MONDAY.isoformat(),
        "until": MONDAY.isoformat(),
        "quantity": 1,
        "reason": "preview",
        "order": key,
    }
    answer = teacher.post("/bookings", data=posted, headers=JSON)
    assert answer.status_code == 201
    assert (answer.json or {})["from"] == DAYS.first.isoformat()
    session.rollback()
    assert session.scalars(select(Booking)).one().order_id == key


def test_the_days_of_an_order_join_it_by_themselves_unless_refused(
    teacher: FlaskClient, admin: FlaskClient, make: Make
) -> None:
    holding = make.holding(copies=1)
    number = opened(admin, make.the_school().id)
    same = f"/bookings/new?holding={holding.id}&from={DAYS.first}&until={DAYS.last}"
    assert number in text_of(teacher, same)
    by_oneself = text_of(teacher, f"{same}&order=0")
    assert 'type="date"' in by_oneself
    on_the_title = text_of(
        teacher, f"/titles/{holding.title_id}?from={DAYS.first}&until={DAYS.last}"
    )
    assert number in on_the_title


@pytest.mark.lending("5.2", "5.8")
def test_an_order_of_the_same_days_takes_nothing_away_that_is_free_without_it(
    teacher: FlaskClient, admin: FlaskClient, make: Make, session: Session
) -> None:
    """The courier needs the only copy a day earlier, when somebody else has it."""
    holding = make.holding(copies=1)
    stop = make.courier_stop()
    the_day_before = DAYS.first - timedelta(days=1)
    make.booking(holding, Period(the_day_before, the_day_before))
    key = order_id(session, opened(admin, make.the_school().id, place=stop.id))
    same = f"from={DAYS.first}&until={DAYS.last}"
    on_the_title = text_of(teacher, f"/titles/{holding.title_id}?{same}")
    assert 'id="nichts-frei"' not in on_the_title
    form = text_of(teacher, f"/bookings/new?holding={holding.id}&{same}")
    assert 'type="date"' in form
    assert f"order={key}" in form
    asked_for = text_of(teacher, f"/bookings/new?holding={holding.id}&{same}&order={key}")
    assert 'type="date"' not in asked_for


def test_a_closed_order_is_told_at_the_form(
    teacher: FlaskClient, admin: FlaskClient, make: Make, session: Session
) -> None:
    holding = make.holding(copies=1)
    number = opened(admin, make.the_school().id)
    key = order_id(session, number)
    assert admin.post(f"/orders/{number}/close").status_code == 303
    posted = {
        "holding": holding.id,
        "from": DAYS.first.isoformat(),
        "until": DAYS.last.isoformat(),
        "quantity": 1,
        "reason": "preview",
        "order": key,
    }
    answer = teacher.post("/bookings", data=posted, headers=JSON)
    assert answer.status_code == 409
    assert [each["code"] for each in (answer.json or {})["refusals"]] == ["ORDER_CLOSED"]
    page = teacher.post("/bookings", data=posted)
    assert page.status_code == 409
    assert "Sammelbestellung" in page.get_data(as_text=True)
    assert admin.post(f"/orders/{number}/close", headers=JSON).status_code == 409
    assert admin.post(f"/orders/{number}/reopen").status_code == 303
    assert teacher.post("/bookings", data=posted, headers=JSON).status_code == 201


@pytest.mark.lending("5.8")
def test_what_an_order_that_was_closed_refused_is_reserved_without_it_when_sent_again(
    teacher: FlaskClient, admin: FlaskClient, make: Make, session: Session
) -> None:
    holding_id, number = make.holding(copies=1).id, opened(admin, make.the_school().id)
    same = f"from={DAYS.first}&until={DAYS.last}"
    form = f"/bookings/new?holding={holding_id}&{same}"
    (shown,) = (each for each in shown_forms(text_of(teacher, form)) if each.action == "/bookings")
    assert ("order", str(order_id(session, number))) in shown.fields
    assert admin.post(f"/orders/{number}/close").status_code == 303
    refused = teacher.post("/bookings", data=dict(shown.fields))
    assert refused.status_code == 409
    (again,) = (each for each in shown_forms(refused.text) if each.action == "/bookings")
    assert teacher.post("/bookings", data=dict(again.fields)).status_code == 303
    session.rollback()
    assert [each.order_id for each in session.scalars(select(Booking))] == [None]


@pytest.mark.lending("5.8")
def test_the_sheet_shows_all_to_the_school_and_only_the_own_to_a_teacher(
    teacher: FlaskClient,
    admin: FlaskClient,
    make: Make,
    person: Person,
    session: Session,
) -> None:
    number = opened(admin, make.the_school().id)
    key = order_id(session, number)
    film = make.holding(make.title("Der Film"), copies=2)
    box = make.holding(make.title("Der Koffer"), copies=2)
    colleague = make.person(given_name="Udo", family_name="Fremd")
    make.booking(film, DAYS, person=person, order_id=key, class_name="7b")
    make.booking(box, DAYS, person=colleague, order_id=key, class_name="9a")
    sheet = text_of(admin, f"/orders/{number}/sheet")
    for words in ("Kron, Ada", "Fremd, Udo", "Der Film", "Der Koffer", "7b", "9a"):
        assert words in sheet
    own = text_of(teacher, f"/orders/{number}")
    assert "Der Film" in own
    assert "Der Koffer" not in own
    assert "Fremd" not in own
    assert teacher.get(f"/orders/{number}/sheet").status_code == 403


def test_staff_choose_the_school_and_see_its_places(staff: FlaskClient, make: Make) -> None:
    school = make.school("Realschule am Fluss")
    make.person(school)
    assert f"/orders/new?school={school.id}" in text_of(staff, "/orders/new?words=fluss")
    assert "Realschule am Fluss" in text_of(staff, f"/orders/new?school={school.id}")
    for unknown in ("999999", "x", "99999999999999999999"):
        text_of(staff, f"/orders/new?school={unknown}", 404)
    foreign = make.school(centre=make.centre())
    text_of(staff, f"/orders/new?school={foreign.id}", 404)
    opened(staff, school.id)


def test_bad_days_are_told_where_they_stand(admin: FlaskClient, make: Make) -> None:
    school = make.the_school()
    text_of(admin, "/orders/new")
    saturday = (MONDAY + timedelta(days=5)).isoformat()
    for fields, status in (
        ({"from": "", "until": ""}, 422),
        ({"from": "2026-12-03", "until": "2026-12-01"}, 422),
        ({"from": "31.12.2026", "until": "x"}, 422),
        ({"from": saturday, "until": saturday}, 409),
        ({"from": "2020-01-01", "until": "2020-01-02"}, 409),
        ({"from": "2026-12-01", "until": "2026-12-02", "place": "999999"}, 404),
        ({"from": "2026-12-01", "until": "2026-12-02", "name": "x" * 121}, 422),
    ):
        answer = admin.post("/orders", data={"school": school.id} | fields)
        assert answer.status_code == status, fields


def test_the_same_request_twice_opens_one_order(
    admin: FlaskClient, make: Make, session: Session
) -> None:
    school_id = make.the_school().id
    assert opened(admin, school_id, idem="a") == opened(admin, school_id, idem="a")
    session.rollback()
    assert session.scalars(select(CollectiveOrder.state)).all() == [OrderState.OPEN]


def test_the_pages_take_the_same_statements_whatever_is_ordered(
    admin: FlaskClient, make: Make, session: Session
) -> None:
    number = opened(admin, make.the_school().id)
    key = order_id(session, number)
    bound = admin.application.extensions["medienbruecke_engine"]
    paths = ("/orders", f"/orders/{number}", f"/orders/{number}/sheet")

    def sent() -> list[int]:
        numbers = []
        for path in paths:
            with counted(bound) as statements:
                text_of(admin, path)
            numbers.append(statements.count)
        return numbers

    make.booking(make.holding(copies=1), DAYS, order_id=key)
    before = sent()
    for place in range(12):
        make.booking(make.holding(make.title(f"Titel {place}"), copies=1), DAYS, order_id=key)
    school_id = make.the_school().id
    session.rollback()
    for _ in range(12):
        opened(admin, school_id)
    assert sent() == before
