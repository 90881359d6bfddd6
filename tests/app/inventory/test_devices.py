"""A school's three lists: on the page, narrowed, as a table, and only within reach."""

import csv
import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.sessions import ENGINE
from catalogue.models.defect import Defect, DefectKind
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.make import MONDAY, NOW, Make

EVIL = "<script>alert(1)</script>"
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def furnished(make: Make) -> None:
    """One device of each list; the one on loan is late."""
    school = make.the_school()
    make.copy(
        make.holding(make.title("Dokumentenkamera")),
        barcode="GN-0114",
        owner_id=school.id,
        value_cents=39000,
    )
    robots = make.copy(make.holding(make.title("Lernroboter-Set")), barcode="MZ-002711")
    make.loan(robots, placed=True, due_on=None, review_on=MONDAY + timedelta(30))
    camera = make.copy(make.holding(make.title("Kamera 1")), barcode="MZ-004709")
    holder = make.person(family_name="Hopper")
    make.loan(camera, person=holder, lent_on=MONDAY - timedelta(20), class_name="7b")


def table(browser: FlaskClient, path: str) -> list[list[str]]:
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.text[1:], newline=""), delimiter=";"))


@pytest.mark.usefixtures("furnished")
def test_a_school_admin_sees_the_three_lists_with_totals(as_role: AsRole) -> None:
    text = as_role(Role.SCHOOL_ADMIN).get("/school").text
    for words in ("Dokumentenkamera", "Lernroboter-Set", "Kamera 1", "Ada Hopper, 7b"):
        assert words in text
    assert "Wert 390 €" in text.replace("\xa0", " ")
    assert "Überfällig seit 17.11." in text
    assert "1 überfällig" in text


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize(
    ("query", "seen", "hidden"),
    [
        ("list=own", "GN-0114", "MZ-002711"),
        ("list=placed", "MZ-002711", "GN-0114"),
        ("words=hopper", "MZ-004709", "GN-0114"),
        ("words=kamera&list=lent", "MZ-004709", "GN-0114"),
        ("list=own&state=available", "GN-0114", "MZ-002711"),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    as_role: AsRole, query: str, seen: str, hidden: str
) -> None:
    text = as_role(Role.SCHOOL_ADMIN).get(f"/school?{query}").text
    listed = text[text.index('id="devices"') : text.index('id="h-due"')]
    assert seen in listed
    assert hidden not in listed


@pytest.mark.parametrize("query", ["list=x&state=y&page=z", "page=-1", "page=99999", "words=%25"])
def test_faults_in_the_address_do_no_harm(as_role: AsRole, query: str) -> None:
    answer = as_role(Role.SCHOOL_ADMIN).get(f"/school?{query}")
    assert answer.status_code == 200
    assert "Hier steht kein Gerät" in answer.text


@pytest.mark.usefixtures("furnished")
def test_the_table_holds_the_same_rows_as_the_page(make: Make, as_role: AsRole) -> None:
    path = f"/school/{make.the_school().id}/devices.csv"
    rows = table(as_role(Role.SCHOOL_ADMIN), path)
    assert [row[1] for row in rows] == ["Nummer", "GN-0114", "MZ-004709", "MZ-002711"]
    assert rows[1][-1] == "390,00"
    rows = table(as_role(Role.STAFF), f"{path}?list=lent")
    assert [row[1] for row in rows[1:]] == ["MZ-004709"]


def test_neither_page_nor_table_runs_what_somebody_wrote(make: Make, as_role: AsRole) -> None:
    school = make.the_school()
    for words in (EVIL, FORMULA):
        make.copy(
            make.holding(make.title(words)),
            owner_id=school.id,
            serial_number=words,
            barcode=words[:30],
        )
    browser = as_role(Role.SCHOOL_ADMIN)
    assert EVIL not in browser.get("/school").text
    assert EVIL not in browser.get(f"/school?words={EVIL}").text
    cells = [cell for row in table(browser, f"/school/{school.id}/devices.csv") for cell in row]
    assert f"'{FORMULA}" in cells
    assert FORMULA not in cells


def test_staff_choose_one_of_the_schools_they_serve(make: Make, as_role: AsRole) -> None:
    own = make.the_school()
    make.person(own)
    make.person(make.school("Fremdes Gymnasium", make.centre()))
    browser = as_role(Role.STAFF)
    text = browser.get("/school").text
    assert own.name in text
    assert "Fremdes Gymnasium" not in text
    assert browser.get(f"/school/{own.id}").status_code == 200
    assert own.name not in browser.get("/school?words=nirgends").text


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.STAFF, Role.CENTRE_ADMIN])
def test_a_foreign_school_is_not_there(make: Make, as_role: AsRole, role: Role) -> None:
    make.the_centre()
    browser = as_role(role)
    foreign = make.school(centre=make.centre())
    for path in (f"/school/{foreign.id}", f"/school/{foreign.id}/devices.csv", "/school/0"):
        if path != "/school/0":
            assert browser.get(path).status_code == 404


def test_a_teacher_does_not_see_who_has_what(make: Make, as_role: AsRole) -> None:
    assert as_role(Role.TEACHER).get("/school").status_code == 403
    assert as_role(Role.TEACHER).get(f"/school/{make.the_school().id}").status_code == 403


def test_whoever_looks_after_two_schools_chooses(make: Make, sign_in: SignIn) -> None:
    one, two = make.school("Gymnasium Eins"), make.school("Gymnasium Zwei")
    account = make.account(Role.SCHOOL_ADMIN, school=one)
    make.person(two)
    account.grants.append(
        type(account.grants[0])(role=Role.SCHOOL_ADMIN, institution_id=two.id, first=MONDAY)
    )
    make.session.commit()
    text = sign_in(account).get("/school").text
    assert one.name in text
    assert two.name in text


def test_a_long_list_comes_in_pages(make: Make, as_role: AsRole) -> None:
    for number in range(27):
        make.copy(owner_id=make.the_school().id, barcode=f"GN-{number:04d}")
    browser = as_role(Role.SCHOOL_ADMIN)
    assert "1 bis 25 von 27" in browser.get("/school").text
    assert "26 bis 27 von 27" in browser.get("/school?page=2").text


def test_the_number_of_statements_stays_the_same(make: Make, as_role: AsRole) -> None:
    browser = as_role(Role.SCHOOL_ADMIN)
    engine: Engine = browser.application.extensions[ENGINE]
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    counts = []
    for number in (1, 20):
        for _ in range(number):
            loan = make.loan()
            make.copy(owner_id=make.the_school().id)
            make.session.add(
                Defect(
                    copy_id=loan.copy_id,
                    centre_id=loan.centre_id,
                    institution_id=loan.institution_id,
                    kind=DefectKind.BROKEN,
                    reported_at=NOW,
                    changed_at=NOW,
                )
            )
            make.session.commit()
        asked.clear()
        assert browser.get("/school").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 13
