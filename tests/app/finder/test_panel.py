"""The filters: content fields below subjects, grades in bands, areas, groups of a centre."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app.sessions import ENGINE
from catalogue.models.title import Title
from schools.models.curriculum import CurriculumTerm, Scheme
from tests.app.finder.conftest import Reindex, Shelf, get_json, plain
from tests.statements import counted

BOX = re.compile(r'<input class="form-check-input"[^>]*name="(\w+)" value="([^"]*)"[^>]*>')
BAND = re.compile(r'<a class="chip[^"]*" id="band-\d+" href="([^"]*)"[^>]*>(.*?)</a>')

File = Callable[..., Title]


def boxes(page: str, name: str) -> list[str]:
    """The values of a filter's boxes, in the order of the page."""
    return [value for found, value in BOX.findall(page) if found == name]


def chosen(page: str, name: str) -> set[str]:
    found = (box for box in BOX.finditer(page) if box[1] == name)
    return {box[2] for box in found if " checked" in box[0]}


@pytest.fixture
def file(shelf: Shelf) -> File:
    """Makes titles filed under groups of a small classification."""
    rows = [("080", None), ("080 04", "080"), ("080 04 01", "080 04"), ("620", None)]
    for code, parent in rows:
        names = {"name_de": f"Gruppe {code}", "name_en": f"Group {code}"}
        shelf.session.add(CurriculumTerm(scheme=Scheme.GROUP, code=code, parent=parent, **names))
    shelf.session.commit()

    def file(name: str, code: str) -> Title:
        title = shelf.film(name)
        shelf.link(title, Scheme.GROUP, code)
        return title

    return file


def test_content_fields_stand_below_the_subject_once_it_is_chosen(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    title = shelf.film("Teich")
    shelf.link(title, Scheme.CONTENT_FIELD, "BI.2")
    shelf.film("Gedichte", subject="DE")
    reindex()
    assert boxes(visitor.get("/search").text, "content_field") == []
    assert boxes(visitor.get("/search?subject=DE").text, "content_field") == []
    page = visitor.get("/search?subject=BI").text
    assert boxes(page, "content_field") == ["BI.2"]
    assert "Inhaltsfelder : Biologie" in plain(page)


def test_a_content_field_chosen_alone_can_be_seen_and_taken_off(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    for field in ("BI.2", "BI.4"):
        shelf.link(shelf.film(f"Film {field}"), Scheme.CONTENT_FIELD, field)
    reindex()
    page = visitor.get("/search?content_field=BI.2").text
    assert chosen(page, "content_field") == {"BI.2"}
    assert boxes(page, "content_field") == ["BI.2"]


def test_several_grades_are_chosen_and_taken_off_at_once(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Teich")
    reindex()

    def bands(address: str) -> dict[str, str]:
        page = visitor.get(address).text
        return {plain(words): unescape(link) for link, words in BAND.findall(page)}

    found = bands("/search?words=teich&grade=7")
    assert list(found) == [
        "Jahrgänge 1–4",
        "Jahrgänge 5–6",
        "Jahrgänge 7–10",
        "Jahrgänge EF–Q2",
    ]
    assert found["Jahrgänge 5–6"] == "/search?words=teich&grade=5&grade=6&grade=7"
    off = bands("/search?words=teich&grade=5&grade=6&grade=7")["Jahrgänge 5–6 entfernen"]
    assert off == "/search?words=teich&grade=7"
    assert chosen(visitor.get(found["Jahrgänge 5–6"]).text, "grade") == {"5", "6", "7"}


def test_media_competences_stand_in_their_areas(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    title = shelf.film("Teich")
    for code in ("6.2", "2.1", "2.3"):
        shelf.link(title, Scheme.MEDIA_COMPETENCE, code)
    reindex()
    page = visitor.get("/search?media_competence=2.3").text
    assert boxes(page, "media_competence") == ["2.1", "2.3", "6.2"]
    assert re.findall(r'<details id="area-(\d)"( open)?>', page) == [("2", " open"), ("6", "")]


def test_without_groups_there_is_no_filter_for_them(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Teich")
    reindex()
    assert "Sachgruppe" not in visitor.get("/search").text


def test_groups_open_from_the_top_down(file: File, reindex: Reindex, visitor: FlaskClient) -> None:
    pond = file("Teich", "080 04 01")
    file("Chor", "620")
    reindex()
    assert boxes(visitor.get("/search").text, "group") == ["080", "620"]
    page = visitor.get("/search?group=080").text
    assert boxes(page, "group") == ["080", "080 04", "620"]
    assert "080 04 Gruppe 080 04" in plain(page)
    assert get_json(visitor, "/search?group=080")["ids"] == [pond.id]


def test_a_narrower_group_takes_the_place_of_the_one_above(
    file: File, reindex: Reindex, visitor: FlaskClient
) -> None:
    pond = file("Teich", "080 04 01")
    file("Wald", "080")
    reindex()
    address = "/search?group=080&group=080+04"
    assert get_json(visitor, address)["ids"] == [pond.id]
    page = visitor.get(address).text
    assert chosen(page, "group") == {"080 04"}
    assert boxes(page, "group") == ["080", "080 04", "080 04 01"]


def test_a_group_nobody_loaded_is_shown_by_its_code(
    file: File, reindex: Reindex, visitor: FlaskClient
) -> None:
    file("Teich", "080")
    reindex()
    page = visitor.get("/search?group=999").text
    assert chosen(page, "group") == {"999"}
    assert "ohne 999: 1 Treffer" in page


def test_groups_cost_one_statement_however_many_there_are(
    file: File, shelf: Shelf, reindex: Reindex, visitor: FlaskClient, app: Flask
) -> None:
    file("Teich", "080 04 01")
    reindex()
    engine: Engine = app.extensions[ENGINE]

    def statements(address: str) -> int:
        with counted(engine) as sent:
            assert visitor.get(address).status_code == 200
        return sent.count

    few = statements("/search?group=080"), statements("/search")
    for number in range(30):
        code = f"080 {number + 10}"
        names = {"name_de": code, "name_en": code}
        shelf.session.add(CurriculumTerm(scheme=Scheme.GROUP, code=code, parent="080", **names))
        shelf.session.commit()
        file(f"Film {number}", code)
    reindex()
    assert (statements("/search?group=080"), statements("/search")) == few


def test_what_is_chosen_stays_at_hand_however_rare(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    for place, subject in enumerate(("BI", "CH", "DE", "EK", "E", "F", "GE", "KU", "IF", "HW")):
        for number in range(10 - place):
            shelf.film(f"Film {number} {subject}", subject=subject)
    reindex()
    page = visitor.get("/search?subject=HW").text
    at_hand, more = page.split('id="more-subject"')
    assert boxes(at_hand, "subject")[0] == "HW"
    assert len(boxes(at_hand, "subject")) == 8
    assert len(boxes(more, "subject")) == 2
