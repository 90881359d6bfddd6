"""Looks through a packed workbook before a library that trusts it does."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.pieces import CHUNK
from catalogue.formats.unpacked import FREE_BYTES, MOST_FOLD
from schools.formats.delimited import NotReadableError

MOST_BYTES = 256 << 20
"""Bytes of all members together when unpacked."""

MOST_MEMBERS = 2000
MOST_ELEMENTS = 6_000_000
"""XML elements of one member."""

MOST_ELEMENTS_AT_ONCE = 100_000
"""XML elements of one row or text, which a reader holds in memory together."""

DEEPEST_ELEMENT = 64
LONGEST_TOKEN = 2 << 20
"""Bytes of one tag or text."""

_LONGEST_DIRECTORY = 1 << 20
_END = struct.Struct("<4s8xI")
_END_MARK = b"PK\x05\x06"
_ZIP64_MARK = b"PK\x06\x07"
_LONGEST_TAIL = 22 + 0xFFFF
_ENCRYPTED = 1
_BUNDLES = frozenset({"row", "si"})
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What `zipfile` raises for damaged archives."""


def check_archive(stream: BinaryIO) -> None:
    """Refuse an archive that would take more memory or time than an honest workbook.

    Sizes are added up over the directory first; then every member is unpacked as a stream and
    its XML elements are counted. The directory cannot understate a size: what lies beyond it
    is never unpacked.

    Args:
        stream: seekable; is at its beginning afterwards.

    Raises:
        NotReadableError: it is damaged, too large or packed too tightly, or has entities.
    """
    _check_directory_size(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_directory(archive, stream.seek(0, io.SEEK_END))
            for member in archive.infolist():
                with archive.open(member) as content:
                    _walk(iter(lambda: content.read(CHUNK), b""))  # used at once
    except _BROKEN as fault:
        raise NotReadableError(ForeignFileFault.BROKEN_ARCHIVE, type(fault).__name__) from fault
    stream.seek(0)


def _check_directory_size(stream: BinaryIO) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _LONGEST_TAIL))
    tail = stream.read()
    end = tail.rfind(_END_MARK)
    if end < 0 or len(tail) - end < _END.size:
        raise NotReadableError(ForeignFileFault.BROKEN_ARCHIVE)
    _, directory_size = _END.unpack_from(tail, end)
    if directory_size > _LONGEST_DIRECTORY or _ZIP64_MARK in tail:
        raise NotReadableError(ForeignFileFault.TOO_LARGE)


def _check_directory(archive: zipfile.ZipFile, packed_size: int) -> None:
    members = archive.infolist()
    size = sum(member.file_size for member in members)
    if size > MOST_BYTES or len(members) > MOST_MEMBERS:
        raise NotReadableError(ForeignFileFault.TOO_LARGE)
    if size > max(FREE_BYTES, MOST_FOLD * packed_size):
        raise NotReadableError(ForeignFileFault.PACKED_TOO_TIGHTLY)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise NotReadableError(ForeignFileFault.BROKEN_ARCHIVE, "encrypted")


def _walk(chunks: Iterator[bytes]) -> None:
    counter = _Counter()
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(counter)
    try:
        for chunk in chunks:
            parser.feed(chunk)
            counter.check(len(chunk))
    except DefusedXmlException as fault:
        raise NotReadableError(ForeignFileFault.FORBIDDEN_XML) from fault
    except (SAXException, ValueError):
        # A picture, or a damaged part: whoever reads it comes no further than we did.
        counter.check(0)


class _Counter(ContentHandler):
    """Counts what a reader would have to keep."""

    def __init__(self) -> None:
        super().__init__()
        self._elements = 0
        self._at_once = 0
        self._depth = 0
        self._deepest = 0
        self._silence = 0
        self._text = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: ARG002, N802  # SAX
        """Count an element."""
        self._elements += 1
        self._at_once += 1
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)
        self._silence = self._text = 0

    def endElement(self, name: str) -> None:  # noqa: N802  # SAX
        """Forget what the reader forgets behind a row or text."""
        self._depth -= 1
        self._silence = self._text = 0
        if name.rpartition(":")[2] in _BUNDLES:
            self._at_once = 0

    def characters(self, content: str) -> None:
        """Count a text; it may come in several calls."""
        self._silence = 0
        self._text += len(content)

    def check(self, fed: int) -> None:
        """Raise if a limit is passed.

        Args:
            fed: bytes the parser got since the last check.
        """
        self._silence += fed
        if (
            self._elements > MOST_ELEMENTS
            or self._at_once > MOST_ELEMENTS_AT_ONCE
            or self._deepest > DEEPEST_ELEMENT
            or max(self._silence, self._text) > LONGEST_TOKEN
        ):
            raise NotReadableError(ForeignFileFault.TOO_LARGE)
