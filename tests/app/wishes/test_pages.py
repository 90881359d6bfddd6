"""Pages of wishes for purchase and of the purchase list."""

import csv
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.purchase_wish import PurchaseWish
from loans.rules.purchases import PurchaseState
from schools.models.owed_letter import OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.make import MONDAY, Make
from tests.statements import counted

JSON = {"Accept": "application/json"}
WEEK = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=11))


@pytest.fixture
def teacher(as_role: AsRole) -> FlaskClient:
    return as_role(Role.TEACHER)


@pytest.fixture
def staff(as_role: AsRole) -> FlaskClient:
    return as_role(Role.STAFF)


def wish(teacher: FlaskClient, **fields: object) -> int:
    posted = {"what": "Ein Planetarium"} | fields
    answer = teacher.post("/wishes", data=posted, headers=JSON)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int((answer.json or {})["id"])


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def test_a_search_without_hits_leads_to_a_wish_with_its_words(teacher: FlaskClient) -> None:
    page = text_of(teacher, "/search?words=Xyzzyqu")
    assert 'href="/wishes/new?words=Xyzzyqu"' in page
    assert 'value="Xyzzyqu"' in text_of(teacher, "/wishes/new?words=Xyzzyqu")


def test_a_wish_is_made_seen_and_taken_back(teacher: FlaskClient, session: Session) -> None:
    made = wish(teacher, why="Für die Projektwoche", idem="a")
    assert wish(teacher, why="Für die Projektwoche", idem="a") == made
    page = text_of(teacher, "/wishes")
    assert "Ein Planetarium" in page
    assert teacher.post(f"/wishes/{made}/end").status_code == 303
    session.rollback()
    assert session.scalars(select(PurchaseWish)).all() == []


def test_more_copies_are_wished_for_from_the_title(teacher: FlaskClient, make: Make) -> None:
    title = make.holding(make.title("Robotik-Koffer"), copies=1).title
    assert "Robotik-Koffer" in text_of(teacher, f"/wishes/new?title={title.id}")
    for unknown in ("999999", "x", "99999999999999999999", "-1"):
        text_of(teacher, f"/wishes/new?title={unknown}", 404)
    wish(teacher, what=title.name, title=title.id)


@pytest.mark.parametrize(
    "fields",
    [
        {"what": ""},
        {"what": "x" * 301},
        {"why": "x" * 1001},
        {"unit": "abc"},
        {"unit": "99999999999999999999"},
        {"institution": "-7"},
    ],
)
def test_what_has_no_shape_is_told(teacher: FlaskClient, fields: dict[str, str]) -> None:
    posted = {"what": "Ein Planetarium"} | fields
    assert teacher.post("/wishes", data=posted).status_code == 422


def test_staff_answer_and_the_teacher_reads_it(
    teacher: FlaskClient, staff: FlaskClient, make: Make, session: Session
) -> None:
    made = wish(teacher)
    title = make.holding(make.title("Planetarium, aufblasbar"), copies=1).title
    assert "Ein Planetarium" in text_of(staff, "/purchases/wishes?state=open")
    found = text_of(staff, f"/purchases/wishes/{made}?find=planetarium")
    assert "Planetarium, aufblasbar" in found
    posted = {"state": "fulfilled", "sentence": "Ist da.", "title": title.id, "version": 1}
    answer = staff.post(f"/purchases/wishes/{made}", data=posted)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = text_of(teacher, "/wishes")
    assert "Ist da." in page
    assert f"/titles/{title.id}" in page
    session.rollback()
    assert session.scalars(select(OwedLetter)).one().facts["state"] == "fulfilled"


def test_declining_needs_a_sentence(staff: FlaskClient, teacher: FlaskClient) -> None:
    made = wish(teacher)
    posted = {"state": "declined", "sentence": " ", "version": 1}
    answer = staff.post(f"/purchases/wishes/{made}", data=posted, headers=JSON)
    assert answer.status_code == 422
    assert set((answer.json or {})["errors"]) == {"sentence"}


def test_the_second_of_two_answers_is_shown_the_first(
    staff: FlaskClient, teacher: FlaskClient
) -> None:
    made = wish(teacher)
    staff.post(f"/purchases/wishes/{made}", data={"state": "ordered", "version": 1})
    late = staff.post(
        f"/purchases/wishes/{made}",
        data={"state": "declined", "sentence": "Zu teuer", "version": 1},
    )
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert 'name="version" type="hidden" value="2"' in page
    assert "Zu teuer" in page


def test_the_purchase_list_hides_small_numbers_and_every_person(
    staff: FlaskClient, make: Make, session: Session
) -> None:
    holding = make.holding(make.title("=Mikroskop"), copies=1)
    few, many = make.school("Kleine Schule"), make.school("Große Schule")
    for number in range(6):
        make.refused(holding, WEEK, 1, school=many, day=MONDAY - timedelta(number))
    make.refused(holding, WEEK, 1, school=few, unit=make.unit(few))
    page = text_of(staff, "/purchases")
    assert "=Mikroskop" in page
    detail = text_of(staff, f"/purchases/titles/{holding.title_id}")
    assert '<td>Große Schule</td><td class="num">6</td>' in detail
    assert '<td>Kleine Schule</td><td class="num">unter 5</td>' in detail
    assert '<td>Biologie 7</td><td class="num">unter 5</td>' in detail
    text_of(staff, f"/purchases/titles/{make.title().id}", 404)


def test_the_csv_runs_no_formula(staff: FlaskClient, make: Make) -> None:
    make.refused(make.holding(make.title("=1+1"), copies=1), WEEK, 2)
    answer = staff.get("/purchases/shortages.csv")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True)), delimiter=";"))
    assert rows[1][0] == "'=1+1"
    assert rows[1][2:5] == ["1", "1", "2"]


def test_the_pages_take_the_same_statements_for_one_and_for_forty(
    staff: FlaskClient, teacher: FlaskClient, make: Make
) -> None:
    def more(number: int) -> None:
        for place in range(number):
            make.refused(make.holding(make.title(f"Titel {place}"), copies=1), WEEK, 1)
            wish(teacher, what=f"Wunsch {place}")

    more(1)
    bound = staff.application.extensions["medienbruecke_engine"]
    paths = ("/purchases", "/purchases/wishes", "/wishes")
    before = []
    for path in paths:
        with counted(bound) as statements:
            text_of(teacher if path == "/wishes" else staff, path)
        before.append(statements.count)
    more(40)
    for path, number in zip(paths, before, strict=True):
        with counted(bound) as statements:
            text_of(teacher if path == "/wishes" else staff, path)
        assert statements.count == number, path
    assert "?page=2" in text_of(staff, "/purchases")


def test_wishes_stand_with_those_to_answer_first(
    staff: FlaskClient, teacher: FlaskClient, session: Session
) -> None:
    first, second = wish(teacher, what="Erster"), wish(teacher, what="Zweiter")
    session.rollback()
    session.get_one(PurchaseWish, first).state = PurchaseState.ORDERED
    session.commit()
    page = text_of(staff, "/purchases/wishes")
    assert page.index("Zweiter") < page.index("Erster")
    assert second > first
