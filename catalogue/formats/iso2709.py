"""Reads MARC 21 in its exchange format (ISO 2709) record by record, past damaged ones."""

import logging
import re
from collections.abc import Iterator
from typing import BinaryIO

from pymarc import Record
from pymarc.exceptions import PymarcException

from catalogue.formats.marc_record import NumberedRecord
from catalogue.formats.pieces import Piece, PieceKind, pieces
from catalogue.formats.records import Fault, RefusedRecord

LONGEST_RECORD = 99_999
"""Bytes: the five digits of the length can say no more."""

# It would write the contents of damaged fields into the log.
logging.getLogger("pymarc").setLevel(logging.CRITICAL)

_RECORD_ENDS = re.compile(rb"\x1d")
_STRANGE_CODE = re.compile(rb"\x1f[\x80-\xff]")
_LENGTH = slice(0, 5)
_ENCODING = 9


def read_iso2709(stream: BinaryIO) -> Iterator[NumberedRecord | RefusedRecord]:
    """Yield every record of a file of MARC 21 records.

    Records are found by their end marks, not by their lengths, so that a wrong length costs
    one record and not all behind it. UTF-8 is recognised also where the leader forgets to say
    so; else MARC-8 is decoded.

    Args:
        stream: the unpacked file.
    """
    number = 0
    for piece in pieces(stream, _RECORD_ENDS, LONGEST_RECORD):
        if piece.content.strip() or piece.kind is PieceKind.OVERLONG:
            number += 1
            yield _decoded(number, piece)


def _decoded(number: int, piece: Piece) -> NumberedRecord | RefusedRecord:
    content = piece.content.lstrip(b"\r\n\x00 ")
    if piece.kind is PieceKind.OVERLONG:
        return RefusedRecord(number, Fault.TOO_LARGE)
    if piece.kind is PieceKind.REST:
        return RefusedRecord(number, Fault.CUT_OFF)
    if not content[_LENGTH].isdigit() or int(content[_LENGTH]) != len(content):
        return RefusedRecord(number, Fault.BROKEN, f"{len(content)} B")
    if _STRANGE_CODE.search(content):
        return RefusedRecord(number, Fault.BROKEN, "subfield code")
    try:
        return NumberedRecord(number, _record(content))
    except (PymarcException, LookupError, ValueError) as fault:
        return RefusedRecord(number, Fault.BROKEN, type(fault).__name__)


def _record(content: bytes) -> Record:
    return Record(
        content,
        to_unicode=True,
        force_utf8=_is_utf8(content),
        hide_utf8_warnings=True,
    )


def _is_utf8(content: bytes) -> bool:
    if content[_ENCODING : _ENCODING + 1] == b"a":
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
