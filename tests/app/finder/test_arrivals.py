"""New arrivals: what came into the reader's catalogue in the last 7, 30 or 90 days."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.sessions import ENGINE
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.app.finder.conftest import Shelf, hits, plain
from tests.make import NOW, Make
from tests.statements import counted

YESTERDAY = NOW - timedelta(days=1)


def names(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(f"/new?{query}")
    assert answer.status_code == 200, answer.text
    return [text.split()[0] for text in hits(answer.text)]


@pytest.fixture
def arrived(shelf: Shelf) -> None:
    """Titles that came 3, 20, 60 and 200 days ago, named so."""
    for days in (20, 3, 200, 60):
        shelf.film(f"Vor{days}", created_at=NOW - timedelta(days=days))


@pytest.mark.usefixtures("arrived")
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("days=7", ["Vor3"]),
        ("", ["Vor3", "Vor20"]),
        ("days=30", ["Vor3", "Vor20"]),
        ("days=90", ["Vor3", "Vor20", "Vor60"]),
        ("days=365", ["Vor3", "Vor20"]),
        ("days=x&page=-1&centre=99999999999", ["Vor3", "Vor20"]),
    ],
)
def test_new_is_what_came_in_these_days_the_newest_first(
    visitor: FlaskClient, query: str, shown: list[str]
) -> None:
    assert names(visitor, query) == shown


def test_others_arrivals_are_not_mine(shelf: Shelf, as_role: AsRole, make: Make) -> None:
    shelf.film("Hier", created_at=YESTERDAY)
    make.holding(make.title("Dort", created_at=YESTERDAY), centre=make.centre())
    assert names(as_role(Role.TEACHER)) == ["Hier"]


def test_arrivals_say_what_is_free_and_come_by_pages(shelf: Shelf, visitor: FlaskClient) -> None:
    for number in range(23):
        shelf.film(f"Titel{number}", created_at=YESTERDAY - timedelta(hours=number))
    page = visitor.get("/new").text
    assert "23 Titel der letzten 30 Tage" in plain(page)
    assert "frei: 2 von 2" in hits(page)[0]
    assert names(visitor, "page=2") == ["Titel20", "Titel21", "Titel22"]
    assert names(visitor, "page=99") == ["Titel20", "Titel21", "Titel22"]


def test_nothing_new_says_what_to_do(shelf: Shelf, visitor: FlaskClient) -> None:
    shelf.film("Alt", created_at=NOW - timedelta(days=400))
    assert "Nichts Neues in diesen Tagen" in visitor.get("/new").text


def test_many_arrivals_take_as_many_statements_as_one(
    app: Flask, shelf: Shelf, visitor: FlaskClient
) -> None:
    counts = []
    for number in (1, 19):
        for each in range(number):
            shelf.film(f"Titel{number}-{each}", created_at=YESTERDAY)
        visitor.get("/new")
        with counted(app.extensions[ENGINE]) as statements:
            assert len(names(visitor)) >= number
        counts.append(statements.count)
    assert counts[0] == counts[1]
