"""Lists of titles: kept from a title's page, read by their owner, shared by a link that dies."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.factory import create_app
from app.sessions import ENGINE
from app.settings import Settings
from catalogue.models.title import Title
from catalogue.models.title_list import ListEntry, TitleList
from schools.models.account import Account
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.app.finder.conftest import Shelf, hits, plain
from tests.make import NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.lending("3.6")

JSON = {"Accept": "application/json"}
SHARED = re.compile(r'value="(http[^"]*/lists/shared/[^"]*)"')


@pytest.fixture
def teacher(make: Make) -> Account:
    return make.account(Role.TEACHER)


@pytest.fixture
def browser(teacher: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(teacher)


def keep(browser: FlaskClient, title: Title, **fields: object) -> TestResponse:
    return browser.post(f"/lists/titles/{title.id}", data=fields)


def new_list(session: Session, owner: Account, *titles: Title, name: str = "Vulkane") -> TitleList:
    made = TitleList(account_id=owner.id, name=name, created_at=NOW, changed_at=NOW)
    made.entries = [ListEntry(title_id=title.id, added_at=NOW) for title in titles]
    session.add(made)
    session.commit()
    return made


def path_of_link(browser: FlaskClient, kept: TitleList) -> str:
    page = browser.get(f"/lists/{kept.id}").text
    found = SHARED.search(page)
    assert found is not None
    return "/lists/shared/" + unescape(found[1]).rsplit("/", 1)[-1]


def share(browser: FlaskClient, kept: TitleList) -> str:
    assert browser.post(f"/lists/{kept.id}/share").status_code == 303
    return path_of_link(browser, kept)


# Keeping


def test_a_title_is_kept_from_its_page_and_the_page_says_so(
    shelf: Shelf, browser: FlaskClient
) -> None:
    title = shelf.film("Ätna")
    assert "Auf die Merkliste" in plain(browser.get(f"/titles/{title.id}").text)
    answer = keep(browser, title, next=f"/titles/{title.id}?words=etna")
    assert (answer.status_code, answer.location) == (303, f"/titles/{title.id}?words=etna")
    page = plain(browser.get(answer.location).text)
    assert "Auf „ Merkliste “ gesetzt." in page
    assert "Auf Merkliste Entfernen" in page


def test_of_several_lists_one_is_chosen(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    title = shelf.film("Ätna")
    other = new_list(session, teacher, name="Reise")
    new_list(session, teacher)
    assert keep(browser, title, list=other.id).status_code == 303
    session.rollback()
    [entry] = session.scalars(select(ListEntry))
    assert entry.list_id == other.id


def test_whoever_is_not_signed_in_is_offered_no_list(shelf: Shelf, visitor: FlaskClient) -> None:
    assert "Merkliste" not in visitor.get(f"/titles/{shelf.film('Ätna').id}").text


def test_what_one_cannot_see_one_cannot_keep(
    shelf: Shelf, browser: FlaskClient, make: Make, session: Session
) -> None:
    elsewhere = make.title("Anderswo")
    make.holding(elsewhere, centre=make.centre())
    withdrawn = shelf.film("Weg", withdrawn_at=NOW)
    answers = [keep(browser, title).status_code for title in (elsewhere, withdrawn)]
    assert (answers, session.scalars(select(TitleList)).all()) == ([404, 404], [])


@pytest.mark.parametrize(("chosen", "status"), [("x", 422), ("9" * 30, 422), ("77", 404)])
def test_what_is_no_list_of_mine_is_refused(
    shelf: Shelf, browser: FlaskClient, chosen: str, status: int
) -> None:
    assert keep(browser, shelf.film("Ätna"), list=chosen).status_code == status


def test_keeping_leads_nowhere_but_to_our_own_pages(shelf: Shelf, browser: FlaskClient) -> None:
    title = shelf.film("Ätna")
    answer = keep(browser, title, next="https://evil.example/")
    assert answer.location == f"/titles/{title.id}"


def test_a_program_keeps_and_is_told_which_list(shelf: Shelf, browser: FlaskClient) -> None:
    title = shelf.film("Ätna")
    send = {"idem": "k" * 32}
    said = [
        browser.post(f"/lists/titles/{title.id}", data=send, headers=JSON).json for _ in range(2)
    ]
    assert said[0] == said[1]
    assert (said[0] or {})["name"] == "Merkliste"


# One's own lists


def test_the_overview_names_every_list_of_mine_only(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account, make: Make
) -> None:
    new_list(session, teacher, shelf.film("Ätna"))
    new_list(session, make.account(), name="Fremd")
    page = plain(browser.get("/lists").text)
    assert "Vulkane" in page
    assert "1 Medium" in page
    assert "Fremd" not in page


def test_a_list_is_made_renamed_and_deleted(browser: FlaskClient, session: Session) -> None:
    made = browser.post("/lists", data={"name": " Vulkane\n", "remark": "für die 7b"})
    kept = session.scalars(select(TitleList)).one()
    assert (made.location, kept.name, kept.remark) == (
        f"/lists/{kept.id}",
        "Vulkane",
        "für die 7b",
    )
    path = f"/lists/{kept.id}"
    session.rollback()
    browser.post(path, data={"name": "Berge", "remark": ""})
    session.rollback()
    assert (kept.name, kept.remark) == ("Berge", "")
    list_id = kept.id
    gone = browser.post(f"/lists/{list_id}/delete")
    assert (gone.status_code, gone.location) == (303, "/lists")
    session.rollback()
    assert session.scalars(select(TitleList)).all() == []


def test_a_list_needs_a_name_of_its_own(
    browser: FlaskClient, session: Session, teacher: Account
) -> None:
    kept = new_list(session, teacher, name="Berge")
    new_list(session, teacher)
    for path in ("/lists", f"/lists/{kept.id}"):
        nameless, taken = (browser.post(path, data={"name": name}) for name in ("", "Vulkane"))
        assert (nameless.status_code, taken.status_code) == (422, 422)
        assert "Geben Sie der Liste einen Namen." in nameless.text
        assert "Sie haben schon eine Liste mit diesem Namen." in taken.text


def test_a_list_shows_its_titles_as_hits_that_can_be_taken_off(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    title = shelf.film("Ätna", copies=3)
    kept = new_list(session, teacher, shelf.film("Vesuv"), title)
    shown = hits(browser.get(f"/lists/{kept.id}").text)
    assert [text.split()[0] for text in shown] == ["Vesuv", "Ätna"]
    assert "frei: 3 von 3" in shown[1]
    assert "Reservieren" in shown[1]
    browser.post(f"/lists/{kept.id}/titles/{title.id}/remove")
    assert len(hits(browser.get(f"/lists/{kept.id}").text)) == 1


def test_what_is_offered_no_more_can_still_be_taken_off(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account, make: Make
) -> None:
    elsewhere = make.title("Anderswo")
    make.holding(elsewhere, centre=make.centre())
    nowhere = make.title("Nirgends")
    kept = new_list(session, teacher, elsewhere, nowhere)
    first, second = hits(browser.get(f"/lists/{kept.id}").text)
    assert first.startswith("Anderswo Nicht im Katalog Ihres Medienzentrums")
    assert second.startswith("Ein Titel, der nicht mehr im Katalog steht")
    assert "Nirgends" not in second
    assert "Entfernen" in second


def test_nobody_opens_the_list_of_another(
    shelf: Shelf, browser: FlaskClient, session: Session, make: Make
) -> None:
    kept = new_list(session, make.account(), shelf.film("Ätna"))
    paths = ("", "/code", "/print", "/titles.csv")
    assert {browser.get(f"/lists/{kept.id}{path}").status_code for path in paths} == {404}


def test_a_list_takes_as_many_statements_for_twenty_titles_as_for_two(
    app: Flask, shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    counts = []
    for number in (2, 20):
        titles = [shelf.film(f"Titel {number} {each}") for each in range(number)]
        kept = new_list(session, teacher, *titles, name=f"Liste {number}")
        browser.get(f"/lists/{kept.id}")
        with counted(app.extensions[ENGINE]) as statements:
            assert len(hits(browser.get(f"/lists/{kept.id}").text)) == number
        counts.append(statements.count)
    assert counts[0] == counts[1]


# Paper and spreadsheet


def test_a_list_is_printed_and_exported_whole(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    titles = [shelf.film(f"Titel {each:02}", year=2024) for each in range(25)]
    kept = new_list(session, teacher, *titles, shelf.film("=WEG()"), name="Ätna & Co")
    paper = plain(browser.get(f"/lists/{kept.id}/print").text)
    assert "Titel 24 Film (DVD, Blu-ray) 2024 7–9 Biologie" in paper
    table = browser.get(f"/lists/{kept.id}/titles.csv")
    lines = table.get_data(as_text=True).splitlines()
    assert len(lines) == 27
    assert f'"{titles[0].name}";' in lines[1]
    assert lines[1].endswith(f'/titles/{titles[0].id}"')
    assert lines[26].startswith('"\'=WEG()"')


def test_what_is_no_longer_offered_is_told_on_paper_and_in_the_table(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    kept = new_list(session, teacher, shelf.film("Ätna"), gone := shelf.film("Vesuv"))
    gone.withdrawn_at = NOW
    session.commit()
    left_out = "1 Titel dieser Merkliste wird zurzeit nicht angeboten und fehlt hier."
    paper = plain(browser.get(f"/lists/{kept.id}/print").text)
    assert "Vesuv" not in paper
    assert left_out in paper
    table = browser.get(f"/lists/{kept.id}/titles.csv").get_data(as_text=True)
    assert table.splitlines()[-1] == f'"{left_out}"'


# Sharing


def test_a_shared_list_is_read_without_an_account_and_names_nobody(
    shelf: Shelf, browser: FlaskClient, visitor: FlaskClient, session: Session, teacher: Account
) -> None:
    kept = new_list(session, teacher, shelf.film("Ätna"))
    answer = visitor.get(share(browser, kept))
    assert answer.status_code == 200
    assert hits(answer.text)[0].startswith("Ätna")
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in answer.text
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert teacher.person.family_name not in answer.text
    assert "Entfernen" not in answer.text


def test_a_link_dies_with_a_new_one_and_with_the_end_of_sharing(
    shelf: Shelf, browser: FlaskClient, visitor: FlaskClient, session: Session, teacher: Account
) -> None:
    kept = new_list(session, teacher, shelf.film("Ätna"))
    first = share(browser, kept)
    second = share(browser, kept)
    assert first != second
    statuses = [visitor.get(link).status_code for link in (first, second)]
    assert statuses == [404, 200]
    browser.post(f"/lists/{kept.id}/unshare")
    assert visitor.get(second).status_code == 404
    assert visitor.get(f"/lists/{kept.id}/code").status_code == 302


def test_a_link_is_ours_to_the_last_digit(
    shelf: Shelf, browser: FlaskClient, visitor: FlaskClient, session: Session, teacher: Account
) -> None:
    kept = new_list(session, teacher, shelf.film("Ätna"))
    other = new_list(session, teacher, shelf.film("Vesuv"), name="Andere")
    link = share(browser, kept)
    token = link.rsplit("/", 1)[-1]
    number, nonce, signature = token.split("-")
    last = "0" if signature[-1] != "0" else "1"
    forged = (
        f"{other.id}-{nonce}-{signature}",
        f"{number}-{'0' * 32}-{signature}",
        f"{number}-{nonce}-{signature[:-1]}{last}",
        f"{number}-{nonce}-",
        f"{number}-{nonce}",
        f"0{token}",
        "٣" + token[1:],
    )
    opened = [each for each in forged if visitor.get(f"/lists/shared/{each}").status_code != 404]
    assert opened == []
    assert visitor.get(link).status_code == 200


def test_another_secret_signs_other_links(
    settings: Settings, shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    link = share(browser, new_list(session, teacher, shelf.film("Ätna")))
    other = create_app(replace(settings, secret_key="x" * 40), testing=True)
    assert other.test_client().get(link).status_code == 404
    other.extensions[ENGINE].dispose()


def test_a_stranger_reads_a_list_where_it_was_made(
    shelf: Shelf, sign_in: SignIn, visitor: FlaskClient, session: Session, make: Make
) -> None:
    for _ in range(3):
        make.centre()
    home = make.centre("Medienzentrum Fünf")
    title = make.title("Ätna")
    make.holding(title, centre=home, copies=1)
    owner = make.account(Role.STAFF, centre=home)
    kept = new_list(session, owner, title)
    page = visitor.get(share(sign_in(owner), kept)).text
    assert hits(page)[0].startswith("Ätna")
    assert f'href="/titles/{title.id}?centre={home.id}"' in page
    assert visitor.get(f"/titles/{title.id}?centre={home.id}").status_code == 200


def test_a_reader_with_a_centre_reads_by_its_catalogue(
    shelf: Shelf,
    browser: FlaskClient,
    sign_in: SignIn,
    teacher: Account,
) -> None:
    kept = new_list(shelf.session, teacher, shelf.film("Ätna", copies=1))
    link = share(browser, kept)
    shelf.session.rollback()
    elsewhere = shelf.make.account(Role.STAFF, centre=shelf.make.centre())
    [shown] = hits(sign_in(elsewhere).get(link).text)
    assert shown == "Ätna Nicht im Katalog Ihres Medienzentrums"


def test_a_hidden_offer_stays_hidden_from_whoever_has_the_link(
    shelf: Shelf, sign_in: SignIn, visitor: FlaskClient, session: Session, make: Make
) -> None:
    title = make.title("Geheimsache")
    make.holding(title, visible=False)
    owner = make.account(Role.STAFF)
    kept = new_list(session, owner, title)
    staff = sign_in(owner)
    assert hits(staff.get(f"/lists/{kept.id}").text)[0].startswith("Geheimsache")
    assert "Geheimsache" not in visitor.get(share(staff, kept)).text


def test_the_code_draws_the_link(
    shelf: Shelf, browser: FlaskClient, session: Session, teacher: Account
) -> None:
    kept = new_list(session, teacher, shelf.film("Ätna"))
    link = share(browser, kept)
    page = browser.get(f"/lists/{kept.id}/code").text
    assert "<svg" in page
    assert link in page


def test_the_latest_list_comes_first(
    browser: FlaskClient, session: Session, teacher: Account
) -> None:
    new_list(session, teacher, name="Alt")
    newer = new_list(session, teacher, name="Neu")
    newer.changed_at = NOW + timedelta(days=1)
    session.commit()
    page = plain(browser.get("/lists").text)
    assert page.index("Neu geändert") < page.index("Alt geändert")
