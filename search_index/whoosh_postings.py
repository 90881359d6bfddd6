"""Decoding Whoosh's posting lists a block at a time; its own matcher hands out one by one.

A list is a tag, then blocks: a length (negative for the last one), a pickled head and a pickled,
perhaps compressed body of document numbers (as differences), weights and values. The values of
our fields are the positions of a word, packed by `packed_positions`.
"""

import pickle
import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC

from search_index.arrays import Floats, Ints, Numbers
from search_index.postings import LAST_POSITION, PLACE_BITS, Postings

_LENGTH = struct.Struct("!i")
_POSITION = np.dtype(">u4")
NO_POSITION = 0xFFFFFFFF
"""Stands for none: Whoosh loses count of postings without a value."""


NO_POSITIONS = struct.pack(">I", NO_POSITION)
"""The value of a posting of a term that itself stands nowhere: a stem, a part of a word."""


class _Block(NamedTuple):
    differences: tuple[int, ...]
    weights: tuple[float, ...] | float | None
    values: tuple[bytes, ...] | None


def decode_postings(data: bytes) -> Postings:
    """Decode a whole posting list as Whoosh wrote it."""
    docs, weights = [], []
    for block in _blocks(data):
        docs.append(_documents(block))
        weights.append(_weights(block))
    return Postings(np.concatenate(docs), np.concatenate(weights))


class WholeList(NamedTuple):
    """A posting list with all that is written of it.

    Attributes:
        docs: int32[n], document numbers, ascending.
        weights: float32[n].
        values: bytes[n], or empty in a field without values.
    """

    docs: Numbers
    weights: Floats
    values: tuple[bytes, ...]


def decode_whole(data: bytes) -> WholeList:
    """Decode a whole posting list with the values as they are written, for writing it again."""
    blocks = list(_blocks(data))
    return WholeList(
        np.concatenate([_documents(block) for block in blocks]),
        np.concatenate([_weights(block) for block in blocks]),
        tuple(value for block in blocks for value in block.values or ()),
    )


def decode_places(data: bytes) -> Ints:
    """Decode where a term stands: int64[occurrences], ascending; see `PLACE_BITS`."""
    places = [_places(block) for block in _blocks(data)]
    return np.concatenate(places)


@lru_cache(maxsize=1 << 16)
def packed_positions(positions: tuple[int, ...]) -> bytes:
    """Return the value of a posting: ascending positions; those past the last are left out."""
    fitting = [each for each in positions if each <= LAST_POSITION] or [NO_POSITION]
    return struct.pack(f">{len(fitting)}I", *fitting)


def unpacked_positions(value: bytes) -> list[int]:
    """Return the positions in the value of a posting."""
    return [each for (each,) in struct.iter_unpack(">I", value) if each != NO_POSITION]


def _blocks(data: bytes) -> Iterator[_Block]:
    if not data.startswith(WHOOSH3_HEADER_MAGIC):
        raise ValueError("This is no posting list.")
    file = BytesIO(data)
    start = len(WHOOSH3_HEADER_MAGIC)
    length = 1
    while length > 0:
        (length,) = _LENGTH.unpack_from(data, start)
        file.seek(start + _LENGTH.size)
        # These pickles are in a file whose checksum was compared with the manifest's.
        compression = pickle.load(file)[3]  # noqa: S301
        end = start + _LENGTH.size + abs(length)
        body = data[file.tell() : end]
        yield _Block(*pickle.loads(zlib.decompress(body) if compression else body))  # noqa: S301
        start = end


def _documents(block: _Block) -> Numbers:
    return np.cumsum(np.array(block.differences, np.int32), dtype=np.int32)


def _weights(block: _Block) -> Floats:
    if isinstance(block.weights, tuple):
        return np.array(block.weights, np.float32)
    weight = 1.0 if block.weights is None else block.weights
    return np.full(len(block.differences), weight, np.float32)


def _places(block: _Block) -> Ints:
    values = block.values or ()
    positions = np.frombuffer(b"".join(values), _POSITION).astype(np.int64)
    each = np.fromiter(map(len, values), np.int64, len(values)) // _POSITION.itemsize
    documents = np.repeat(_documents(block).astype(np.int64), each)
    known = positions != NO_POSITION
    places: Ints = (documents[known] << PLACE_BITS) | positions[known]
    return places
