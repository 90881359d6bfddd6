"""Decoding whole columns of Whoosh's at once; its own readers hand out one value after another.

A column is a file of its own. The formats are those of `whoosh.columns`: numbers are packed one
after the other and stop at the last that is not the default; byte strings lie one after the other
with their lengths behind them; repeated byte strings are ordinals with the distinct ones behind.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.util.numeric import byte_to_length

from search_index.arrays import Floats, Ints, Numbers

LENGTHS: Floats = np.array([byte_to_length(byte) for byte in range(256)], np.float32)
"""What each of the 256 bytes stands for in a column of lengths; Whoosh rounds them."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A column of few distinct values.

    Attributes:
        ordinals: int32[documents], which of `values` a document has.
        values: the distinct byte strings.
    """

    ordinals: Numbers
    values: tuple[bytes, ...]


def numbers(data: bytes, typecode: str, documents: int) -> npt.NDArray[Any]:
    """Decode a numeric column whose default is 0; `typecode` is that of `struct`."""
    kind = np.dtype(typecode).newbyteorder(">")
    written = np.frombuffer(data, kind, min(documents, len(data) // kind.itemsize))
    whole = np.zeros(documents, np.dtype(typecode))
    whole[: len(written)] = written
    return whole


def lengths(data: bytes, documents: int) -> Floats:
    """Decode a column of field lengths; float32[documents], in words, as Whoosh rounds them."""
    rounded: Floats = LENGTHS[numbers(data, "B", documents)]
    return rounded


class Strings:
    """A column of byte strings, cut out of each other on demand."""

    def __init__(self, data: bytes, documents: int) -> None:
        """Take a column; its bytes are kept as they are."""
        self._data = data
        self._ends = _ends(data, documents)

    def __getitem__(self, number: int) -> bytes:
        """Return the string of a document."""
        first = int(self._ends[number - 1]) if number else 0
        return self._data[first : int(self._ends[number])]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the strings of all documents."""
        ends = self._ends.tolist()
        return (self._data[at:end] for at, end in zip([0, *ends], ends, strict=False))


def repeated(data: bytes, documents: int) -> Repeated:
    """Decode a column of repeated byte strings."""
    kind = np.dtype(data[-1:].decode("ascii")).newbyteorder(">")
    ordinals = np.frombuffer(data, kind, documents).astype(np.int32)
    count, place = _varint(data, documents * kind.itemsize)
    values = []
    for _ in range(count):
        length, place = _varint(data, place)
        values.append(data[place : place + length])
        place += length
    return Repeated(ordinals, tuple(values))


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, lowest first, and the place behind it."""
    number, shift = 0, 0
    while True:
        byte = data[place]
        number |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004  # the highest bit says that another byte follows
            return number, place


def _ends(data: bytes, documents: int) -> Ints:
    """Return where each string of a column ends; int64[documents]."""
    if not documents:
        return np.empty(0, np.int64)
    end = len(data) - 1
    code = data[end:]
    if code == b"X":  # offsets are written too
        code = data[end - 2 : end - 1]
        end -= 2 + struct.calcsize(data[end - 1 : end]) * documents
    kind = np.dtype(code.decode("ascii")).newbyteorder(">")
    begin = end - kind.itemsize * documents
    return np.cumsum(np.frombuffer(data[begin:end], kind), dtype=np.int64)
