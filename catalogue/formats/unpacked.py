"""Opens a file as a stream of bytes that cannot grow without bound."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from catalogue.formats.file_faults import ForeignFileFault
from schools.formats.delimited import NotReadableError

MOST_BYTES = 1 << 30
"""Bytes of the unpacked file."""

MOST_FOLD = 100
"""How many times its packed size a file may have when unpacked."""

FREE_BYTES = 1 << 20
"""Bytes of any file that are read before its fold is looked at."""

_GZIP_BEGINS = b"\x1f\x8b"


@contextmanager
def open_unpacked(path: Path, most_bytes: int = MOST_BYTES) -> Iterator[io.BufferedReader]:
    """Open a file for reading; a packed one (gzip, whatever its name) is read as it is.

    Reading raises `NotReadableError` as soon as a limit is passed or the packing proves
    damaged; nothing is unpacked ahead.
    """
    with path.open("rb") as packed:
        yield unpacked(packed, most_bytes)


def unpacked(packed: BinaryIO, most_bytes: int = MOST_BYTES) -> io.BufferedReader:
    """Return the content of a seekable stream, unpacked if it begins as gzip does.

    Raises:
        NotReadableError: when read, see `open_unpacked`.
    """
    beginning = packed.read(len(_GZIP_BEGINS))
    packed.seek(-len(beginning), io.SEEK_CUR)
    is_packed = beginning == _GZIP_BEGINS
    return io.BufferedReader(_Bounded(packed, most_bytes, is_packed=is_packed))


class _Bounded(io.RawIOBase):
    """Counts what it hands on."""

    def __init__(self, packed: BinaryIO, most_bytes: int, *, is_packed: bool) -> None:
        self._packed = packed
        self._content = gzip.GzipFile(fileobj=packed) if is_packed else packed
        self._is_packed = is_packed
        self._most_bytes = most_bytes
        self._count = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes: back to the beginning."""
        return True

    def tell(self) -> int:
        """Return how many bytes were handed on."""
        return self._count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Begin again; there is no other place to go to.

        Raises:
            io.UnsupportedOperation: another place was asked for.
        """
        if (offset, whence) != (0, io.SEEK_SET):
            raise io.UnsupportedOperation
        self._content.seek(0)
        self._count = 0
        return 0

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's Buffer
        """Fill the buffer, or raise at the first byte too many."""
        try:
            data = self._content.read(len(buffer))
        except (gzip.BadGzipFile, EOFError, zlib.error) as fault:
            raise NotReadableError(ForeignFileFault.BROKEN_ARCHIVE, str(fault)) from fault
        buffer[: len(data)] = data
        self._count += len(data)
        self._check()
        return len(data)

    def _check(self) -> None:
        if self._count > self._most_bytes:
            raise NotReadableError(ForeignFileFault.TOO_LARGE, f"> {self._most_bytes} B")
        honest = MOST_FOLD * self._packed.tell() if self._is_packed else self._count
        if self._count > max(FREE_BYTES, honest):
            raise NotReadableError(ForeignFileFault.PACKED_TOO_TIGHTLY, f"> {MOST_FOLD} : 1")
