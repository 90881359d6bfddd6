"""A class gets a medium: card for the teacher, a way in for pupils, nothing kept of them."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.class_code import ClassCode
from catalogue.models.title import Title
from catalogue.models.title_list import ListEntry, TitleList
from schools.models.account import Account, SignInAttempt
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import NOW, Make
from tests.statements import counted

JSON = {"Accept": "application/json"}


@pytest.fixture
def teacher(make: Make, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.TEACHER))


@pytest.fixture
def film(make: Make) -> Title:
    title = make.title("Vulkane online", online_url="https://example.org/vulkane")
    make.licence(title, online=True)
    return title


def opened(teacher: FlaskClient, path: str) -> dict[str, str]:
    answer = teacher.post(path, headers=JSON)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, str] = answer.json or {}
    return found


def local(address: str) -> str:
    return address[address.index("/k/") :]


@pytest.mark.lending("3.6")
def test_pupils_reach_a_medium_by_typing_the_code_or_by_the_link(
    teacher: FlaskClient, visitor: FlaskClient, film: Title
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    assert re.fullmatch(r"(\w{4}-){2}\w{4}", made["code"])
    assert made["ends_on"] == "2027-07-31"
    typed = visitor.post("/k", data={"code": made["code"].lower().replace("-", " ")})
    assert (typed.status_code, typed.headers["Location"]) == (303, local(made["address"]))
    page = visitor.get(local(made["address"]))
    text = page.get_data(as_text=True)
    assert "Vulkane online" in text
    assert 'href="https://example.org/vulkane"' in text
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert made["code"].replace("-", "") not in made["address"]


def test_the_card_shows_code_and_qr_and_where_to_type_it(
    teacher: FlaskClient, film: Title
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    for path, drawings in ((f"/codes/{made['id']}", 1), (f"/codes/{made['id']}?small=1", 8)):
        page = teacher.get(path).get_data(as_text=True)
        assert page.count('class="qrline"') == drawings
        assert page.count(made["code"]) >= drawings
        assert "/k</" in page
    assert made["code"] in teacher.get("/codes").get_data(as_text=True)


def test_the_title_page_offers_a_code_only_for_what_opens_online(
    teacher: FlaskClient, visitor: FlaskClient, make: Make, film: Title
) -> None:
    copy = make.holding(copies=1)
    assert "class-code" in teacher.get(f"/titles/{film.id}").get_data(as_text=True)
    assert "class-code" not in visitor.get(f"/titles/{film.id}").get_data(as_text=True)
    assert "class-code" not in teacher.get(f"/titles/{copy.title_id}").get_data(as_text=True)


def test_a_code_taken_back_opens_nothing(
    teacher: FlaskClient, visitor: FlaskClient, film: Title
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    assert teacher.post(f"/codes/{made['id']}/end").status_code == 303
    assert visitor.get(local(made["address"])).status_code == 404
    assert visitor.post("/k", data={"code": made["code"]}).status_code == 422
    assert teacher.get(f"/codes/{made['id']}").status_code == 404


def test_a_link_nobody_signed_opens_nothing(
    teacher: FlaskClient, visitor: FlaskClient, film: Title
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    signed = local(made["address"])
    turned = signed[:-1] + ("0" if signed[-1] != "0" else "1")
    for path in (
        turned,
        f"/k/{made['id']}",
        f"/k/{made['code']}",
        "/k/1-2",
        "/k/9999999999-" + "0" * 32,
    ):
        assert visitor.get(path).status_code == 404, path


def test_a_class_reads_a_list_and_reserves_nothing(
    teacher: FlaskClient,
    visitor: FlaskClient,
    make: Make,
    film: Title,
) -> None:
    lent = make.holding(make.title("Wald auf DVD"), copies=1)
    session = make.session
    account_id = session.scalars(select(Account.id)).one()
    kept = TitleList(
        account_id=account_id, name="Für die 7b", remark="", created_at=NOW, changed_at=NOW
    )
    kept.entries = [ListEntry(title_id=each, added_at=NOW) for each in (film.id, lent.title_id)]
    session.add(kept)
    session.commit()
    made = opened(teacher, f"/lists/{kept.id}/class-code")
    page = visitor.get(local(made["address"])).get_data(as_text=True)
    assert "Für die 7b" in page
    assert "Vulkane online" in page
    assert "Wald auf DVD" in page
    assert "#reservieren" not in page
    assert "#reservieren" in teacher.get(f"/lists/{kept.id}").get_data(as_text=True)


def test_nothing_is_kept_of_pupils(
    teacher: FlaskClient, visitor: FlaskClient, film: Title
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    with counted(visitor.application.extensions["medienbruecke_engine"]) as statements:
        visitor.get(local(made["address"]))
    assert all(sent.lstrip().upper().startswith("SELECT") for sent in statements.sent)


def test_whoever_tries_at_random_is_heard_less_and_less(
    teacher: FlaskClient, visitor: FlaskClient, film: Title, session: Session
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    for _ in range(3):
        assert visitor.post("/k", data={"code": made["code"]}).status_code == 303
    session.rollback()
    assert session.scalar(select(func.count(SignInAttempt.id))) == 0
    statuses = [
        visitor.post("/k", data={"code": "CDFH-JKMN-PQRT"}).status_code for _ in range(101)
    ]
    assert statuses[:100] == [422] * 100
    assert statuses[100] == 429
    assert visitor.post("/k", data={"code": made["code"]}).status_code == 429
    signing_in = visitor.post("/login", data={"name": "niemand", "password": "falsch"})
    assert signing_in.status_code == 422


def test_a_foreign_list_or_a_title_nobody_shows_gets_no_code(
    teacher: FlaskClient, make: Make, session: Session
) -> None:
    stranger = make.account(Role.TEACHER)
    foreign = TitleList(account_id=stranger.id, name="Fremd", created_at=NOW, changed_at=NOW)
    session.add(foreign)
    session.commit()
    withdrawn = make.title(withdrawn_at=NOW)
    for path in (
        f"/lists/{foreign.id}/class-code",
        f"/titles/{withdrawn.id}/class-code",
        "/titles/999999/class-code",
        "/codes/999999/end",
    ):
        assert teacher.post(path, headers=JSON).status_code == 404, path
    assert session.scalars(select(ClassCode)).all() == []


def test_an_expired_code_is_told_as_dead(
    teacher: FlaskClient, visitor: FlaskClient, film: Title, session: Session
) -> None:
    made = opened(teacher, f"/titles/{film.id}/class-code")
    session.rollback()
    found = session.get_one(ClassCode, int(made["id"]))
    found.ends_on = NOW.date() - timedelta(days=1)
    session.commit()
    answer = visitor.get(local(made["address"]))
    assert answer.status_code == 404
    assert 'href="/k"' in answer.get_data(as_text=True)
