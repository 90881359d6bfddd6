"""Reads MARCXML record by record, past damaged records, in bounded memory."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO
from xml.sax import SAXException
from xml.sax.handler import feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from pymarc import Record
from pymarc.constants import LEADER_LEN
from pymarc.exceptions import PymarcException
from pymarc.marcxml import MARC_XML_NS, XmlHandler

from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.marc_record import NumberedRecord
from catalogue.formats.pieces import Piece, PieceKind, pieces
from catalogue.formats.records import Fault, RefusedRecord
from schools.formats.delimited import NotReadableError

LONGEST_RECORD = 4 << 20
"""Bytes of one record in the file, and of what stands before the first."""

DEEPEST_ELEMENT = 16

_RECORD_ENDS = re.compile(rb"</(?:[A-Za-z_][\w.-]{0,60}:)?record\s{0,60}>")
_RECORD_BEGINS = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?record[\s/>]")
_NAMESPACES = frozenset({None, MARC_XML_NS})
_Name = tuple[str | None, str]
_RECORD_FAULTS = (SAXException, PymarcException, LookupError, ValueError)


def read_marcxml(
    stream: BinaryIO, wanted: frozenset[str]
) -> Iterator[NumberedRecord | RefusedRecord]:
    """Yield every record of a MARCXML file, with or without the MARC namespace.

    A record that is damaged, too large or cut off is refused by its number and the next one
    is read as if nothing had been.

    Args:
        stream: the unpacked file.
        wanted: tags of the data fields that are kept.

    Raises:
        NotReadableError: it is no such file, has entities, or its beginning is damaged.
    """
    cut = pieces(stream, _RECORD_ENDS, LONGEST_RECORD)
    first = next(cut, None)
    if first is None:
        raise NotReadableError(ForeignFileFault.NO_RECORDS)
    reader = _Reader(_beginning(first), wanted)
    yield from reader.take(Piece(first.kind, first.content[len(reader.beginning) :]))
    for piece in cut:
        yield from reader.take(piece)
    yield from reader.end()


def _beginning(piece: Piece) -> bytes:
    found = _RECORD_BEGINS.search(piece.content)
    if piece.kind is PieceKind.OVERLONG or found is None:
        # An entity bomb has no record either, and deserves its own name.
        _Reader(piece.content, frozenset())
        raise NotReadableError(ForeignFileFault.NO_RECORDS)
    return piece.content[: found.start()]


class _Reader:
    """Feeds pieces to a parser and starts a new one behind each damaged record."""

    def __init__(self, beginning: bytes, wanted: frozenset[str]) -> None:
        self.beginning = beginning
        self._wanted = wanted
        self._number = 0
        self._refused_last = False
        self._start()

    def take(self, piece: Piece) -> Iterator[NumberedRecord | RefusedRecord]:
        """Yield what a piece holds: mostly one record."""
        if piece.kind is PieceKind.OVERLONG:
            yield self._refusal(Fault.TOO_LARGE)
            return
        fault = self._feed(piece.content)
        if fault is None:
            yield from self._finished()
            return
        *cut_off, last = _split_at_beginnings(piece.content)
        for _ in cut_off:
            yield self._refusal(Fault.BROKEN)
        if not cut_off or self._feed(last) is not None:
            reason = Fault.CUT_OFF if piece.kind is PieceKind.REST else Fault.BROKEN
            yield self._refusal(reason, fault)
        yield from self._finished()

    def end(self) -> Iterator[NumberedRecord | RefusedRecord]:
        """Close the parser; a file that ends too early is told as one more refusal."""
        try:
            self._parser.close()
        except SAXException as fault:
            if not self._refused_last:
                yield self._refusal(Fault.CUT_OFF, fault)

    def _feed(self, content: bytes) -> Exception | None:
        try:
            self._parser.feed(content)
        except DefusedXmlException as fault:
            raise NotReadableError(ForeignFileFault.FORBIDDEN_XML) from fault
        except _RECORD_FAULTS as fault:
            return fault
        return None

    def _finished(self) -> Iterator[NumberedRecord]:
        for record in self._collector.taken():
            self._number += 1
            self._refused_last = False
            yield NumberedRecord(self._number, record)

    def _refusal(self, reason: Fault, fault: Exception | None = None) -> RefusedRecord:
        self._number += 1
        self._refused_last = True
        self._start()
        return RefusedRecord(self._number, reason, _said(fault))

    def _start(self) -> None:
        self._collector = _Collector(self._wanted)
        self._parser = make_parser()
        self._parser.forbid_dtd = True
        self._parser.setContentHandler(self._collector)
        self._parser.setFeature(feature_namespaces, True)  # noqa: FBT003  # SAX's own form
        if (fault := self._feed(self.beginning)) is not None:
            raise NotReadableError(ForeignFileFault.BROKEN_XML, _said(fault)) from fault


class _Collector(XmlHandler):
    """Gathers finished records; leaves unwanted fields out, which halves the time."""

    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__(strict=False)  # type: ignore[no-untyped-call]  # pymarc
        self._wanted = wanted
        self._depth = 0

    def taken(self) -> list[Record]:
        """Give the records finished since the last call, and forget them."""
        taken, self.records = self.records, []
        return taken

    def startElementNS(  # noqa: N802  # SAX's own name
        self, name: _Name, qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        """Open an element, unless it lies too deep or in a foreign namespace."""
        self._depth += 1
        if self._depth > DEEPEST_ELEMENT:
            raise SAXException(f"elements deeper than {DEEPEST_ELEMENT}")
        namespace, element = name
        if namespace not in _NAMESPACES:
            return
        if element == "record" and self._record is not None:
            raise SAXException("a record within a record")
        if element == "datafield" and attrs.getValue((None, "tag")) not in self._wanted:
            self._field = None
            return
        super().startElementNS(name, qname, attrs)  # type: ignore[no-untyped-call]  # pymarc

    def endElementNS(self, name: _Name, qname: str | None) -> None:  # noqa: N802  # SAX's own name
        """Close an element."""
        self._depth -= 1
        namespace, element = name
        if namespace not in _NAMESPACES:
            return
        if element == "leader":
            self._text = ["".join(self._text).ljust(LEADER_LEN)[:LEADER_LEN]]
        super().endElementNS(name, qname)  # type: ignore[no-untyped-call]  # pymarc


def _split_at_beginnings(content: bytes) -> list[bytes]:
    starts = [found.start() for found in _RECORD_BEGINS.finditer(content)]
    if not starts:
        return [content]
    return [content[start:end] for start, end in pairwise([*starts, len(content)])]


def _said(fault: Exception | None) -> str:
    if isinstance(fault, SAXException):
        return fault.getMessage()
    return "" if fault is None else type(fault).__name__
