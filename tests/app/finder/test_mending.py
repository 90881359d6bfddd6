"""What the page says of words that were mended, loosened, or taken just as written.

The engine here is a fake of the port: it answers what a test wants and keeps what it was asked.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.search_engine import EXTENSION
from schools.rules.roles import Role
from search_index.engine import Answer, Question
from tests.app.conftest import AsRole
from tests.app.finder.conftest import Shelf, get_json, plain
from tests.make import Make


@dataclass
class Canned:
    """Answers the same to every question."""

    answer: Answer = field(default_factory=lambda: Answer((), 0))
    asked: list[Question] = field(default_factory=list)

    def search(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.answer


@pytest.fixture
def canned(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Canned:
    engine = Canned()
    monkeypatch.setitem(app.extensions, EXTENSION, engine)
    return engine


def test_findings_of_mended_words_are_said_to_be_that(
    canned: Canned, shelf: Shelf, visitor: FlaskClient
) -> None:
    title = shelf.film("Vulkane")
    canned.answer = Answer((title.id,), 1, correction="vulkane", corrected=True)
    page = visitor.get("/search?words=vulkahne&grade=7").text
    said = plain(page)
    assert "Keine Treffer für „vulkahne“. Gezeigt werden die Treffer für „vulkane“." in said
    assert 'href="/search?words=vulkahne&amp;grade=7&amp;exact=1"' in page
    assert 'value="vulkahne"' in page
    assert "1 Treffer: vulkane" in page  # what is announced


def test_better_words_are_offered_beside_few_findings(
    canned: Canned, shelf: Shelf, visitor: FlaskClient
) -> None:
    title = shelf.film("Vulkane")
    canned.answer = Answer((title.id,), 1, correction="vulkane erde")
    page = visitor.get("/search?words=vulkahne+erde&grade=7&page=1").text
    assert "Meinten Sie vulkane erde ?" in plain(page)
    assert 'href="/search?words=vulkane+erde&amp;grade=7"' in page
    assert "Keine Treffer" not in page


def test_words_just_as_written_are_asked_for_and_said(
    canned: Canned, shelf: Shelf, visitor: FlaskClient
) -> None:
    page = visitor.get("/search?words=vulkahne&exact=1").text
    assert canned.asked[0].as_written
    assert '<input type="hidden" form="search" name="exact" value="1">' in page
    assert 'href="/search?words=vulkahne"' in page
    assert "Genau wie geschrieben" in plain(page)


def test_loosened_findings_are_said_to_lack_words(
    canned: Canned, shelf: Shelf, visitor: FlaskClient
) -> None:
    title = shelf.film("Vulkane")
    canned.answer = Answer((title.id,), 1, loosened=True)
    sentence = "Wenige oder keine Titel enthalten alle diese Wörter"
    assert f"{sentence}; sie stehen vorn." in visitor.get("/search?words=vulkane+mond").text
    assert f"{sentence}. Titel mit" in visitor.get("/search?words=vulkane+mond&sort=title").text


def test_json_says_all_of_it(canned: Canned, shelf: Shelf, visitor: FlaskClient) -> None:
    title = shelf.film("Vulkane")
    canned.answer = Answer((title.id,), 1, loosened=True, correction="vulkane", corrected=True)
    answer: dict[str, Any] = get_json(visitor, "/search?words=vulkahne+mond")
    assert (answer["loosened"], answer["correction"], answer["corrected"]) == (
        True,
        "vulkane",
        True,
    )


def test_the_index_is_told_which_centre_is_the_readers_own(
    canned: Canned, shelf: Shelf, as_role: AsRole, visitor: FlaskClient, make: Make
) -> None:
    visitor.get("/search")
    as_role(Role.TEACHER).get("/search")
    assert [question.home_centre_ids for question in canned.asked] == [
        frozenset(),
        {make.the_centre().id},
    ]


@pytest.mark.parametrize("words", ['"><script>', "<b>fett</b>"])
def test_mended_words_are_shown_as_text(
    canned: Canned, shelf: Shelf, visitor: FlaskClient, words: str
) -> None:
    title = shelf.film("Vulkane")
    for corrected in (True, False):
        canned.answer = Answer((title.id,), 1, correction=words, corrected=corrected)
        assert words not in visitor.get("/search?words=x").text
