"""Reads titles from a MARC file, in XML or in the exchange format."""

from collections.abc import Iterator
from io import BufferedReader

from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.iso2709 import read_iso2709
from catalogue.formats.marc_fields import WANTED_TAGS, title_of
from catalogue.formats.marc_record import NumberedRecord
from catalogue.formats.marcxml import read_marcxml
from catalogue.formats.records import RefusedRecord, TitleRecord, without_repeats
from schools.formats.delimited import NotReadableError

MOST_RECORDS = 1_000_000

_LOOK_AHEAD = 4096
_UTF8_MARK = b"\xef\xbb\xbf"
_LENGTH_DIGITS = 5


def read_marc(stream: BufferedReader) -> Iterator[TitleRecord | RefusedRecord]:
    """Yield every record of a MARC file: a title, or the reason why not, each with its number.

    Read lazily, in bounded memory. A second record with the number of an earlier one is
    refused.

    Args:
        stream: an unpacked file at its beginning (see `unpacked`).

    Raises:
        NotReadableError: it is no MARC file, or one that attacks its reader; also in the midst
            of reading, then what was yielded before holds.
    """
    return without_repeats(_titles(stream))


def _titles(stream: BufferedReader) -> Iterator[TitleRecord | RefusedRecord]:
    for count, found in enumerate(_records(stream)):
        if count == MOST_RECORDS:
            raise NotReadableError(ForeignFileFault.TOO_MANY_RECORDS, str(MOST_RECORDS))
        yield found if isinstance(found, RefusedRecord) else title_of(found)


def _records(stream: BufferedReader) -> Iterator[NumberedRecord | RefusedRecord]:
    beginning = stream.peek(_LOOK_AHEAD)[:_LOOK_AHEAD].removeprefix(_UTF8_MARK).lstrip()
    if beginning.startswith(b"<"):
        return read_marcxml(stream, WANTED_TAGS)
    if beginning[:_LENGTH_DIGITS].isdigit() and len(beginning) > _LENGTH_DIGITS:
        return read_iso2709(stream)
    raise NotReadableError(ForeignFileFault.NOT_MARC)
