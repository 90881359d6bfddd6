"""Cuts a stream into pieces that end with a mark, each of bounded size."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO

CHUNK = 1 << 16
"""Bytes read at a time."""

LONGEST_MARK = 256
"""Bytes a mark may have; a mark is found also where it lies across two chunks."""


class PieceKind(Enum):
    """How a piece ends."""

    WHOLE = auto()
    """With its mark."""
    OVERLONG = auto()
    """With its mark or the stream, but it was too long to keep; it has no bytes."""
    REST = auto()
    """With the stream."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes up to and with a mark."""

    kind: PieceKind
    content: bytes


def pieces(stream: BinaryIO, mark: re.Pattern[bytes], longest: int) -> Iterator[Piece]:
    """Cut a stream behind every mark.

    Args:
        stream: read once, a chunk at a time.
        mark: at most `LONGEST_MARK` bytes.
        longest: bytes of a piece; of a longer one nothing is kept but that it was there.

    Yields:
        Whole and overlong pieces in order, then the rest, if there is any.
    """
    held = bytearray()
    dropped = False
    while chunk := stream.read(CHUNK):
        unseen = max(0, len(held) - LONGEST_MARK)
        held += chunk
        start = 0
        for found in mark.finditer(held, unseen):
            yield _piece(bytes(held[start : found.end()]), longest, dropped=dropped)
            start, dropped = found.end(), False
        del held[:start]
        if len(held) > longest:
            dropped = True
            del held[:-LONGEST_MARK]
    if dropped:
        yield Piece(PieceKind.OVERLONG, b"")
    elif held:
        yield Piece(PieceKind.REST, bytes(held))


def _piece(content: bytes, longest: int, *, dropped: bool) -> Piece:
    if dropped or len(content) > longest:
        return Piece(PieceKind.OVERLONG, b"")
    return Piece(PieceKind.WHOLE, content)
