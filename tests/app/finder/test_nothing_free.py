"""Where a title cannot be had in the days wished for, its page shows every way out."""

from datetime import date
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.sessions import ENGINE
from catalogue.models.title import Title
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.finder.conftest import Reindex, Shelf, plain
from tests.make import Make
from tests.statements import counted

pytestmark = pytest.mark.lending("5.2")

WISHED = Period(date(2026, 12, 1), date(2026, 12, 3))
ASKED = "from=2026-12-01&until=2026-12-03"


@pytest.fixture
def teacher(as_role: AsRole) -> FlaskClient:
    return as_role(Role.TEACHER)


def section(client: FlaskClient, title: Title, query: str = ASKED) -> str:
    """What the page says of ways out; empty if it says nothing."""
    answer = client.get(f"/titles/{title.id}?{query}")
    assert answer.status_code == 200
    _before, found, rest = answer.text.partition('id="nichts-frei"')
    return rest.partition("</section>")[0] if found else ""


@pytest.fixture
def taken(shelf: Shelf, make: Make) -> Title:
    title = shelf.film("Fotosynthese", copies=1)
    make.booking(title.holdings[0], WISHED)
    return title


def test_the_next_free_days_are_one_click_away(taken: Title, teacher: FlaskClient) -> None:
    text = section(teacher, taken, f"words=foto&{ASKED}")
    assert "Nicht zu haben: 1.12. bis 3.12.2026" in plain(text)
    assert "In diesem Zeitraum frei: 0" in plain(text)
    href = f"/titles/{taken.id}?from=2026-12-04&amp;until=2026-12-06&amp;words=foto#reservieren"
    assert href not in text, "the centre is shut on a Sunday"
    href = f"/titles/{taken.id}?from=2026-12-05&amp;until=2026-12-07&amp;words=foto#reservieren"
    assert href not in text, "and on a Saturday"
    href = f"/titles/{taken.id}?from=2026-12-07&amp;until=2026-12-09&amp;words=foto#reservieren"
    assert href in text
    assert section(teacher, taken, "from=2026-12-07&until=2026-12-09") == ""


def test_online_media_come_before_what_is_free(
    shelf: Shelf, taken: Title, teacher: FlaskClient, make: Make, reindex: Reindex
) -> None:
    shelf.film("Fotosynthese im Wald")
    busy = shelf.film("Fotosynthese im Meer", copies=1)
    make.booking(busy.holdings[0], WISHED)
    online = shelf.title(
        "Fotosynthese am Bildschirm", media_type="online_video", online_url="https://x.example/f"
    )
    make.licence(online, online=True)
    shelf.film("Fotosynthese vertont", subject="MU")
    reindex()
    text = section(teacher, taken)
    said = plain(text)
    assert said.index("Fotosynthese am Bildschirm") < said.index("Fotosynthese im Wald")
    assert 'href="https://x.example/f"' in text
    assert "Fotosynthese im Meer" not in said
    assert "Fotosynthese vertont" not in said
    assert "?from=2026-12-01&amp;until=2026-12-03" in text


def test_a_title_that_is_online_as_well_is_opened_first(
    shelf: Shelf, teacher: FlaskClient, make: Make
) -> None:
    title = shelf.film("Fotosynthese", copies=1, online_url="https://x.example/f")
    make.licence(title, online=True)
    make.booking(title.holdings[0], WISHED)
    said = plain(section(teacher, title))
    assert said.index("Dasselbe als Online-Medium") < said.index("Diese Tage nehmen")


def test_without_any_copy_the_page_says_so_even_to_whoever_named_no_days(
    shelf: Shelf, teacher: FlaskClient, make: Make
) -> None:
    title = shelf.title("Verliehen für immer")
    make.holding(title, copies=0)
    said = plain(section(teacher, title, ""))
    assert "Innerhalb eines Jahres nicht" in said
    assert section(teacher, shelf.film("Frei"), "") == ""


def test_whoever_only_looks_is_sent_to_no_form_that_would_refuse(
    taken: Title, visitor: FlaskClient, teacher: FlaskClient
) -> None:
    address = f"/titles/{taken.id}?{ASKED}"
    assert "/wishes/new" not in visitor.get(address).text
    assert f"/wishes/new?title={taken.id}" in teacher.get(address).text
    assert "/holds/new" not in section(visitor, taken)


def test_the_reserve_form_leads_to_the_same_ways_out(taken: Title, teacher: FlaskClient) -> None:
    page = teacher.get(f"/bookings/new?holding={taken.holdings[0].id}&{ASKED}").text
    assert f"/titles/{taken.id}?{ASKED}&quantity=1#nichts-frei".replace("&", "&amp;") in page
    free = teacher.get(
        f"/bookings/new?holding={taken.holdings[0].id}&from=2026-12-07&until=2026-12-09"
    ).text
    assert "#nichts-frei" not in free
    assert quote("nichts-frei") not in free


@pytest.mark.both_stores
def test_ways_out_take_the_same_statements_for_one_like_title_and_for_ten(
    app: Flask, shelf: Shelf, taken: Title, teacher: FlaskClient, reindex: Reindex
) -> None:
    sent = []
    for number in (1, 9):
        for each in range(number):
            shelf.film(f"Fotosynthese {number} {each}")
        reindex()
        section(teacher, taken)
        with counted(app.extensions[ENGINE]) as statements:
            assert section(teacher, taken)
        sent.append(statements.count)
    assert sent[0] == sent[1]
