"""Reading one segment of a Whoosh index: its columns once, its posting lists on demand.

Segments never change once written, so what was read stays true; only the set of deleted documents
grows, and `snapshot` keeps that. Whoosh's file of terms is sought and read under a lock, the file
of postings at given places, which needs none. No file is ever mapped: a map of one cut short
kills the process.
"""

import os
import weakref
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from whoosh.codec.whoosh3 import W3Codec, W3Segment

from search_index import whoosh_columns as columns
from search_index.arrays import Floats, Ints, Numbers
from search_index.columns import ColumnPart
from search_index.engine import Facet
from search_index.fields import SCORED
from search_index.kept import Kept
from search_index.postings import NO_PLACES, NO_POSTINGS, Postings
from search_index.suggestions import NamedPart
from search_index.typos import Neighbours
from search_index.whoosh_postings import decode_places, decode_postings
from search_index.whoosh_schema import (
    ADDED_ON,
    CALLED,
    CENTRE,
    DIGEST,
    LENT,
    SEPARATOR,
    SORT_NAME,
    TITLE_ID,
)
from search_index.whoosh_terms import TermFile


@dataclass(frozen=True, slots=True)
class Memory:
    """What an engine keeps of decoded lists, of all its segments together.

    Attributes:
        postings: by segment, field and term.
        places: likewise.
    """

    postings: Kept[Postings]
    places: Kept[Ints]


def memory_of(most_bytes: int) -> Memory:
    """Divide a number of bytes; phrases are asked for less often than words."""
    return Memory(Kept(most_bytes - most_bytes // 3), Kept(most_bytes // 3))


class Segment:
    """One open segment.

    Attributes:
        id: Whoosh's name of it, unique for all time.
        size: documents, deleted ones included.
        title_ids: int64[size].
        added_on: int32[size], ordinals of days.
        lent: int32[size], loans of the last year.
        centres: the centres in whose catalogue a document shows.
        facets: the values to filter by and to count.
        lengths: float32[size] by scored field, in weighted words.
        total_lengths: sum of the exact lengths by scored field.
    """

    def __init__(self, folder: Path, segment: W3Segment, memory: Memory) -> None:
        """Open the segment and read its columns."""
        self._folder = folder
        self._memory = memory
        self.id: str = segment.segment_id()
        self.size: int = segment.doc_count_all()
        self._terms = TermFile(folder / segment.make_filename(W3Codec.TERMS_EXT))
        weakref.finalize(self, self._terms.close)
        self._postings = self._opened(W3Codec.POSTS_EXT)
        self._sort_names = self._opened(f".{SORT_NAME}{W3Codec.COLUMN_EXT}")
        self._called = self._opened(f".{CALLED}{W3Codec.COLUMN_EXT}")
        self._digests = self._opened(f".{DIGEST}{W3Codec.COLUMN_EXT}")
        self.title_ids: Ints = columns.numbers(self._column(TITLE_ID), "q", self.size)
        self.added_on: Numbers = columns.numbers(self._column(ADDED_ON), "i", self.size)
        self.lent: Numbers = columns.numbers(self._column(LENT), "i", self.size)
        self.centres = self._values(CENTRE)
        self.facets = {facet: self._values(facet.value) for facet in Facet}
        reader = segment.codec().per_document_reader(None, segment)
        self.total_lengths = {name: int(reader.field_length(name)) for name in SCORED}
        self.lengths: dict[str, Floats] = {name: self._field_lengths(name) for name in SCORED}

    @cached_property
    def sort_names(self) -> list[bytes]:
        """Sort name of each document, read on first use."""
        return list(columns.Strings(_whole(self._sort_names), self.size))

    @cached_property
    def called(self) -> columns.Strings:
        """Name, series, then keywords of each document, joined by `SEPARATOR`."""
        return columns.Strings(_whole(self._called), self.size)

    @cached_property
    def named(self) -> NamedPart:
        """What the documents are called, by beginnings of words; made on first use."""
        called = [text.decode().split(SEPARATOR, 2) for text in self.called]
        return NamedPart([name for name, *_ in called], [series for _, series, *_ in called])

    @cached_property
    def neighbours(self) -> Neighbours:
        """What lies one slip beside each word; made on first use."""
        return Neighbours(list(self.words), list(self.words.values()))

    @cached_property
    def digests(self) -> list[bytes]:
        """Digest of each document, read on first use."""
        return list(columns.Strings(_whole(self._digests), self.size))

    @cached_property
    def words(self) -> dict[str, int]:
        """Every term of the scored fields and in how many documents, read on first use.

        A term in several fields counts once for each; deleted documents count.
        """
        found: dict[str, int] = {}
        for field in SCORED:
            for term, documents in self._terms.beginning_with(field, ""):
                found[term] = found.get(term, 0) + documents
        return found

    def postings(self, field: str, term: str) -> Postings:
        """Return a term's documents, numbered within the segment; none if it does not occur."""
        key = (self.id, field, term)
        known = self._memory.postings.get(key)
        if known is None:
            data = self._list_of(field, term)
            known = decode_postings(data) if data else NO_POSTINGS
            self._memory.postings.keep(key, known, known.bytes)
        return known

    def places(self, field: str, term: str) -> Ints:
        """Return where a term stands in the field's texts, numbered within the segment."""
        key = (self.id, field, term)
        known = self._memory.places.get(key)
        if known is None:
            data = self._list_of(field, term)
            known = decode_places(data) if data else NO_PLACES
            self._memory.places.keep(key, known, known.nbytes)
        return known

    def terms_beginning(self, prefix: str) -> dict[str, int]:
        """Return the terms of the scored fields with a beginning; counted like `words`."""
        found: dict[str, int] = {}
        for field in SCORED:
            for term, documents in self._terms.beginning_with(field, prefix):
                found[term] = found.get(term, 0) + documents
        return found

    def _list_of(self, field: str, term: str) -> bytes:
        extent = self._terms.find(field, term)
        return os.pread(self._postings, extent.length, extent.offset) if extent else b""

    def _opened(self, ending: str) -> int:
        """Open a file of the segment to be read later, even after a merge has removed it."""
        descriptor = os.open(self._folder / f"{self.id}{ending}", os.O_RDONLY)
        weakref.finalize(self, os.close, descriptor)
        return descriptor

    def _column(self, name: str) -> bytes:
        return (self._folder / f"{self.id}.{name}{W3Codec.COLUMN_EXT}").read_bytes()

    def _field_lengths(self, name: str) -> Floats:
        is_written = self.total_lengths[name] > 0
        data = self._column(f"_{name}_len") if is_written else b""
        return columns.lengths(data, self.size)

    def _values(self, name: str) -> ColumnPart:
        column = columns.repeated(self._column(name), self.size)
        sets = tuple(
            tuple(values.decode().split(SEPARATOR)) if values else () for values in column.values
        )
        return ColumnPart(column.ordinals, sets)


def _whole(descriptor: int) -> bytes:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0)
