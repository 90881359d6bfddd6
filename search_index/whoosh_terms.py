"""Finding terms of a segment: Whoosh's ordered hash file of terms, read alone or in a stretch.

An entry is a key (number of the field, then the term) and what `W3TermInfo` packs: how many
documents, and where in the file of postings.
"""

import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from whoosh.filedb.filetables import OrderedHashReader
from whoosh.filedb.structfile import StructFile

_FIELD = struct.Struct("!H")
_ENTRY = struct.Struct("!ii")
_INFO = struct.Struct("!BfIBBfIIqi")
"""Inlined, weight, documents, shortest, longest, heaviest, first, last; then place and length."""

AFTER_ALL = b"\xff"
"""Follows every character in UTF-8, so it ends the terms that begin alike."""


class Extent(NamedTuple):
    """Where a term's postings lie in the file of postings; all numbers in bytes."""

    offset: int
    length: int


class TermFile:
    """The terms of one segment, for any number of threads."""

    def __init__(self, path: Path) -> None:
        """Open the file; it stays open until `close`."""
        self._lock = threading.Lock()
        self._file = StructFile(path.open("rb"), name=path.name)
        try:
            self._table = OrderedHashReader(self._file, path.stat().st_size)
            self._fields: dict[str, int] = self._table.extras["fieldmap"]
        except BaseException:
            self.close()
            raise

    def find(self, field: str, term: str) -> Extent | None:
        """Return where a term's postings lie, or None if it does not occur."""
        key = self._key(field, term)
        with self._lock:
            info = self._table.get(key)
        if info is None:
            return None
        *_, offset, length = _INFO.unpack(info)
        return Extent(offset, length)

    def beginning_with(self, field: str, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield terms in byte order, each with its documents, deleted ones included."""
        for term, info in _entries(self._stretch(self._key(field, prefix))):
            yield term, info[2]

    def lists(self) -> Iterator[tuple[str, str, Extent]]:
        """Yield field, term and where its postings lie, of every term."""
        for field in self._fields:
            for term, info in _entries(self._stretch(self._key(field, ""))):
                yield field, term, Extent(*info[-2:])

    def close(self) -> None:
        """Close the file, once or again."""
        if not self._file.is_closed:
            self._file.close()

    def _stretch(self, key: bytes) -> bytes:
        """Return the entries whose keys begin so."""
        with self._lock:
            first = self._table.closest_key_pos(key)
            if first is None:
                return b""
            last = self._table.closest_key_pos(key + AFTER_ALL)
            end = self._table.endofdata if last is None else last
            return bytes(self._file.get(first, end - first))

    def _key(self, field: str, term: str) -> bytes:
        number = self._fields.get(field, 0xFFFF)
        return _FIELD.pack(number) + term.encode("utf-8", "replace")


def _entries(data: bytes) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the terms of a stretch, each with what its entry says, as `_INFO` packs it."""
    place = 0
    while place < len(data):
        key_length, info_length = _ENTRY.unpack_from(data, place)
        term = place + _ENTRY.size
        info = term + key_length
        yield data[term + _FIELD.size : info].decode(), _INFO.unpack_from(data, info)
        place = info + info_length
