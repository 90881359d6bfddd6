"""Filling a new index with several processes, each of which writes segments of its own.

A process is started afresh and told through a pipe, so nothing of a serving process with its
threads is copied. It ends with the pipe: none outlives whoever fills the index.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, cycle, islice
from pathlib import Path

from search_index.engine import Document
from search_index.errors import IndexWriteError
from search_index.whoosh_files import fill, join_parts

FANNED_OUT_FROM = 10_000
"""Documents from which on it is worth starting processes."""

AT_ONCE = 250
"""Documents sent at once, some half a megabyte."""

PIPE_BYTES = 1 << 20
"""Sent ahead, so that a process has its next documents when it is done with the last."""

Filling = subprocess.Popen[bytes]


def fill_with(
    processes: int, folder: Path, documents: Iterable[Document], progress: Callable[[int], None]
) -> None:
    """Write a new index of all documents into an empty folder, see `whoosh_files.fill`.

    Args:
        processes: that write; with 1, or few documents, all is done in this one.
        folder: removed by the caller after an error.
        documents: read in this process.
        progress: told how many documents are on their way.

    Raises:
        IndexWriteError: a process failed or was killed; all of them have ended.
    """
    left = iter(documents)
    first = list(islice(left, FANNED_OUT_FROM if processes > 1 else 0))
    everything = chain(first, left)
    if len(first) < FANNED_OUT_FROM or processes == 1:
        fill(folder, everything, progress)
        return
    parts = [folder / f"part{number}" for number in range(processes)]
    with ExitStack() as running:
        fillings = [running.enter_context(_filling(part)) for part in parts]
        sent = 0
        for filling, batch in zip(cycle(fillings), _batches(everything), strict=False):
            _send(filling, batch)
            sent += len(batch)
            progress(sent)
        for filling in fillings:
            _send(filling, [])
        for filling in fillings:
            _finish(filling)
    join_parts(folder, parts)


def received() -> Iterator[Document]:
    """Yield the documents sent to this process.

    Raises:
        EOFError: whoever sent them is gone.
    """
    while batch := pickle.load(sys.stdin.buffer):  # noqa: S301  # from the process that started us
        yield from batch


@contextmanager
def _filling(part: Path) -> Iterator[Filling]:
    """Run a process that fills a folder; it is killed unless it has ended."""
    part.mkdir(mode=0o700)
    searched = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-m", "search_index.filling_process", str(part)],
        stdin=subprocess.PIPE,
        pipesize=PIPE_BYTES,
        env=os.environ | searched,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            _hang_up(process)


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(documents, AT_ONCE)):
        yield batch


def _send(filling: Filling, batch: list[Document]) -> None:
    if filling.stdin is None:
        raise ValueError("a process without a pipe")
    try:
        filling.stdin.write(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))
        filling.stdin.flush()
    except BrokenPipeError as error:
        raise _failure(filling) from error


def _finish(filling: Filling) -> None:
    if filling.wait():
        raise _failure(filling)


def _failure(filling: Filling) -> IndexWriteError:
    return IndexWriteError(f"A process that wrote the index ended with {filling.wait()}.")


def _hang_up(filling: Filling) -> None:
    """Close the pipe; what still lay in it is nobody's."""
    if filling.stdin:
        try:
            filling.stdin.close()
        except BrokenPipeError:
            filling.wait()
