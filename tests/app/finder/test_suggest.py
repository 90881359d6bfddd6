"""What is offered while somebody types into a search field."""

import shutil
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.finder.suggest import MOST_OF_INDEX, MOST_UNITS
from app.sessions import ENGINE
from app.settings import Settings
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.finder.conftest import Reindex, Shelf, get_json
from tests.make import MONDAY, Make
from tests.statements import counted


def offers(browser: FlaskClient, words: str, **asked: object) -> list[tuple[str, str]]:
    """Kind and text of what is offered, in order."""
    return [(each["kind"], each["text"]) for each in offered(browser, words, **asked)]


def offered(browser: FlaskClient, words: str, **asked: object) -> list[dict[str, Any]]:
    found = browser.get("/suggest", query_string={"words": words} | asked)
    assert found.status_code == 200
    suggestions: list[dict[str, Any]] = found.get_json()["suggestions"]
    return suggestions


def leads_to(browser: FlaskClient, words: str, kind: str) -> tuple[str, dict[str, list[str]]]:
    """Path and query of the first suggestion of a kind."""
    address = next(each["address"] for each in offered(browser, words) if each["kind"] == kind)
    return urlsplit(address).path, parse_qs(urlsplit(address).query)


def test_subjects_series_and_titles_are_offered_in_this_order(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Biotope am Wasser", series="Biologie kompakt")
    reindex()
    assert offers(visitor, "bio") == [
        ("subject", "Biologie"),
        ("series", "Biologie kompakt"),
        ("title", "Biotope am Wasser"),
    ]


def test_a_title_leads_to_its_page(shelf: Shelf, reindex: Reindex, visitor: FlaskClient) -> None:
    title = shelf.film("Mädchen stärken")
    reindex()
    assert leads_to(visitor, "maedch", "title") == (f"/titles/{title.id}", {})


def test_a_subject_leads_to_its_titles(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Zellen")
    reindex()
    assert leads_to(visitor, "biolo", "subject") == ("/search", {"subject": ["BI"]})


def test_a_series_leads_to_its_titles_alone(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    wanted = shelf.film("Quallen", series='Tiere "im" Meer')
    shelf.film("Im Meer der Tiere")
    reindex()
    path, asked = leads_to(visitor, "meer", "series")
    assert (path, asked) == ("/search", {"words": ['"Tiere im Meer"']})
    assert get_json(visitor, f"/search?words={asked['words'][0]}")["ids"] == [wanted.id]


def test_only_titles_of_the_readers_centres_are_offered(
    shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole
) -> None:
    make.holding(shelf.title("Walross fern", subject=""), centre=make.centre(), copies=1)
    shelf.film("Walross nah", subject="")
    reindex()
    assert offers(as_role(Role.TEACHER), "walross") == [("title", "Walross nah")]


def test_of_several_centres_the_one_chosen_counts(
    shelf: Shelf, reindex: Reindex, make: Make, visitor: FlaskClient
) -> None:
    far = make.centre()
    make.holding(shelf.title("Walross fern", subject=""), centre=far, copies=1)
    shelf.film("Walross nah", subject="")
    reindex()
    assert len(offers(visitor, "walross")) == 2
    assert offers(visitor, "walross", centre=far.id) == [("title", "Walross fern")]
    assert len(offers(visitor, "walross", centre="x")) == 2


def test_a_teacher_is_offered_the_units_of_the_own_school(
    shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole
) -> None:
    browser = as_role(Role.TEACHER)
    make.unit(make.the_school(), number="7.2", name="Ökosystem Wald", subject="BI", grade=7)
    reindex()
    assert offers(browser, "oekos wa") == [("unit", "7.2 Ökosystem Wald")]
    assert offers(browser, "7.2") == [("unit", "7.2 Ökosystem Wald")]
    assert leads_to(browser, "wald", "unit") == (
        "/search",
        {"words": ["Ökosystem Wald"], "subject": ["BI"], "grade": ["7"]},
    )


def test_units_of_another_school_of_the_centre_are_never_offered(
    shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole
) -> None:
    browser = as_role(Role.TEACHER)
    make.unit(make.school("Andere Schule", make.the_centre()), name="Geheimes Vorhaben")
    reindex()
    assert offers(browser, "geheimes") == []


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADVISER, Role.SYSTEM_ADMIN])
def test_who_has_no_school_is_offered_no_unit(
    role: Role, shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole
) -> None:
    make.unit(make.the_school(), name="Geheimes Vorhaben")
    reindex()
    assert offers(as_role(role), "geheimes") == []


def test_strangers_are_offered_no_unit(
    shelf: Shelf, reindex: Reindex, make: Make, visitor: FlaskClient
) -> None:
    make.unit(make.the_school(), name="Geheimes Vorhaben")
    reindex()
    assert offers(visitor, "geheimes") == []


def test_a_unit_no_longer_taught_is_not_offered(
    shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole
) -> None:
    browser = as_role(Role.TEACHER)
    make.unit(make.the_school(), name="Altes Vorhaben", retired_on=MONDAY)
    reindex()
    assert offers(browser, "altes") == []


def test_the_list_stays_short(shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole) -> None:
    browser = as_role(Role.TEACHER)
    for place in range(20):
        shelf.film(f"Wald {place}", subject="")
        make.unit(make.the_school(), name=f"Wald {place}")
    reindex()
    kinds = [kind for kind, _ in offers(browser, "wald")]
    assert kinds == ["title"] * MOST_OF_INDEX + ["unit"] * MOST_UNITS


def test_without_an_index_units_are_still_offered(
    shelf: Shelf, reindex: Reindex, make: Make, as_role: AsRole, settings: Settings
) -> None:
    browser = as_role(Role.TEACHER)
    shelf.film("Waldtiere")
    make.unit(make.the_school(), number="", name="Der Wald")
    reindex()
    shutil.rmtree(settings.index_folder)
    assert offers(browser, "wald") == [("unit", "Der Wald")]


@pytest.mark.parametrize(
    "words", ["", "   ", "!!!", "(" * 10_000, "\x00", "*?[", "x" * 10_000, "wald " * 100]
)
def test_whatever_is_typed_gives_a_list(
    words: str, shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Zellen")
    reindex()
    assert offers(visitor, words) == []


def test_the_screen_reader_hears_how_many_there_are_and_groups_have_names(
    shelf: Shelf, reindex: Reindex, visitor: FlaskClient
) -> None:
    shelf.film("Quallen", subject="")
    reindex()
    german = visitor.get("/suggest?words=qua", headers={"Accept-Language": "de"}).get_json()
    english = visitor.get("/suggest?words=qua", headers={"Accept-Language": "en"}).get_json()
    none = visitor.get("/suggest?words=xyz", headers={"Accept-Language": "en"}).get_json()
    assert german["said"] == "1 Vorschlag, mit den Pfeiltasten zu erreichen"
    assert english["said"] == "1 suggestion, to be reached by the arrow keys"
    assert none["said"] == "No suggestions"
    assert [each["label"] for each in german["suggestions"]] == ["Titel"]
    assert [each["label"] for each in english["suggestions"]] == ["Titles"]


def test_the_number_of_statements_does_not_grow(
    app: Flask, shelf: Shelf, reindex: Reindex, as_role: AsRole
) -> None:
    browser = as_role(Role.TEACHER)

    def statements() -> int:
        reindex()
        offers(browser, "wald")
        with counted(app.extensions[ENGINE]) as found:
            assert offers(browser, "wald")
        return found.count

    shelf.film("Wald")
    shelf.make.unit(name="Wald")
    few = statements()
    for place in range(5):
        shelf.film(f"Wald {place}")
        shelf.make.unit(name=f"Wald {place}")
    assert statements() == few <= 4
