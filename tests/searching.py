"""Searching a running installation over HTTP, as a browser does."""

import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from catalogue.models.title import Title
from database.unit_of_work import unit_of_work
from tests.serving import Client

PAUSE = 0.02
"""Seconds between two searches while waiting."""


@dataclass(frozen=True)
class Page:
    """A page of hits, as far as a test asks.

    Attributes:
        title_ids: of the titles shown.
        limited: the page says that the index did not answer.
    """

    status: int
    title_ids: frozenset[int]
    limited: bool


def search(client: Client, words: str) -> Page:
    """Ask for the first page of hits, as a program does."""
    answer = client.get("/search?" + urlencode({"words": words}), accept="application/json")
    if answer.status != HTTPStatus.OK:
        return Page(answer.status, frozenset(), limited=False)
    told = answer.json
    found = frozenset(told["ids"])
    return Page(answer.status, found, limited=told["limited"])


def rename(session: Session, title_id: int, name: str) -> None:
    """Give a title another name, as a page of the cataloguers does: in one unit of work."""
    with unit_of_work(session):
        session.get_one(Title, title_id).name = name


def seconds_until_found(client: Client, words: str, title_id: int, most: float) -> float:
    """Return how long it takes from now until the index, not the store, finds a title.

    Raises:
        AssertionError: longer than `most` seconds.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < most:
        page = search(client, words)
        assert page.status == HTTPStatus.OK
        if title_id in page.title_ids and not page.limited:
            return time.monotonic() - begun
        time.sleep(PAUSE)  # nothing tells a browser but its next search
    raise AssertionError(f"title {title_id} was not found within {most} s")


def wait_for_the_index(client: Client, most: float = 30.0) -> float:
    """Return how long it takes from now until the index answers.

    Raises:
        AssertionError: longer than `most` seconds.
    """
    begun = time.monotonic()
    while time.monotonic() - begun < most:
        page = search(client, "Vulkane")
        assert page.status == HTTPStatus.OK
        if not page.limited:
            return time.monotonic() - begun
        time.sleep(PAUSE)  # nothing tells a browser but its next search
    raise AssertionError(f"the index did not answer within {most} s")
