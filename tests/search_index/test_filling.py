"""A large index is made anew by several processes, all or nothing."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search_index import whoosh_filling
from search_index.engine import Document, HealthState, Sort
from search_index.errors import IndexWriteError
from search_index.index_root import IndexRoot
from search_index.whoosh_engine import WhooshEngine
from tests.search_index.library import a_document, ask

TITLES = [a_document(number, f"Vulkane Band{number % 7} Wort{number}") for number in range(1, 90)]
NOT_TO_BE_WRITTEN = replace(TITLES[40], title_id=2**70)


@pytest.fixture(autouse=True)
def _every_index_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_filling, "FANNED_OUT_FROM", 10)
    monkeypatch.setattr(whoosh_filling, "AT_ONCE", 7)


@pytest.fixture
def index(index_folder: Path) -> WhooshEngine:
    """An index that holds one title before it is made anew."""
    index = WhooshEngine(index_folder, processes=2)
    index.rebuild([a_document(1, "Gletscher")], 1)
    return index


def children() -> set[int]:
    """Return the processes started by any thread of this one."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(child) for each in lists for child in each.read_text().split()}


def assert_as_before(index: WhooshEngine, index_folder: Path, running: set[int]) -> None:
    assert ask(index, "Gletscher").title_ids == (1,)
    assert index.health().position == 1
    assert [each for each in index_folder.iterdir() if each.is_dir()] == [
        IndexRoot(index_folder).live_folder()
    ]
    assert children() <= running


def test_two_processes_write_what_one_would(
    index: WhooshEngine, index_folder: Path, tmp_path: Path
) -> None:
    alone = WhooshEngine(tmp_path / "alone")
    alone.rebuild(TITLES, 5)
    told: list[int] = []

    index.rebuild(TITLES, 5, told.append)

    assert index.digests() == alone.digests()
    for words in ("Vulkane", "Band3", "Wort17", '"Vulkane Band3"', ""):
        assert ask(index, words, sort=Sort.TITLE) == ask(alone, words, sort=Sort.TITLE)
    assert told[-1] == len(TITLES)
    assert index.position() == 5
    assert WhooshEngine(index_folder).check().state is HealthState.READY
    live = IndexRoot(index_folder).live_folder()
    assert not [each for each in live.iterdir() if each.is_dir()]
    assert len(list(live.glob("*.trm"))) == 2


def test_few_titles_are_written_without_starting_a_process(
    index: WhooshEngine, index_folder: Path
) -> None:
    index.rebuild(TITLES[:9], 5)

    assert len(list(IndexRoot(index_folder).live_folder().glob("*.trm"))) == 1


def test_a_process_that_fails_leaves_the_live_index(
    index: WhooshEngine, index_folder: Path
) -> None:
    running = children()

    with pytest.raises(IndexWriteError):
        index.rebuild([*TITLES, NOT_TO_BE_WRITTEN], 5)

    assert_as_before(index, index_folder, running)


def test_a_process_that_is_killed_leaves_the_live_index(
    index: WhooshEngine, index_folder: Path
) -> None:
    running = children()

    def killing() -> Iterator[Document]:
        yield from TITLES[:60]
        os.kill((children() - running).pop(), signal.SIGKILL)
        yield from TITLES[60:]

    with pytest.raises(IndexWriteError):
        index.rebuild(killing(), 5)

    assert_as_before(index, index_folder, running)


def test_titles_that_cannot_be_read_end_the_processes(
    index: WhooshEngine, index_folder: Path
) -> None:
    running = children()

    def broken_off() -> Iterator[Document]:
        yield from TITLES[:60]
        assert children() > running
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.rebuild(broken_off(), 5)

    assert_as_before(index, index_folder, running)
