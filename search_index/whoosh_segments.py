"""Reading one segment of a Whoosh index: its columns once, its posting lists on demand.

Segments never change once written, so what was read stays true; only the set of deleted documents
grows, and `snapshot` keeps that. Whoosh's readers seek and read on shared files: every call that
touches a file stands under the lock its caller hands in.
"""

import threading
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.columns import ColumnReader
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.reading import SegmentReader, TermNotFound

from search_index.columns import ColumnPart, Ints
from search_index.engine import Facet
from search_index.whoosh_schema import (
    ADDED_ON,
    CALLED,
    CENTRE,
    DIGEST,
    NAME,
    SCHEMA,
    SEPARATOR,
    SORT_NAME,
    TEXT,
    TITLE_ID,
)

Floats = npt.NDArray[np.float32]

POSTINGS_KEPT = 4_000_000
"""Entries of posting lists kept per segment; an entry takes 12 bytes."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of one term in one segment.

    Attributes:
        docs: int64[n], document numbers within the segment, ascending.
        weights: float32[n], the term's weight in each.
        document_frequency: documents with the term, deleted ones included.
    """

    docs: Ints
    weights: Floats
    document_frequency: int


NO_POSTINGS = Postings(np.empty(0, np.int64), np.empty(0, np.float32), 0)


class SegmentFiles(FileStorage):  # type: ignore[misc]  # Whoosh ships no types
    """The files of a segment; closes them also where Whoosh fails half-way in opening them."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; never map its files: a map of one cut short kills the process."""
        super().__init__(str(folder), supports_mmap=False)
        self._opened: list[StructFile] = []

    def open_file(self, name: str, **options: object) -> StructFile:
        """Open a file, to be closed by `close_opened`."""
        self._opened.append(super().open_file(name, **options))
        return self._opened[-1]

    def close_opened(self) -> None:
        """Close what is still open."""
        for file in self._opened:
            if not file.is_closed:
                file.close()


class Segment:
    """One open segment."""

    def __init__(self, folder: Path, segment: W3Segment, lock: threading.RLock) -> None:
        """Open the segment and read its columns; `lock` is held whenever its files are read."""
        self._lock = lock
        files = SegmentFiles(folder)
        weakref.finalize(self, files.close_opened)
        self._reader = SegmentReader(files, SCHEMA, segment)
        self._kept: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._kept_entries = 0
        self.id: str = segment.segment_id()
        self.size: int = self._reader.doc_count_all()
        self.title_ids: Ints = np.array(self._column(TITLE_ID), np.int64)
        self.added_on: Ints = np.array(self._column(ADDED_ON), np.int64)
        self.sort_names: list[bytes] = self._column(SORT_NAME)
        self.centres = self._values(CENTRE)
        self.facets = {facet: self._values(facet.value) for facet in Facet}
        self.lengths = {name: self._field_lengths(name) for name in (NAME, TEXT)}
        self.total_lengths = {name: int(self._reader.field_length(name)) for name in (NAME, TEXT)}

    @cached_property
    def digests(self) -> list[str]:
        """Digest of each document, read on first use."""
        with self._lock:
            return [value.decode() for value in self._column(DIGEST)]

    def called(self, number: int) -> tuple[str, ...]:
        """Return a document's name, series and keywords as they are written."""
        with self._lock:
            value: bytes = self._called[number]
        return tuple(value.decode().split(SEPARATOR))

    def all_called(self) -> list[tuple[str, ...]]:
        """Return the same of every document; for making something of it, not for keeping."""
        with self._lock:
            values = self._column(CALLED)
        return [tuple(value.decode().split(SEPARATOR)) for value in values]

    def postings(self, field: str, term: str) -> Postings:
        """Return a term's documents; a term that does not occur has none."""
        key = (field, term)
        known = self._kept.get(key)
        if known is not None:
            return known
        with self._lock:
            found = self._read_postings(field, term)
            self._keep(key, found)
        return found

    def terms_from(self, field: str, prefix: str, most: int) -> list[str]:
        """Return the first `most` terms with a prefix, in byte order."""
        with self._lock:
            terms = islice(self._reader.expand_prefix(field, prefix), most)
            return [term.decode() for term in terms]

    @cached_property
    def _called(self) -> ColumnReader:
        return self._reader.column_reader(CALLED, translate=False)

    def _read_postings(self, field: str, term: str) -> Postings:
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return NO_POSTINGS
        docs: list[int] = []
        weights: list[float] = []
        while matcher.is_active():
            docs.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        frequency = int(self._reader.doc_frequency(field, term))
        return Postings(np.array(docs, np.int64), np.array(weights, np.float32), frequency)

    def _keep(self, key: tuple[str, str], postings: Postings) -> None:
        self._kept[key] = postings
        self._kept_entries += 1 + len(postings.docs)
        while self._kept_entries > POSTINGS_KEPT:
            _, oldest = self._kept.popitem(last=False)
            self._kept_entries -= 1 + len(oldest.docs)

    def _column(self, name: str) -> list[Any]:
        return list(self._reader.column_reader(name, translate=False))

    def _values(self, name: str) -> ColumnPart:
        seen: dict[bytes, int] = {}
        ordinals = [seen.setdefault(value, len(seen)) for value in self._column(name)]
        sets = tuple(tuple(values.decode().split(SEPARATOR)) if values else () for values in seen)
        return ColumnPart(np.array(ordinals, np.int64), sets)

    def _field_lengths(self, name: str) -> Floats:
        length = self._reader.doc_field_length
        return np.array([length(number, name) for number in range(self.size)], np.float32)
