"""Eight threads and four processes search one index while it is written, merged and rebuilt."""

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterator, MutableSequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from search_index.engine import Changes, Document, Question
from search_index.whoosh_engine import WhooshEngine
from tests.effort import times
from tests.search_index.library import a_document

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hammer")]

THREADS = 8
PROCESSES = 4
DOCUMENTS = 60
WRITES = times(ci=30, soak=300)
SEARCHES = times(ci=60, soak=500)
"""That each searcher makes at least, however quick the writer is."""

Versions = MutableSequence[int]
"""The version of each document that was last written wholly, shared by all processes."""


def document(number: int, version: int) -> Document:
    return a_document(number, f"Vulkane Wort{number:03} Stand{version:05}")


@dataclass
class Searcher:
    """Asks one question after the other, and collects what is wrong with the answers."""

    index: WhooshEngine
    versions: Versions
    seed: int

    def search(self, may_end: Callable[[], bool]) -> list[str]:
        chance = random.Random(self.seed)
        wrong: list[str] = []
        asked = 0
        while asked < SEARCHES or not may_end():
            number = chance.randrange(DOCUMENTS)
            try:
                wrong += self._faults(number)
            except Exception as error:  # whatever it is, it is what the test looks for
                wrong.append(repr(error))
            asked += 1
        return wrong

    def _faults(self, number: int) -> Iterator[str]:
        known = self.versions[number]
        found = self._found(f"Wort{number:03}")
        if found != (number,):
            yield f"document {number}: {found}"
        every = self.index.search(Question("Vulkane", as_written=True)).total
        if every != DOCUMENTS:
            yield f"{every} documents in all"
        seen = [each for each in (known, known + 1) if self._has(number, each)]
        if not seen and self.versions[number] == known and not self._has(number, known + 1):
            yield f"document {number} is older than {known}"

    def _has(self, number: int, version: int) -> bool:
        return self._found(f"Wort{number:03} Stand{version:05}") == (number,)

    def _found(self, words: str) -> tuple[int, ...]:
        return self.index.search(Question(words, as_written=True)).title_ids


@contextmanager
def threads(index: WhooshEngine, versions: Versions, wrong: list[str]) -> Iterator[None]:
    """Let threads search one engine during the block; collect what is wrong."""
    written = threading.Event()

    def hammer(seed: int) -> None:
        wrong.extend(Searcher(index, versions, seed).search(written.is_set))

    running = [threading.Thread(target=hammer, args=(100 + n,)) for n in range(THREADS)]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        written.set()
        for thread in running:
            thread.join()


@contextmanager
def processes(index_folder: Path, versions: Versions, wrong: list[str]) -> Iterator[None]:
    """Let processes, each with an engine of its own, search during the block."""
    context = multiprocessing.get_context("fork")
    lines: list[Connection] = []
    for seed in range(PROCESSES):
        line, there = context.Pipe()
        searcher = Searcher(WhooshEngine(index_folder), versions, seed)
        context.Process(target=_hammer, args=(searcher, there), daemon=True).start()
        lines.append(line)
    for line in lines:
        line.recv()
    try:
        yield
    finally:
        for line in lines:
            line.send("written")
        for line in lines:
            wrong += line.recv()


def _hammer(searcher: Searcher, line: Connection) -> None:
    line.send("begun")
    line.send(searcher.search(line.poll))


def write(index: WhooshEngine, versions: Versions) -> None:
    """Write single documents and batches, merge now and then, rebuild once."""
    chance = random.Random(0)
    for turn in range(WRITES):
        numbers = chance.sample(range(DOCUMENTS), chance.choice([1, 1, 5]))
        index.apply(Changes(tuple(document(n, versions[n] + 1) for n in numbers)), turn)
        for number in numbers:
            versions[number] += 1
        if turn % 10 == 5:
            index.merge()
        if turn == WRITES // 2:
            index.rebuild([document(n, versions[n]) for n in range(DOCUMENTS)], turn)


def test_no_answer_is_wrong_and_none_fails(index_folder: Path) -> None:
    index = WhooshEngine(index_folder)
    index.rebuild([document(number, 0) for number in range(DOCUMENTS)], 0)
    versions: Versions = multiprocessing.RawArray("q", DOCUMENTS)
    wrong: list[str] = []

    with processes(index_folder, versions, wrong), threads(index, versions, wrong):
        write(index, versions)

    assert wrong == []
