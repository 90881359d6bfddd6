"""Reading the commonest terms behind the first answers, so that later ones need no file."""

import threading
import time

from search_index import compounds
from search_index.fields import SCORED
from search_index.snapshot import Snapshot
from search_index.whoosh_segments import Segment

TERMS_WARMED = 1000
"""Terms of each segment read ahead, those in most documents."""

WORTH_WARMING = 1000
"""Documents; a smaller segment is quick enough as it is."""

PAUSES = 2.0
"""Pauses are so many times as long as the work between them: readers go first."""


class Warming:
    """Reads ahead in a thread of its own, which ends by itself and never outlives the process."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._lock = threading.Lock()
        self._warmed: frozenset[str] = frozenset()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def warm(self, snapshot: Snapshot) -> None:
        """See to it that a state's segments are warmed some time; returns at once."""
        cold = [each for each in snapshot.segments if each.size >= WORTH_WARMING]
        if self._warmed.issuperset(each.id for each in cold):
            return
        with self._lock:
            if self._thread and self._thread.is_alive():
                return
            self._thread = threading.Thread(
                target=self._run, args=(cold,), name="search-warming", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the thread, if there is one, and wait for it; nothing is warmed any more."""
        self._stopping.set()
        with self._lock:
            if self._thread:
                self._thread.join()

    def is_done(self, snapshot: Snapshot) -> bool:
        """Tell whether all of a state that is worth it was read."""
        worth = (each.id for each in snapshot.segments if each.size >= WORTH_WARMING)
        return self._warmed.issuperset(worth)

    def _run(self, segments: list[Segment]) -> None:
        for segment in segments:
            if segment.id not in self._warmed:
                self._read(segment)
        if not self._stopping.is_set():
            compounds.load()
            self._warmed = frozenset(each.id for each in segments)

    def _read(self, segment: Segment) -> None:
        words = segment.words
        for term in sorted(words, key=lambda term: -words[term])[:TERMS_WARMED]:
            begun = time.thread_time()
            for field in SCORED:
                segment.postings(field, term)
            if self._stopping.wait(PAUSES * (time.thread_time() - begun)):
                return
        _ = segment.neighbours, segment.sort_names, segment.named
