"""Writing segments of a Whoosh index quickly: its own files, made a whole posting list at a time.

Whoosh's writer sorts single postings, one object each, and hands them on one by one. Here they are
gathered by term in arrays (`whoosh_term_writing` encodes them). What lies in the files is what
Whoosh would have written, and a segment says of itself that Whoosh's own codec reads it.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import compress
from pathlib import Path

import numpy as np
from whoosh.codec.whoosh3 import (
    LENGTHS_COLUMN,
    W3Codec,
    W3PerDocReader,
    W3Segment,
)
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.util.numeric import byte_to_length
from whoosh.writing import SegmentWriter

from search_index.arrays import Numbers
from search_index.whoosh_postings import WholeList, decode_whole
from search_index.whoosh_rows import Bag, Row
from search_index.whoosh_term_writing import PostingList, TermWriter
from search_index.whoosh_terms import TermFile

WRITER_WAIT = 5.0
"""Seconds; `IndexRoot.writing` keeps others away, so this only outlasts a dying process."""

GONE = -1
"""New number of a document that is deleted."""


class Folder(FileStorage):  # type: ignore[misc]  # Whoosh ships no types
    """A folder of an index; what is written on the way to its files stays in memory."""

    def temp_storage(self, name: str | None = None) -> RamStorage:  # noqa: ARG002  # Whoosh's signature
        """Return a place for files that nobody keeps."""
        return RamStorage()


class PostingTable:
    """Gathers postings by term; stands in for Whoosh's pool, which sorts them on the disk."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._fields: dict[str, dict[str, PostingList]] = {}

    def add_list(self, name: str, term: str, postings: WholeList) -> None:
        """Add a term's postings of a segment; its documents have their new numbers already."""
        found = self._found(name, term)
        found.docs.frombytes(postings.docs.astype(np.uint32).tobytes())
        found.weights.frombytes(postings.weights.tobytes())
        found.values.extend(postings.values)

    def add_bag(self, name: str, document: int, bag: Bag) -> int:
        """Add a document's words; return how long they are together."""
        lists = self._fields.setdefault(name, {})
        length = 0
        for term, (weight, value) in bag.items():
            found = lists.get(term)
            if found is None:
                found = lists[term] = PostingList()
            found.docs.append(document)
            found.weights.append(weight)
            found.values.append(value)
            length += round(weight) or 1
        return length

    def add_keys(self, name: str, document: int, keys: Iterable[str]) -> None:
        """Add a document's keys, which have neither weights nor values."""
        for key in keys:
            found = self._found(name, key)
            found.docs.append(document)
            found.weights.append(1.0)

    def iter_postings(self) -> "PostingTable":
        """Return what `BulkFieldWriter.add_postings` takes."""
        return self

    def drain(self) -> Iterator[tuple[str, dict[str, PostingList]]]:
        """Yield the lists by field, in the order of their names, and let go of them."""
        lists, self._fields = self._fields, {}
        for name in sorted(lists):
            yield name, lists.pop(name)

    def cleanup(self) -> None:
        """Forget everything."""
        self._fields = {}

    def _found(self, name: str, term: str) -> PostingList:
        lists = self._fields.setdefault(name, {})
        found = lists.get(term)
        if found is None:
            found = lists[term] = PostingList()
        return found


class BulkWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's writer of one new segment, given rows; enter it with `with`.

    Raises:
        whoosh.index.LockError: another one writes.
    """

    def __init__(self, index: FileIndex) -> None:
        """Begin a segment of an index."""
        super().__init__(index, timeout=WRITER_WAIT, codec=BulkCodec(), compound=False)
        self.pool = PostingTable()

    def add_postings_to_pool(
        self, reader: SegmentReader, startdoc: int, docmap: Mapping[int, int] | None
    ) -> None:
        """Take over the postings of a segment that is merged, a list at a time.

        Args:
            reader: of the segment, whose documents are written already.
            startdoc: new number of its first document, where none is deleted.
            docmap: new numbers of its living documents, where some are deleted.
        """
        segment = reader.segment()
        numbers = np.full(segment.doc_count_all(), GONE, np.int32)
        if docmap is None:
            numbers = np.arange(startdoc, startdoc + len(numbers), dtype=np.int32)
        elif docmap:
            numbers[list(docmap)] = list(docmap.values())
        folder = Path(self.storage.folder)
        for name, term, postings in lists_of(folder, segment):
            living = _renumbered(postings, numbers)
            if len(living.docs):
                self.pool.add_list(name, term, living)

    def add_row(self, row: Row) -> None:
        """Add a document; an error spoils the whole segment."""
        writer, number = self.perdocwriter, self.docnum
        writer.start_doc(number)
        for name, bag in row.bags.items():
            length = self.pool.add_bag(name, number, bag)
            writer.add_field(name, None, None, length)
        for name, keys in row.keys.items():
            self.pool.add_keys(name, number, keys)
        for name, value in row.columns.items():
            writer.add_column_value(name, self.schema[name].column_type, value)
        writer.finish_doc()
        self._added = True
        self.docnum += 1


class BulkFieldWriter:
    """Stands in for Whoosh's writer of fields: writes all posting lists at once."""

    def __init__(self, storage: FileStorage, segment: W3Segment) -> None:
        """Begin the files of a segment."""
        self._terms = TermWriter(
            segment.create_file(storage, W3Codec.TERMS_EXT),
            segment.create_file(storage, W3Codec.POSTS_EXT),
        )
        self.is_closed = False

    def add_postings(self, schema: Schema, lengths: W3PerDocReader, items: PostingTable) -> None:
        """Write all postings gathered."""
        for name, lists in items.drain():
            known = _lengths(lengths, name) if schema[name].scorable else None
            for term in sorted(lists):  # the order of code points is that of UTF-8
                self._terms.add_list(name, term.encode(), lists.pop(term).in_order(), known)

    def close(self) -> None:
        """End the files."""
        self._terms.close()
        self.is_closed = True


def lists_of(folder: Path, segment: W3Segment) -> Iterator[tuple[str, str, WholeList]]:
    """Yield field, term and postings of everything in a segment, deleted documents included."""
    with closing(TermFile(folder / segment.make_filename(W3Codec.TERMS_EXT))) as terms:
        data = (folder / segment.make_filename(W3Codec.POSTS_EXT)).read_bytes()
        for name, term, extent in terms.lists():
            yield name, term, decode_whole(data[extent.offset : extent.offset + extent.length])


def _renumbered(postings: WholeList, numbers: Numbers) -> WholeList:
    """Return the postings of documents that live, under their new numbers."""
    docs = numbers[postings.docs]
    lives = docs != GONE
    if lives.all():
        return postings._replace(docs=docs)
    values = tuple(compress(postings.values, lives)) if postings.values else ()
    return WholeList(docs[lives], postings.weights[lives], values)


class BulkCodec(W3Codec):  # type: ignore[misc]  # Whoosh ships no types
    """Writes what `W3Codec` reads."""

    def field_writer(self, storage: FileStorage, segment: W3Segment) -> BulkFieldWriter:
        """Return our writer of fields."""
        return BulkFieldWriter(storage, segment)

    def new_segment(self, storage: FileStorage, indexname: str) -> W3Segment:  # noqa: ARG002  # Whoosh's signature
        """Return a segment that names Whoosh's own codec."""
        return W3Segment(W3Codec(), indexname)


def _lengths(reader: W3PerDocReader, name: str) -> "array[int]":
    """Return the field's length in each document, as Whoosh rounds it."""
    written = f"_{name}_len"
    if not reader.has_column(written):
        return array("I", bytes(4 * reader.doc_count_all()))
    column = reader.column_reader(written, LENGTHS_COLUMN)
    return array("I", (byte_to_length(column[each]) for each in range(reader.doc_count_all())))
