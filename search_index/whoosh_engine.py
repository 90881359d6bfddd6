"""The embedded search engine: an index of Whoosh's, read through arrays.

Whoosh analyses nothing and ranks nothing here; it writes segments and finds terms. Reading is in
rooms of its own: `whoosh_opening` (which state), `snapshot` (what there is), `whoosh_segments`,
`whoosh_terms`, `whoosh_postings` and `whoosh_columns` (decoding files), `postings` (lists of
documents), `scoring` (BM25F), `phrases`, `matching` (words), `columns` (filters and counts),
`sorting` and `answering` (all of it).
"""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from search_index import whoosh_files
from search_index.answering import answer
from search_index.engine import (
    Answer,
    Changes,
    Document,
    Health,
    HealthState,
    Question,
    Suggestion,
)
from search_index.errors import IndexBusyError, IndexUnavailableError, IndexWriteError
from search_index.index_root import IndexRoot
from search_index.likeness import similar
from search_index.snapshot_words import SnapshotWords
from search_index.suggestions import suggest
from search_index.warming import Warming
from search_index.whoosh_filling import fill_with
from search_index.whoosh_merging import MOST_SEGMENTS
from search_index.whoosh_opening import Opening, OpenState

log = logging.getLogger(__name__)

MEMORY_MB = 128

LOCK_WAIT = 10.0
"""Seconds a writer waits for another one."""


class WhooshEngine:
    """A `search_index.engine.SearchEngine` on a folder that processes of one host share.

    Opens on first use, so after a fork. A change by any process is seen by the next search.
    """

    def __init__(
        self,
        path: Path,
        *,
        lock_wait: float = LOCK_WAIT,
        memory_mb: int = MEMORY_MB,
        warming: bool = False,
        processes: int = 1,
    ) -> None:
        """Take the folder; nothing is read or made yet.

        Args:
            path: folder of the index, made by the first `rebuild`.
            lock_wait: seconds to wait for another writer.
            memory_mb: MiB of posting lists kept decoded.
            warming: read the commonest terms ahead, in a thread, once something was asked.
            processes: that write a large index when it is made anew.
        """
        self._root = IndexRoot(path)
        self._opening = Opening(self._root, memory_mb << 20)
        self._lock_wait = lock_wait
        self._processes = processes
        self._warming = Warming() if warming else None

    def search(self, question: Question) -> Answer:
        """See `SearchEngine.search`."""
        opened = self._opening.current()
        with self._opening.distrusting(opened):
            answered = answer(opened.snapshot, SnapshotWords(opened.snapshot), question)
        if self._warming:
            self._warming.warm(opened.snapshot)
        return answered

    def close(self) -> None:
        """End what runs behind the answers; the engine goes on to answer."""
        if self._warming:
            self._warming.stop()

    def suggest(
        self, beginning: str, centre_ids: frozenset[int] | None, most: int
    ) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`."""
        opened = self._opening.current()
        with self._opening.distrusting(opened):
            reach = opened.snapshot.reach(centre_ids)
            return suggest(opened.snapshot.named, beginning, reach.mask, most)

    def similar(
        self, title_id: int, centre_ids: frozenset[int] | None, most: int
    ) -> tuple[int, ...]:
        """See `SearchEngine.similar`."""
        opened = self._opening.current()
        with self._opening.distrusting(opened):
            snapshot = opened.snapshot
            words = SnapshotWords(snapshot)
            return similar(snapshot, words, snapshot.reach(centre_ids), title_id, most)

    def apply(self, changes: Changes, position: int) -> None:
        """See `SearchEngine.apply`."""
        with self._writing():
            opened = self._opening.current_for_writing()
            with self._opening.distrusting(opened), _telling_write_errors():
                if changes.documents or changes.gone:
                    whoosh_files.change(opened.folder, opened.snapshot, changes)
                self._seal(opened, position)

    def settle(self) -> None:
        """See `SearchEngine.settle`."""
        with self._writing():
            opened = self._opening.current_for_writing()
            if len(opened.snapshot.segments) >= MOST_SEGMENTS:
                self._join(opened, whoosh_files.join_small)

    def merge(self) -> None:
        """See `SearchEngine.merge`."""
        with self._writing():
            self._root.sweep()
            opened = self._opening.current_for_writing()
            if len(opened.snapshot.segments) > 1 or not opened.snapshot.live.all():
                self._join(opened, whoosh_files.join_all)

    def rebuild(
        self,
        documents: Iterable[Document],
        position: int,
        progress: Callable[[int], None] = lambda _written: None,
    ) -> None:
        """See `SearchEngine.rebuild`."""
        with self._writing():
            folder = self._root.new_folder()
            try:
                fill_with(self._processes, folder, documents, progress)
                whoosh_files.seal(folder, position, {})
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._root.go_live(folder)
        self._opening.current()

    def position(self) -> int:
        """See `SearchEngine.position`."""
        return self.health().position

    def digests(self) -> Mapping[int, str]:
        """See `SearchEngine.digests`."""
        opened = self._opening.current()
        with self._opening.distrusting(opened):
            return opened.snapshot.digests()

    def withdraw(self, fault: str) -> None:
        """See `SearchEngine.withdraw`."""
        self._root.withdraw(fault)

    def check(self, most_bytes: int | None = None) -> Health:
        """See `SearchEngine.check`."""
        try:
            if self._opening.check(most_bytes):
                self._condemn_if_damaged()
        except IndexUnavailableError as error:
            return self._illness(error.fault)
        return self.health()

    def health(self) -> Health:
        """See `SearchEngine.health`."""
        try:
            opened = self._opening.current()
        except IndexUnavailableError as error:
            return self._illness(error.fault)
        documents = int(np.count_nonzero(opened.snapshot.live))
        return Health(HealthState.READY, documents, opened.manifest.position)

    def _join(self, opened: OpenState, join: Callable[[Path], None]) -> None:
        with self._opening.distrusting(opened), _telling_write_errors():
            join(opened.folder)
            self._seal(opened, opened.manifest.position)

    def _seal(self, opened: OpenState, position: int) -> None:
        sealed = whoosh_files.seal(opened.folder, position, opened.manifest.files)
        self._opening.follow(opened, sealed)

    def _condemn_if_damaged(self) -> None:
        """Look again with writers kept away: what one of them just replaced is no damage."""
        try:
            with self._writing():
                self._opening.current_for_writing()
                wrong = self._opening.check(0)
                if wrong:
                    raise self._opening.condemn(wrong)
        except IndexBusyError:
            log.info("a writer is at it; what seemed damaged is looked at again")
        except IndexWriteError as error:
            raise IndexUnavailableError(str(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _telling_write_errors(), self._root.writing(self._lock_wait):
            yield

    def _illness(self, fault: str) -> Health:
        missing = self._root.live_stamp() is None
        return Health(HealthState.MISSING if missing else HealthState.BROKEN, fault=fault)


@contextmanager
def _telling_write_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexWriteError(f"The index cannot be written: {error}") from error
