"""The commonest terms are read behind the answers, and nothing runs on for ever."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_index.engine import Question
from search_index.kept import Kept
from search_index.warming import WORTH_WARMING
from search_index.whoosh_engine import WhooshEngine
from tests.search_index.library import a_document, ask

PATIENCE = 60.0
"""Seconds on a busy machine; alone it takes one."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[WhooshEngine]:
    index = WhooshEngine(tmp_path / "index", warming=True)
    index.rebuild((a_document(n, f"Wald {n}") for n in range(WORTH_WARMING + 5)), 1)
    yield index
    index.close()


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name == "search-warming"]


def test_common_terms_are_read_behind_the_first_answer(index: WhooshEngine) -> None:
    memory = index._opening._memory
    assert not memory.postings.size

    index.search(Question())

    snapshot = index._opening.current().snapshot
    deadline = time.monotonic() + PATIENCE
    while not index._warming.is_done(snapshot) and time.monotonic() < deadline:  # type: ignore[union-attr]  # it warms
        time.sleep(0.01)
    assert memory.postings.get((snapshot.segments[0].id, "name", "wald")) is not None


def test_warming_ends_when_the_engine_is_closed(index: WhooshEngine) -> None:
    index.search(Question())

    index.close()

    assert not threads()
    assert ask(index, "Wald").total == WORTH_WARMING + 5


def test_what_is_kept_stays_within_its_bounds_and_the_longest_unasked_goes_first() -> None:
    kept: Kept[str] = Kept(2000)
    for key in range(4):
        kept.keep(key, f"value {key}", 250)
    assert kept.get(0) == "value 0"

    kept.keep(4, "value 4", 250)

    assert kept.size <= 2000
    assert kept.get(1) is None
    assert kept.get(0) == "value 0"
    assert kept.get(4) == "value 4"


def test_what_is_larger_than_all_room_is_not_kept() -> None:
    kept: Kept[str] = Kept(1000)
    kept.keep("small", "value", 100)

    kept.keep("large", "value", 5000)

    assert kept.get("large") is None
    assert kept.get("small") == "value"
