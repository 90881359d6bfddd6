"""Our own engine: how fast it is built, opened, asked with nothing kept, and changed."""

import pickle
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from search_index.engine import Changes, Document, Question
from search_index.whoosh_engine import MEMORY_MB, WhooshEngine
from tests.benchmarks.load import NoFigureError
from tests.benchmarks.search_files import Records
from tests.benchmarks.search_plan import Plan
from tests.benchmarks.search_questions import Kind
from tests.benchmarks.search_timings import MILLISECONDS, Spread, spread

COLD_QUESTIONS = 10
"""Of a kind; each opens the index anew if it is the first of its kind."""

CHANGES = 10
STARTS = 3
NEW_WORD = "neuzugangsprobe"


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds from the start of a process to its first answer; its megabytes after them all."""

    seconds: float
    megabytes: float


def build_seconds(folder: Path, records: Records, processes: int = 1) -> float:
    """Build the index in a process of its own, where no word has been analysed; tell how long.

    Reading the records counts: some 20 microseconds each.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        return fresh.submit(_build, folder, records, processes).result()


def cold(folder: Path, plans: Sequence[Plan]) -> dict[Kind, Spread]:
    """Ask questions by kind of an index that keeps nothing decoded, each once.

    The index is opened anew for each kind, its columns are read; then each question reads its
    lists from the files. The kernel's own cache of files is left as it is.
    """
    found: dict[Kind, Spread] = {}
    for kind in Kind:
        of_kind = (each.question for each in plans if each.kind is kind)
        distinct = {each.words + repr(each.filters): each for each in of_kind}
        engine = WhooshEngine(folder, memory_mb=0)
        engine.search(Question())
        took = list(_asked_once(engine, islice(distinct.values(), COLD_QUESTIONS)))
        if took:
            found[kind] = spread(took)
    return found


def opened(folder: Path, plans: Sequence[Plan], scratch: Path) -> Opened:
    """Start processes that open the index and answer; the middle one counts."""
    file = scratch / "questions.pickle"
    file.write_bytes(pickle.dumps([each.question for each in plans]))
    runs = [_opened_once(folder, file) for _ in range(STARTS)]
    return Opened(median(each.seconds for each in runs), median(each.megabytes for each in runs))


def changed(engine: WhooshEngine, sample: Sequence[Document]) -> Spread:
    """Change records one by one, then back; milliseconds until each is found by a new word.

    What `settle` takes between two changes is not counted: nobody waits for it.

    Raises:
        NoFigureError: it was not found at all.
    """
    took = []
    for place, document in enumerate(sample[:CHANGES]):
        word = f"{NEW_WORD}{place}"
        began = time.perf_counter()
        engine.apply(Changes((replace(document, name=f"{document.name} {word}"),)), place + 1)
        found = engine.search(Question(word)).title_ids
        took.append((time.perf_counter() - began) * MILLISECONDS)
        if found != (document.title_id,):
            raise NoFigureError("a changed record was not found")
        engine.settle()
    engine.apply(Changes(tuple(sample[:CHANGES])), CHANGES + 1)
    return spread(took)


def _build(folder: Path, records: Records, processes: int) -> float:
    began = time.perf_counter()
    WhooshEngine(folder, processes=processes).rebuild(records.read(), 0)
    return time.perf_counter() - began


def _asked_once(engine: WhooshEngine, questions: Iterable[Question]) -> Iterator[float]:
    for question in questions:
        began = time.perf_counter()
        engine.search(question)
        yield (time.perf_counter() - began) * MILLISECONDS


def _opened_once(folder: Path, questions: Path) -> Opened:
    command = (sys.executable, "-m", "tests.benchmarks.search_process")
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(folder), str(MEMORY_MB), str(questions)], stdout=subprocess.PIPE, text=True
    )
    if process.stdout is None or not process.stdout.readline():
        raise NoFigureError("a process that opens the index ended without an answer")
    seconds = time.perf_counter() - began
    megabytes = process.stdout.readline()
    if process.wait() or not megabytes:
        raise NoFigureError("a process that asks the index ended without its figure")
    return Opened(seconds, float(megabytes))
