"""Tells UTF-8 from CP1252."""

import re
from collections.abc import Iterator
from typing import BinaryIO

CHUNK_BYTES = 1024 * 1024
ENOUGH_EVIDENCE = 10_000
"""Characters beyond ASCII after which the matter is settled."""
LONGEST_CHARACTER = 4
"""Bytes of the longest UTF-8 character."""

_MARK = b"\xef\xbb\xbf"
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_WELL_FORMED = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def detect_encoding(stream: BinaryIO) -> str:
    """Return "utf-8" or "cp1252"; the text starts where the stream stands afterwards.

    A file with a few broken characters is still UTF-8 if most are well formed, so that one
    broken row does not turn the umlauts of all others to nonsense.

    Args:
        stream: seekable; read from its beginning, and left there or behind a byte order mark.
    """
    stream.seek(0)
    if stream.read(len(_MARK)) == _MARK:
        return "utf-8"
    stream.seek(0)
    encoding = _likelier_encoding(stream)
    stream.seek(0)
    return encoding


def _likelier_encoding(stream: BinaryIO) -> str:
    well_formed = stray = 0
    for chunk in _chunks(stream):
        if not chunk.isascii():
            characters = _WELL_FORMED.findall(chunk)
            well_formed += len(characters)
            stray += _beyond_ascii(chunk) - sum(map(len, characters))
        if well_formed + stray > ENOUGH_EVIDENCE:
            break
    return "utf-8" if well_formed >= stray else "cp1252"


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the stream in pieces that do not cut a character in two."""
    rest = b""
    while piece := stream.read(CHUNK_BYTES):
        chunk = rest + piece
        rest = _unfinished(chunk)
        yield chunk.removesuffix(rest)
    yield rest


def _unfinished(chunk: bytes) -> bytes:
    tail = chunk[-(LONGEST_CHARACTER - 1) :]
    return tail[len(tail.rstrip(_BEYOND_ASCII)) :]


def _beyond_ascii(chunk: bytes) -> int:
    return len(chunk) - len(chunk.translate(None, _BEYOND_ASCII))
