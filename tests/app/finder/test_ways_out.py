"""Where nothing is found, the page says what to leave out and what that gives."""

from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient

from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.periods import Period
from tests.app.finder.conftest import Reindex, Shelf, plain
from tests.make import Make

THURSDAY = date(2026, 12, 3)


def helps(client: FlaskClient, address: str) -> str:
    page = client.get(address).text
    assert "Keine Treffer" in page
    return plain(page)


@pytest.fixture
def teich(shelf: Shelf, make: Make) -> None:
    """One film, all of whose copies are booked on a Thursday."""
    title = shelf.film("Teich und See", copies=1)
    make.booking(title.holdings[0], Period(THURSDAY, THURSDAY))


@pytest.mark.parametrize(
    ("query", "help_", "address"),
    [
        pytest.param(
            "words=teich&grade=3",
            "ohne Jahrgang 3: 1 Treffer",
            "/search?words=teich",
            id="a filter",
        ),
        pytest.param(
            "words=teich&from=2026-12-03&free=1",
            "ohne Im Zeitraum frei: 1 Treffer",
            "/search?words=teich&from=2026-12-03&until=2026-12-03",
            id="free in the period",
        ),
        pytest.param(
            "words=teich+-see",
            "ohne -see: 1 Treffer",
            "/search?words=teich",
            id="a word that is not wanted",
        ),
        pytest.param(
            "words=%22see+teich%22",
            "ohne Anführungszeichen: 1 Treffer",
            "/search?words=see+teich",
            id="words side by side",
        ),
        pytest.param("words=xylophon", "ohne „xylophon“: 1 Treffer", "/search", id="the words"),
    ],
)
def test_each_way_out_leads_to_something(
    teich: None, visitor: FlaskClient, query: str, help_: str, address: str
) -> None:
    assert help_ in helps(visitor, f"/search?{query}")
    page = visitor.get(f"/search?{query}").text
    assert f'href="{address}"' in unescape(page)
    assert "1 Treffer" in visitor.get(address).text


def test_what_leads_nowhere_is_not_offered(teich: None, visitor: FlaskClient) -> None:
    said = helps(visitor, "/search?words=teich&grade=3&subject=DE")
    assert "ohne Jahrgang" not in said
    assert "ohne Deutsch" not in said


def test_a_group_can_be_left_out_by_its_name(
    teich: None, shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    names = {"name_de": "Musik", "name_en": "Music"}
    shelf.session.add(CurriculumTerm(scheme=Scheme.GROUP, code="620", **names))
    shelf.session.commit()
    shelf.link(shelf.film("Chor"), Scheme.GROUP, "620")
    reindex()
    assert "ohne 620 Musik: 1 Treffer" in helps(visitor, "/search?words=teich&group=620")


def test_all_centres_are_offered_where_one_has_nothing(
    teich: None, reindex: Reindex, visitor: FlaskClient, make: Make
) -> None:
    north = make.centre("Medienzentrum Nord")
    reindex()
    said = helps(visitor, f"/search?words=teich&centre={north.id}")
    assert "ohne Medienzentrum Nord: 1 Treffer" in said
