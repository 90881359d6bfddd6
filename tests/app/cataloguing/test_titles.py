"""Staff find, describe and edit the titles of their centre."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from schools.models.account import Account
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.roles import Role
from tests.app.cataloguing.conftest import Send, edition_in
from tests.app.conftest import AsRole, SignIn
from tests.make import NOW, Make

WALD: dict[str, Any] = {
    "name": "Der Wald im Winter",
    "media_type": "film",
    "age_rating": "",
    "grade_from": "5",
    "grade_to": "7",
    "languages": "Deutsch, en",
    "persons": "Ada Muster;  Ben Beispiel",
    "isbn": "978-3-16-148410-0",
    "media_number": "46 02345",
    "subjects": ["BI", "EK"],
    "media_competences": ["2.1"],
}


@pytest.fixture
def holding(make: Make, keeper: Account) -> Holding:
    centre = make.the_centre()
    return make.holding(make.title("Der Wald", keeper_id=centre.id), copies=2)


def stored(session: Session, title_id: int) -> Title:
    session.rollback()
    session.expire_all()
    return session.get_one(Title, title_id)


def test_the_list_shows_what_the_centre_offers(
    browser: FlaskClient, make: Make, holding: Holding
) -> None:
    make.holding(make.title("Fremder Film"), centre=make.centre())
    page = browser.get("/catalogue")
    assert page.status_code == 200
    assert "Der Wald" in page.text
    assert "Fremder Film" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("words=meer", {"Das Meer"}),
        ("words=4602345", {"Das Meer"}),
        ("words=wald+nichts", set()),
        ("words=%25", set()),
        ("media_type=book", {"Das Buch"}),
        ("media_type=unheard+of", {"Das Buch", "Das Meer", "Der Wald"}),
        ("without_copies=y", {"Das Buch", "Das Meer"}),
        ("order=latest&page=999", set()),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    browser: FlaskClient, make: Make, holding: Holding, query: str, found: set[str]
) -> None:
    make.holding(make.title("Das Meer", media_number="4602345"))
    make.holding(make.title("Das Buch", media_type="book"))
    page = browser.get(f"/catalogue?{query}")
    assert page.status_code == 200
    shown = {name for name in ("Das Meer", "Das Buch", "Der Wald") if f">{name}</a>" in page.text}
    assert shown == found


def test_a_new_title_is_described_with_its_links(
    send: Send, session: Session, browser: FlaskClient, make: Make
) -> None:
    assert browser.get("/catalogue/titles/new").status_code == 200
    answer = send("/catalogue/titles/new", **WALD)
    assert answer.status_code == 303, answer.text
    title = session.scalars(select(Title)).one()
    assert answer.headers["Location"] == f"/catalogue/titles/{title.id}"
    assert (title.name, title.isbn, title.media_number) == (
        "Der Wald im Winter",
        "9783161484100",
        "4602345",
    )
    assert (title.languages, title.persons) == ("de;en", "Ada Muster; Ben Beispiel")
    assert {link.code for link in title.links} == {"BI", "EK", "2.1"}
    assert title.keeper_id == make.the_centre().id
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_a_request_sent_twice_makes_one_title(send: Send, session: Session) -> None:
    first, again = (send("/catalogue/titles/new", idem="a" * 32, **WALD) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    assert len(session.scalars(select(Title)).all()) == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 501),
        ("media_type", "spaceship"),
        ("year", "zweitausend"),
        ("duration_minutes", "-5"),
        ("isbn", "978-3-16-148410-1"),
        ("online_url", "javascript:alert(1)"),
        ("languages", "Elbisch"),
        ("grade_to", "3"),
        ("subjects", "ZAUBERN"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_lost(
    send: Send, session: Session, field: str, typed: str
) -> None:
    answer = send("/catalogue/titles/new", **WALD | {"publisher": "Bleibt stehen", field: typed})
    assert answer.status_code == 422
    assert 'class="summary' in answer.text
    assert "Bleibt stehen" in answer.text
    assert session.scalars(select(Title)).all() == []


def test_fields_of_no_form_change_nothing(
    send: Send, session: Session, browser: FlaskClient, holding: Holding, make: Make
) -> None:
    other = make.centre()
    path = f"/catalogue/titles/{holding.title_id}/description"
    extra = {
        "id": "99",
        "keeper_id": str(other.id),
        "source": "X",
        "source_id": "X",
        "record_digest": "X",
        "cover_id": "1",
        "version": "77",
        "withdrawn_at": "2026-01-01",
        "created_at": "2020-01-01",
        "lendable": "99",
        "centre_id": str(other.id),
    }
    answer = send(path, edition=edition_in(browser.get(path)), **WALD, **extra)
    assert answer.status_code == 303
    title = stored(session, holding.title_id)
    assert title.name == "Der Wald im Winter"
    assert (title.keeper_id, title.source, title.cover_id, title.withdrawn_at) == (
        make.the_centre().id,
        None,
        None,
        None,
    )
    assert (title.version, title.created_at) == (2, NOW)
    assert [each.lendable for each in title.holdings] == [2]


def test_the_second_editor_sees_both_versions_and_keeps_the_own_one(
    send: Send, session: Session, browser: FlaskClient, holding: Holding
) -> None:
    path = f"/catalogue/titles/{holding.title_id}/description"
    opened = edition_in(browser.get(path))
    assert send(path, edition=opened, **WALD | {"publisher": "Erster Verlag"}).status_code == 303
    second = WALD | {"publisher": "Zweiter Verlag"}
    told = send(path, edition=opened, **second)
    assert told.status_code == 409
    assert "Erster Verlag" in told.text
    assert 'value="Zweiter Verlag"' in told.text
    assert stored(session, holding.title_id).publisher == "Erster Verlag"
    again = send(path, edition=edition_in(told), **second)
    assert again.status_code == 303
    assert stored(session, holding.title_id).publisher == "Zweiter Verlag"


def test_links_are_taken_away_by_unticking(
    send: Send, session: Session, browser: FlaskClient, holding: Holding
) -> None:
    path = f"/catalogue/titles/{holding.title_id}/description"
    send(path, edition=edition_in(browser.get(path)), **WALD)
    fewer = WALD | {"subjects": ["BI"], "media_competences": []}
    send(path, edition=edition_in(browser.get(path)), **fewer)
    session.rollback()
    assert session.scalars(select(CurriculumLink.code)).all() == ["BI"]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.PLANNER])
def test_only_staff_come_in(as_role: AsRole, holding: Holding, role: Role) -> None:
    client = as_role(role)
    for path in ("/catalogue", "/catalogue/titles/new", f"/catalogue/titles/{holding.title_id}"):
        assert client.get(path).status_code == 403


def test_another_centre_does_not_see_our_title(
    make: Make, sign_in: SignIn, holding: Holding, send: Send, session: Session
) -> None:
    stranger = sign_in(make.account(Role.STAFF, centre=make.centre()))
    path = f"/catalogue/titles/{holding.title_id}"
    for below in ("", "/description"):
        assert stranger.get(path + below).status_code == 404
    for below in ("/description", "/offer", "/copies", "/licences", "/withdraw", "/cover"):
        assert send(path + below, stranger, **WALD).status_code == 404
    assert stored(session, holding.title_id).name == "Der Wald"


def test_who_offers_a_title_that_another_centre_keeps_does_not_describe_it(
    make: Make, sign_in: SignIn, holding: Holding, send: Send
) -> None:
    elsewhere = make.centre()
    make.holding(holding.title, centre=elsewhere)
    other = sign_in(make.account(Role.STAFF, centre=elsewhere))
    path = f"/catalogue/titles/{holding.title_id}"
    assert other.get(path).status_code == 200
    assert other.get(f"{path}/description").status_code == 403
    assert send(f"{path}/description", other, **WALD).status_code == 403


def test_whoever_works_for_two_centres_chooses_one(
    make: Make, sign_in: SignIn, session: Session, keeper: Account
) -> None:
    second = make.centre()
    make.holding(make.title("Film des zweiten"), centre=second)
    account = make.account(Role.STAFF)
    grant = make.account(Role.STAFF, centre=second).grants[0]
    grant.account_id = account.id
    session.commit()
    client = sign_in(account)
    assert "Film des zweiten" not in client.get("/catalogue").text
    assert "Film des zweiten" in client.get(f"/catalogue?centre={second.id}").text
    assert "Film des zweiten" in client.get("/catalogue").text


def test_a_title_with_copies_is_not_withdrawn(
    send: Send, session: Session, browser: FlaskClient, holding: Holding, make: Make
) -> None:
    path = f"/catalogue/titles/{holding.title_id}/withdraw"
    assert send(path, reason="").status_code == 422
    refused = send(path, reason="veraltet")
    assert refused.status_code == 409
    assert stored(session, holding.title_id).withdrawn_at is None
    empty = make.holding(make.title("Leer", keeper_id=make.the_centre().id))
    assert send(f"/catalogue/titles/{empty.title_id}/withdraw", reason="leer").status_code == 303
    assert browser.get(f"/catalogue/titles/{empty.title_id}").status_code == 404


def group_codes(session: Session, title_id: int) -> list[str]:
    links = stored(session, title_id).links
    return sorted(link.code for link in links if link.scheme is Scheme.GROUP)


def test_titles_are_filed_under_groups_once_there_are_any(
    send: Send, session: Session, browser: FlaskClient, holding: Holding
) -> None:
    path = f"/catalogue/titles/{holding.title_id}/description"
    assert "Sachgruppen (EAF)" not in browser.get(path).text
    session.add_all(
        CurriculumTerm(scheme=Scheme.GROUP, code=code, name_de=code, name_en=code)
        for code in ("080 04", "620")
    )
    session.commit()
    page = browser.get(path)
    assert "Sachgruppen (EAF)" in page.text
    wished = WALD | {"groups": "620; 080  04"}
    assert send(path, edition=edition_in(page), **wished).status_code == 303
    assert group_codes(session, holding.title_id) == ["080 04", "620"]
    assert 'value="080 04; 620"' in browser.get(path).text


def test_an_unknown_group_is_told_at_its_field(
    send: Send, session: Session, browser: FlaskClient, holding: Holding
) -> None:
    path = f"/catalogue/titles/{holding.title_id}/description"
    wished = WALD | {"groups": "999"}
    answer = send(path, edition=edition_in(browser.get(path)), **wished)
    assert answer.status_code == 422
    assert "„999“ ist keine Nummer einer Sachgruppe." in answer.text
