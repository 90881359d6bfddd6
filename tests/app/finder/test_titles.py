"""A title's page: what it says to whom, its calendar, and what a found thing leads to."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.sessions import ENGINE
from catalogue.models.copy import Copy
from catalogue.models.title import Title
from schools.models.curriculum import Scheme
from schools.models.media_centre import MediaCentre
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole, SignIn
from tests.app.finder.conftest import Shelf, plain
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

THURSDAY = date(2026, 12, 3)


def page_of(client: FlaskClient, title: Title, query: str = "") -> str:
    answer = client.get(f"/titles/{title.id}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_title_says_what_it_is(shelf: Shelf, visitor: FlaskClient, make: Make) -> None:
    title = shelf.film(
        "Fotosynthese",
        duration_minutes=15,
        year=2024,
        languages="de",
        summary="Fünf Kapitel.\nMit Versuchen.",
    )
    shelf.link(title, Scheme.MEDIA_COMPETENCE, "2.1")
    make.licence(title, public_showing_allowed=True)
    text = plain(page_of(visitor, title))
    assert "Film (DVD, Blu-ray) · 15 min · 2024 · Deutsch" in text
    assert "Fünf Kapitel. Mit Versuchen." in text
    assert "Medienkompetenzrahmen 2.1 Informieren und Recherchieren: Informationsrecherche" in text
    assert "Landeslizenz, öffentliche Vorführung erlaubt" in text
    assert "2 Exemplare, Hauptstelle" in text


def test_its_calendar_says_what_is_free(shelf: Shelf, visitor: FlaskClient, make: Make) -> None:
    title = shelf.film("Fotosynthese", copies=3)
    make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))
    page = page_of(visitor, title, "from=2026-12-03")
    assert "Dezember 2026, freie Exemplare von 3" in page
    assert "3.12. frei: 2 von 3" in page
    assert 'aria-current="date"' in page


def test_days_are_chosen_start_first_then_end(shelf: Shelf, visitor: FlaskClient) -> None:
    title = shelf.film("Fotosynthese")
    fresh = page_of(visitor, title, "words=foto&month=2026-12")
    start = "from=2026-12-03&amp;until=2026-12-03&amp;words=foto&amp;month=2026-12#frei"
    assert f'href="/titles/{title.id}?{start}"' in fresh
    begun = page_of(visitor, title, "words=foto&from=2026-12-03")
    end = "from=2026-12-03&amp;until=2026-12-04&amp;words=foto&amp;month=2026-12#reservieren"
    assert f'href="/titles/{title.id}?{end}"' in begun


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "9999-12", "x", "2026-11"])
def test_a_month_out_of_reach_shows_this_one(
    shelf: Shelf, visitor: FlaskClient, month: str
) -> None:
    page = page_of(visitor, shelf.film("Fotosynthese"), f"month={month}")
    assert "November 2026, freie Exemplare" in page
    assert page.count(">vorbei</span>") == MONDAY.day - 1


def test_the_way_back_leads_to_the_hits(shelf: Shelf, visitor: FlaskClient) -> None:
    page = page_of(visitor, shelf.film("Fotosynthese"), "words=foto&subject=BI&page=2")
    assert 'href="/search?words=foto&amp;subject=BI"' in page
    assert "Treffer für „foto“" in page


def test_a_teacher_finds_the_reserve_form(
    shelf: Shelf, as_role: AsRole, visitor: FlaskClient
) -> None:
    title = shelf.film("Fotosynthese")
    assert 'action="/bookings"' in page_of(as_role(Role.TEACHER), title, "from=2026-12-03")
    assert "/login?next=" in page_of(visitor, title)


def test_a_unit_of_ones_own_school_is_named(
    shelf: Shelf, sign_in: SignIn, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.film("Fotosynthese")
    shelf.plan(make.unit(hours=8), title)
    text = plain(page_of(sign_in(make.account(Role.TEACHER)), title))
    assert "UV 7.2 Energie des Lebens Biologie, Jahrgang 7 · 8 Stunden" in text
    assert "Energie des Lebens" not in page_of(visitor, title)


def test_a_rating_above_the_age_of_its_grades_is_warned_of(
    shelf: Shelf, visitor: FlaskClient
) -> None:
    strict = shelf.film("Krieg", age_rating="fsk_16")
    assert "Für Jahrgang 7–9 möglicherweise nicht geeignet" in page_of(visitor, strict)
    mild = shelf.film("Wald", age_rating="fsk_6")
    assert "möglicherweise nicht geeignet" not in page_of(visitor, mild)


def test_an_online_title_is_opened_not_reserved(shelf: Shelf, visitor: FlaskClient) -> None:
    title = shelf.title("Blattwerk", media_type="online_video", online_url="https://example.org/b")
    page = page_of(visitor, title)
    assert 'href="https://example.org/b" rel="noopener noreferrer"' in page
    assert "Jederzeit online" in page
    assert 'id="reservieren"' not in page


def test_staff_see_the_copies_and_who_has_them(
    shelf: Shelf, as_role: AsRole, make: Make, session: Session
) -> None:
    title = shelf.film("Fotosynthese")
    copy = title.holdings[0].copies[0]
    make.loan(copy, person=make.person(given_name="Grace", family_name="Hopper"))
    barcode = copy.barcode
    staff, teacher = as_role(Role.STAFF), as_role(Role.TEACHER)
    assert "Grace Hopper" in page_of(staff, title)
    assert barcode in page_of(staff, title)
    assert barcode not in page_of(teacher, title)
    assert "Hopper" not in page_of(teacher, title)


def test_a_hidden_offer_shows_to_its_staff_only(
    shelf: Shelf, as_role: AsRole, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.title("Fotosynthese")
    make.holding(title, visible=False, copies=1)
    assert visitor.get(f"/titles/{title.id}").status_code == 404
    assert as_role(Role.TEACHER).get(f"/titles/{title.id}").status_code == 404
    assert as_role(Role.STAFF).get(f"/titles/{title.id}").status_code == 200


def test_another_centres_title_is_not_there_for_whom_a_centre_serves(
    shelf: Shelf, as_role: AsRole, visitor: FlaskClient, make: Make
) -> None:
    title = shelf.title("Fotosynthese")
    make.holding(title, centre=make.centre("Medienzentrum Nord"), copies=1)
    refused = as_role(Role.TEACHER).get(f"/titles/{title.id}")
    assert refused.status_code == 404
    assert "Diesen Titel führt Ihr Katalog nicht" in refused.text
    assert "Fotosynthese" not in refused.text
    assert visitor.get(f"/titles/{title.id}").status_code == 200


def test_a_withdrawn_title_is_gone_but_for_staff(
    shelf: Shelf, as_role: AsRole, visitor: FlaskClient
) -> None:
    title = shelf.film("Fotosynthese", withdrawn_at=NOW)
    assert visitor.get(f"/titles/{title.id}").status_code == 404
    assert "ausgesondert" in page_of(as_role(Role.STAFF), title)


@pytest.mark.parametrize("path", ["/titles/99", "/titles/99999999999999999999", "/x/MZ-NONE"])
def test_what_is_not_there_is_not_found(shelf: Shelf, visitor: FlaskClient, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_barcode_says_whose_the_thing_is_and_no_more(
    shelf: Shelf, as_role: AsRole, visitor: FlaskClient, session: Session
) -> None:
    title = shelf.film("Fotosynthese")
    copy: Copy = title.holdings[0].copies[0]
    centre = session.get_one(MediaCentre, copy.centre_id)
    centre.phone = "02331 4711"
    session.commit()
    barcode = copy.barcode
    found = visitor.get(f"/x/{barcode.lower()}")
    assert centre.name in found.text
    assert "02331 4711" in found.text
    assert "Fotosynthese" not in found.text
    assert f"/titles/{title.id}" in as_role(Role.STAFF).get(f"/x/{barcode}").text


@pytest.mark.both_stores
def test_the_number_of_statements_does_not_grow(
    shelf: Shelf, sign_in: SignIn, app: Flask, make: Make
) -> None:
    title = shelf.film("Fotosynthese", copies=1)
    shelf.plan(make.unit(), title)
    make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))
    staff = sign_in(make.account(Role.STAFF))
    few = _statements(app, staff, title)
    for number in range(20):
        copy = make.copy(title.holdings[0])
        if number % 2:
            make.loan(copy, lent_on=MONDAY)
        make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))
    for code in ("2.1", "2.2", "3.1"):
        shelf.link(title, Scheme.MEDIA_COMPETENCE, code)
    assert _statements(app, staff, title) == few


def _statements(app: Flask, client: FlaskClient, title: Title) -> int:
    with counted(app.extensions[ENGINE]) as sent:
        page_of(client, title, "from=2026-12-03")
    return sent.count
