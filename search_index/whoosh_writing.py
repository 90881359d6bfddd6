"""Writing segments of a Whoosh index quickly: its own files, made a whole posting list at a time.

Whoosh's writer sorts single postings, one object each, and hands them on one by one. Here they are
gathered by term in arrays and written by Whoosh's own block writer. What lies in the files is what
Whoosh would have written, and a segment says of itself that Whoosh's own codec reads it.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from whoosh.codec.whoosh3 import (
    W3Codec,
    W3FieldWriter,
    W3PerDocReader,
    W3PostingsWriter,
    W3Segment,
)
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

BLOCK = 1024
"""Postings in a block: larger ones are read faster, and we never skip within a list."""

COMPRESSION = 1
"""zlib's level; more is slower and hardly smaller."""

WORTH_COMPRESSING = 16
"""Postings."""

WRITER_WAIT = 5.0
"""Seconds; `IndexRoot.writing` keeps others away, so this only outlasts a dying process."""

Posting = tuple[str, bytes, int, float, bytes]
"""Field, term, document number within the segment, weight and value."""


def segment_writer(index: FileIndex) -> SegmentWriter:
    """Return a writer of one new segment; enter it with `with`.

    Raises:
        whoosh.index.LockError: another one writes.
    """
    codec = BulkCodec(blocklimit=BLOCK, compression=COMPRESSION)
    writer = index.writer(timeout=WRITER_WAIT, codec=codec, compound=False)
    writer.pool = PostingTable()
    return writer


@dataclass(slots=True)
class PostingList:
    """One term's postings, in the order they came.

    Attributes:
        docs: document numbers.
        weights: of the term in each.
        values: of each posting; stay empty in a field without values.
    """

    docs: "array[int]" = field(default_factory=lambda: array("I"))
    weights: "array[float]" = field(default_factory=lambda: array("f"))
    values: list[bytes] = field(default_factory=list)

    def in_order(self) -> "PostingList":
        """Return the same by document; merged segments come one after the other, so they are."""
        if all(map(int.__le__, self.docs, self.docs[1:])):
            return self
        order = sorted(range(len(self.docs)), key=self.docs.__getitem__)
        return PostingList(
            array("I", (self.docs[each] for each in order)),
            array("f", (self.weights[each] for each in order)),
            [self.values[each] for each in order] if self.values else [],
        )


class PostingTable:
    """Gathers postings by term; stands in for Whoosh's pool, which sorts them on the disk."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lists: dict[tuple[str, bytes], PostingList] = {}

    def add(self, posting: Posting) -> None:
        """Add one posting."""
        field_name, term, document, weight, value = posting
        found = self._lists.get((field_name, term))
        if found is None:
            found = self._lists[field_name, term] = PostingList()
        found.docs.append(document)
        found.weights.append(weight)
        if value:
            found.values.append(value)

    def iter_postings(self) -> "PostingTable":
        """Return what `BulkFieldWriter.add_postings` takes."""
        return self

    def drain(self) -> Iterator[tuple[str, bytes, PostingList]]:
        """Yield the lists by field and term, bytewise, and let go of them."""
        lists, self._lists = self._lists, {}
        for key in sorted(lists):
            yield *key, lists.pop(key).in_order()

    def cleanup(self) -> None:
        """Forget everything."""
        self._lists = {}


class BulkPostingsWriter(W3PostingsWriter):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's writer of posting lists, given blocks instead of single postings."""

    def add_list(self, postings: PostingList, lengths: "array[int] | None") -> None:
        """Write a list up to its last block, which `finish_postings` writes.

        Args:
            postings: in the order of documents, at least one.
            lengths: of the field by document; None if it has none.
        """
        last = (len(postings.docs) - 1) // BLOCK
        for number in range(last + 1):
            part = slice(number * BLOCK, (number + 1) * BLOCK)
            self._ids = postings.docs[part]
            self._weights = postings.weights[part]
            self._values = postings.values[part]
            self._maxweight = max(self._weights)
            if lengths:
                known = list(map(lengths.__getitem__, self._ids))
                self._minlength, self._maxlength = min(known), max(known)
            self._compression = COMPRESSION if len(self._ids) >= WORTH_COMPRESSING else 0
            if number < last:
                self._write_block()


class BulkFieldWriter(W3FieldWriter):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's writer of fields, given whole posting lists."""

    def add_postings(self, schema: Schema, lengths: W3PerDocReader, items: PostingTable) -> None:
        """Write all postings gathered."""
        present = ""
        known: array[int] | None = None
        for name, term, postings in items.drain():
            if name != present:
                if present:
                    self.finish_field()
                present = name
                self.start_field(name, schema[name])
                known = _lengths(lengths, name) if schema[name].scorable else None
            self.start_term(term)
            self._postwriter.add_list(postings, known)
            self.finish_term()
        if present:
            self.finish_field()


class BulkCodec(W3Codec):  # type: ignore[misc]  # Whoosh ships no types
    """Writes what `W3Codec` reads."""

    def field_writer(self, storage: FileStorage, segment: W3Segment) -> BulkFieldWriter:
        """Return our writer of fields."""
        return BulkFieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: object, byteids: bool = False) -> BulkPostingsWriter:  # noqa: FBT001, FBT002  # Whoosh's signature
        """Return our writer of posting lists."""
        return BulkPostingsWriter(
            dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit
        )

    def new_segment(self, storage: FileStorage, indexname: str) -> W3Segment:  # noqa: ARG002  # Whoosh's signature
        """Return a segment that names Whoosh's own codec."""
        return W3Segment(W3Codec(), indexname)


def _lengths(reader: W3PerDocReader, name: str) -> "array[int]":
    length = reader.doc_field_length
    return array("I", (length(number, name) or 0 for number in range(reader.doc_count_all())))
