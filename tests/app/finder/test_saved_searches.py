"""Saved searches: taken from the search page's address, run again, and ended."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.kept_searches import pairs_on
from catalogue.models.title_list import SavedSearch
from schools.models.account import Account
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.app.finder.conftest import Shelf, plain
from tests.make import MONDAY, Make
from tests.statements import counted

ASKED = (
    "words=Vulkane&from=2026-12-03&until=2026-12-04&free=1&subject=EK&subject=PH&grade=7&page=3"
)


@pytest.fixture
def teacher(make: Make) -> Account:
    return make.account(Role.TEACHER)


@pytest.fixture
def browser(shelf: Shelf, teacher: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(teacher)


def save(browser: FlaskClient, name: str = "Vulkane", query: str = ASKED, **more: str) -> int:
    fields = {"name": name, "query": query} | more
    return browser.post("/searches", data=fields).status_code


def kept(session: Session) -> SavedSearch:
    session.rollback()
    return session.scalars(select(SavedSearch)).one()


def test_a_search_is_named_after_what_it_looks_for(browser: FlaskClient) -> None:
    page = browser.get(f"/searches/new?{ASKED}").text
    [name] = re.findall(r'name="name"[^>]*value="([^"]*)"', page)
    assert name == "„Vulkane“, Im Zeitraum frei, Erdkunde, Physik, Jahrgang 7, 3.12.–4.12."


def test_a_group_is_called_by_its_name_and_all_searches_ask_for_names_once(
    browser: FlaskClient, session: Session, engine: Engine
) -> None:
    names = {"name_de": "Biologie des Teichs", "name_en": "Life in ponds"}
    session.add(CurriculumTerm(scheme=Scheme.GROUP, code="080", parent=None, **names))
    session.commit()
    assert "080 Biologie des Teichs" in browser.get("/searches/new?group=080").text
    counts = []
    for number in range(3):
        assert save(browser, f"Teich {number}", "group=080") == 303
        with counted(engine) as statements:
            page = browser.get("/searches").text
        assert page.count("080 Biologie des Teichs") == number + 1
        counts.append(statements.count)
    assert len(set(counts)) == 1


def test_a_search_is_saved_as_its_address_says_it_without_the_page(
    browser: FlaskClient, session: Session
) -> None:
    assert save(browser, alert="y") == 303
    found = kept(session)
    assert (found.name, found.alert) == ("Vulkane", True)
    assert found.parameters == {
        "words": ["Vulkane"],
        "from": ["2026-12-03"],
        "until": ["2026-12-04"],
        "free": ["1"],
        "subject": ["EK", "PH"],
        "grade": ["7"],
    }


def test_the_page_leads_back_to_the_same_search(browser: FlaskClient) -> None:
    save(browser)
    page = unescape(browser.get("/searches").text)
    assert (
        'href="/search?words=Vulkane&from=2026-12-03&until=2026-12-04&free=1'
        '&subject=EK&subject=PH&grade=7"'
    ) in page


def test_days_that_have_passed_are_left_out(browser: FlaskClient, session: Session) -> None:
    save(browser)
    parameters = kept(session).parameters
    later = MONDAY.replace(year=2027)
    names = {name for name, _ in pairs_on(parameters, later)}
    assert names == {"words", "subject", "grade"}
    assert ("from", "2026-12-03") in pairs_on(parameters, MONDAY)


@pytest.mark.parametrize(
    "query",
    ["subject=XX", "from=gestern", "from=2020-01-01", "sort=x", "grade=99", "words=" + "x" * 301],
)
def test_what_the_search_page_would_refuse_is_not_saved(
    browser: FlaskClient, session: Session, query: str
) -> None:
    assert save(browser, query=query) == 422
    assert session.scalars(select(SavedSearch)).all() == []
    assert browser.get(f"/searches/new?{query}").location == "/search"


def test_strange_bytes_are_no_fault_of_ours(browser: FlaskClient) -> None:
    assert browser.get(
        "/searches/new?words=%ff%00%f0&" + "&".join("a=b" for _ in range(600))
    ).status_code in {200, 303}


def test_a_name_is_needed_and_taken_once(browser: FlaskClient) -> None:
    assert [save(browser), save(browser), save(browser, name="")] == [303, 422, 422]


def test_letters_are_started_renamed_and_ended(browser: FlaskClient, session: Session) -> None:
    save(browser)
    search_id = kept(session).id
    browser.post(f"/searches/{search_id}", data={"name": "Berge", "alert": "y"})
    assert (kept(session).name, kept(session).alert) == ("Berge", True)
    assert "Briefe beenden" in plain(browser.get("/searches").text)
    browser.post(f"/searches/{search_id}", data={"name": "Berge"})
    assert kept(session).alert is False
    browser.post(f"/searches/{search_id}/delete")
    session.rollback()
    assert session.scalars(select(SavedSearch)).all() == []


def test_without_a_mail_address_no_letters_are_offered(
    browser: FlaskClient, session: Session, teacher: Account
) -> None:
    teacher.person.email = None
    session.commit()
    page = plain(browser.get("/searches/new?words=Vulkane").text)
    assert "darum können keine Briefe geschickt werden" in page


def test_nobody_sees_or_changes_the_search_of_another(
    browser: FlaskClient, session: Session, sign_in: SignIn, make: Make
) -> None:
    save(browser)
    path = f"/searches/{kept(session).id}"
    colleague = sign_in(make.account(Role.TEACHER))
    answers = [
        colleague.get(path),
        colleague.post(path, data={"name": "X"}),
        colleague.post(f"{path}/delete"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert "Vulkane" not in colleague.get("/searches").text
    assert kept(session).name == "Vulkane"
