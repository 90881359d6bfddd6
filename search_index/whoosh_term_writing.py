"""Writing one segment's terms and posting lists, a list at a time, as Whoosh's reader wants them.

Whoosh writes a list through a dozen small writes and objects; most lists are of a posting or two.
"""

import pickle
import struct
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import md5
from itertools import pairwise, starmap

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC
from whoosh.filedb.filetables import OrderedHashWriter
from whoosh.filedb.structfile import StructFile
from whoosh.util.numeric import length_to_byte
from whoosh.util.numlists import GrowableArray

BLOCK = 1024
"""Postings in a block: larger ones are read faster, and we never skip within a list."""

COMPRESSION = 1
"""zlib's level; more is slower and hardly smaller."""

WORTH_COMPRESSING = 16
"""Postings."""

PICKLED = 2
"""The protocol of the pickles in Whoosh's files."""

_BLOCK_LENGTH = struct.Struct("!i")
_FIELD = struct.Struct("!H")
_INFO = struct.Struct("!BfIBBfIIqi")
_ENTRY = struct.Struct("!ii")
_POINTER = struct.Struct("!Iq")
_EMPTY_SLOT = (0, 0)
_BUCKETS = 0xFF
_HASHED_BYTES = 4


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
        if len(self.docs) == 1 or all(map(int.__le__, self.docs, self.docs[1:])):
            return self
        order = sorted(range(len(self.docs)), key=self.docs.__getitem__)
        return PostingList(
            array("I", (self.docs[each] for each in order)),
            array("f", (self.weights[each] for each in order)),
            [self.values[each] for each in order] if self.values else [],
        )


class TermWriter(OrderedHashWriter):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's file of terms beside that of their postings."""

    def __init__(self, terms: StructFile, postings: StructFile) -> None:
        """Begin both files; `close` ends them."""
        super().__init__(terms)
        self.index = GrowableArray("I")
        self._fields: dict[str, int] = self.extras.setdefault("fieldmap", {})
        self._place: int = terms.tell()
        self._postings = postings
        self._end = 0

    def add_list(
        self, field_name: str, term: bytes, postings: PostingList, lengths: "array[int] | None"
    ) -> None:
        """Write a term with its postings.

        Args:
            field_name: fields come one after the other, terms ascending within each.
            term: in UTF-8.
            postings: in the order of documents, at least one.
            lengths: of the field by document, None if it has none.
        """
        list_lengths = [lengths[each] for each in postings.docs] if lengths else None
        written = _encoded(postings, list_lengths)
        self._postings.write(written)
        info = _INFO.pack(
            0,
            sum(postings.weights),
            len(postings.docs),
            *_bounds(list_lengths),
            max(postings.weights),
            postings.docs[0],
            postings.docs[-1],
            self._end,
            len(written),
        )
        self._end += len(written)
        number = self._fields.setdefault(field_name, len(self._fields))
        self._add_entry(_FIELD.pack(number) + term, info)

    def close(self) -> None:
        """End both files."""
        super().close()
        self._postings.close()

    def _add_entry(self, key: bytes, info: bytes) -> None:
        """Do what `OrderedHashWriter.add` does, in one write."""
        entry = _ENTRY.pack(len(key), len(info)) + key + info
        self.dbfile.write(entry)
        digest = md5(key, usedforsecurity=False).digest()
        hashed = int.from_bytes(digest[-_HASHED_BYTES:], "big")
        self.buckets[hashed & _BUCKETS].append((hashed, self._place))
        self.index.append(self._place)
        self._place += len(entry)

    def _write_hashes(self) -> None:
        for entries in self.buckets:
            slots = [_EMPTY_SLOT] * (2 * len(entries))
            self.directory.append((self._place, len(slots)))
            for hashed, place in entries:
                slot = (hashed >> 8) % len(slots)
                while slots[slot] is not _EMPTY_SLOT:
                    slot = (slot + 1) % len(slots)
                slots[slot] = (hashed, place)
            self.dbfile.write(b"".join(starmap(_POINTER.pack, slots)))
            self._place += len(slots) * _POINTER.size


def _encoded(postings: PostingList, lengths: list[int] | None) -> bytes:
    """Return a posting list as `W3LeafMatcher` reads it."""
    return b"".join((WHOOSH3_HEADER_MAGIC, *_blocks(postings, lengths)))


def _blocks(postings: PostingList, lengths: list[int] | None) -> Iterator[bytes]:
    for first in range(0, len(postings.docs), BLOCK):
        part = slice(first, first + BLOCK)
        docs, weights = postings.docs[part], postings.weights[part]
        compression = COMPRESSION if len(docs) >= WORTH_COMPRESSING else 0
        data = pickle.dumps(
            (
                (docs[0], *(after - before for before, after in pairwise(docs))),
                _fewest(weights),
                tuple(postings.values[part]) if postings.values else None,
            ),
            PICKLED,
        )
        shortest, longest = _bounds(lengths[part] if lengths else None)
        head = pickle.dumps(
            (len(docs), docs[-1], max(weights), compression, shortest, longest), PICKLED
        )
        if compression:
            data = zlib.compress(data, compression)
        length = len(head) + len(data)
        is_last = first + BLOCK >= len(postings.docs)
        yield _BLOCK_LENGTH.pack(-length if is_last else length) + head + data


def _fewest(weights: "array[float]") -> tuple[float, ...] | float | None:
    """Return one weight for all where they are alike, None if it is 1."""
    first = weights[0]
    if weights.count(first) < len(weights):
        return tuple(weights)
    return None if first == 1.0 else first


def _bounds(lengths: list[int] | None) -> tuple[int, int]:
    """Return the shortest and the longest length as bytes."""
    if not lengths:
        return 0, 0
    return length_to_byte(min(lengths)), length_to_byte(max(lengths))
