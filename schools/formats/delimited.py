"""Reads tables of delimited text (CSV) that nobody vouches for.

Memory stays bounded whatever the file holds: lines are read up to a limit, rows one by one.
"""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import BinaryIO

from schools.formats.encodings import detect_encoding

LINE_LIMIT = 64 * 1024
"""Bytes of a row, embedded line ends included."""
FIELD_LIMIT = 32 * 1024
"""Characters of a field."""
COLUMN_LIMIT = 200
ROW_LIMIT = 1_000_000
REREAD_LIMIT = 8 * 1024 * 1024
"""Bytes that may be read again after unclosed quotes: bounds the work on a hostile file."""
DELIMITERS = (";", ",", "\t", "|")


class FileFault(StrEnum):
    """Why a file is no table."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    LINE_TOO_LONG = "line_too_long"
    BROKEN_HEADER = "broken_header"
    TOO_MANY_COLUMNS = "too_many_columns"
    DUPLICATE_COLUMN = "duplicate_column"
    MISSING_COLUMN = "missing_column"


class RowFault(StrEnum):
    """Why a row is refused."""

    NOT_TEXT = "row_not_text"
    LINE_TOO_LONG = "row_too_long"
    FIELD_TOO_LONG = "field_too_long"
    BROKEN_QUOTES = "broken_quotes"
    TOO_FEW_FIELDS = "too_few_fields"
    TOO_MANY_FIELDS = "too_many_fields"
    TOO_MANY_ROWS = "too_many_rows"


class NotReadableError(Exception):
    """The file is not the table it was taken for."""

    def __init__(self, reason: StrEnum, detail: str = "") -> None:
        """Keep the reason and what it is about, such as the name of a column."""
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Row:
    """A row that could be read.

    Attributes:
        number: line of the file on which it begins, from 1.
        values: text by column key (see `column_key`), blanks around it removed.
    """

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is left out.

    Attributes:
        number: line of the file on which it begins, from 1.
        reason: a code; the page that shows it has the sentence.
        detail: the text that gave offence, or the lines left out with it; may be empty.
    """

    number: int
    reason: StrEnum
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table under way.

    Attributes:
        columns: keys of the named columns in the order of the file.
        rows: each row once, read as it is asked for; blank rows are left out.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row | RefusedRow]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    size: int
    text: str
    fault: RowFault | None = None


class _BrokenRecordError(Exception):
    """The lines at hand make no record."""

    def __init__(self, fault: RowFault, lost: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.lost = lost


def column_key(name: str) -> str:
    """Return the key of a column: its name in small letters, without blanks."""
    return "".join(name.split()).casefold()


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Return the place, from 0, of each named column by its key.

    Raises:
        NotReadableError: too many columns, or two of the same name.
    """
    if len(header) > COLUMN_LIMIT:
        raise NotReadableError(FileFault.TOO_MANY_COLUMNS, str(len(header)))
    columns: dict[str, int] = {}
    for index, name in enumerate(header):
        key = column_key(name)
        if key in columns:
            raise NotReadableError(FileFault.DUPLICATE_COLUMN, name.strip())
        if key:
            columns[key] = index
    if not columns:
        raise NotReadableError(FileFault.EMPTY)
    return columns


def read_table(stream: BinaryIO, required: Iterable[str] = ()) -> Table:
    """Read the header of a table, and leave its rows to be read lazily.

    The text may be UTF-8 or CP1252; a first line such as "sep=;" is obeyed, else the header
    shows the delimiter. Quoted fields may hold line ends.

    Args:
        stream: at its beginning and seekable; stays open and belongs to the caller.
        required: names of columns that must be there.

    Raises:
        NotReadableError: it is no table, or lacks a required column.
    """
    lines = _Lines(stream, detect_encoding(stream))
    delimiter, header = _read_header(lines)
    columns = columns_of(header)
    for name in required:
        if column_key(name) not in columns:
            raise NotReadableError(FileFault.MISSING_COLUMN, name)
    return Table(tuple(columns), _rows(lines, delimiter, columns))


class _Lines:
    """The lines of a stream; some may be given back to be read again."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._encoding = encoding
        self._number = 0
        self._given_back: deque[_Line] = deque()
        self._patience = REREAD_LIMIT

    def __iter__(self) -> Iterator[_Line]:
        return self

    def __next__(self) -> _Line:
        if self._given_back:
            return self._given_back.popleft()
        raw = self._stream.readline(LINE_LIMIT + 1)
        if not raw:
            raise StopIteration
        self._number += 1
        if len(raw) > LINE_LIMIT:
            self._skip_rest(raw)
            return _Line(self._number, len(raw), "", RowFault.LINE_TOO_LONG)
        return self._decoded(raw)

    def give_back(self, lines: list[_Line]) -> bool:
        """Put lines in front again, unless the file has worn out our patience."""
        self._patience -= sum(line.size for line in lines)
        if self._patience > 0:
            self._given_back.extendleft(reversed(lines))
        return self._patience > 0

    def _skip_rest(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self._stream.readline(LINE_LIMIT)

    def _decoded(self, raw: bytes) -> _Line:
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError:
            return _Line(self._number, len(raw), "", RowFault.NOT_TEXT)
        fault = RowFault.NOT_TEXT if "\0" in text else None
        return _Line(self._number, len(raw), text, fault)


def _read_header(lines: _Lines) -> tuple[str, list[str]]:
    line = _first_line(lines)
    delimiter = _announced_delimiter(line.text)
    if delimiter is not None:
        line = _first_line(lines)
    delimiter = delimiter or max(DELIMITERS, key=line.text.count)
    try:
        return delimiter, _fields(line, lines, delimiter)
    except _BrokenRecordError as broken:
        raise NotReadableError(FileFault.BROKEN_HEADER) from broken


def _first_line(lines: _Lines) -> _Line:
    for line in lines:
        if line.fault is RowFault.LINE_TOO_LONG:
            raise NotReadableError(FileFault.LINE_TOO_LONG)
        if line.fault is not None:
            raise NotReadableError(FileFault.NOT_TEXT)
        if column_key(line.text):
            return line
    raise NotReadableError(FileFault.EMPTY)


def _announced_delimiter(text: str) -> str | None:
    announcement = text.strip("\r\n\" '").lower()
    delimiter = announcement.removeprefix("sep=")
    return delimiter if delimiter != announcement and delimiter in DELIMITERS else None


def _rows(lines: _Lines, delimiter: str, columns: dict[str, int]) -> Iterator[Row | RefusedRow]:
    count = 0
    for line in lines:
        row = _row(line, lines, delimiter, columns)
        if row is None:
            continue
        count += 1
        if count > ROW_LIMIT:
            yield RefusedRow(line.number, RowFault.TOO_MANY_ROWS)
            return
        yield row


def _row(
    line: _Line, lines: _Lines, delimiter: str, columns: dict[str, int]
) -> Row | RefusedRow | None:
    try:
        fields = [field.strip() for field in _fields(line, lines, delimiter)]
    except _BrokenRecordError as broken:
        return RefusedRow(line.number, broken.fault, broken.lost)
    if not any(fields):
        return None
    fault = _shape_fault(fields, columns)
    if fault is not None:
        return RefusedRow(line.number, fault)
    return Row(line.number, {key: fields[index] for key, index in columns.items()})


def _shape_fault(fields: list[str], columns: dict[str, int]) -> RowFault | None:
    named = max(columns.values()) + 1
    if len(fields) < named:
        return RowFault.TOO_FEW_FIELDS
    if len(fields) > COLUMN_LIMIT or any(fields[named:]):
        return RowFault.TOO_MANY_FIELDS
    if any(len(field) > FIELD_LIMIT for field in fields):
        return RowFault.FIELD_TOO_LONG
    return None


def _fields(line: _Line, lines: _Lines, delimiter: str) -> list[str]:
    """Return the fields of the record that begins on `line`.

    Follow-up lines of quoted fields are taken from `lines`; of a broken record only the first
    line is spent, the others are given back.
    """
    taken: list[_Line] = []
    texts = _texts(chain((line,), lines), taken)
    try:
        return next(csv.reader(texts, delimiter=delimiter, strict=True), [])
    except _BrokenRecordError as broken:
        fault = broken.fault if len(taken) == 1 else RowFault.BROKEN_QUOTES
    except csv.Error:
        fault = RowFault.BROKEN_QUOTES
    lost = "" if lines.give_back(taken[1:]) else f"{line.number}-{taken[-1].number}"
    raise _BrokenRecordError(fault, lost)


def _texts(lines: Iterator[_Line], taken: list[_Line]) -> Iterator[str]:
    size = 0
    for line in lines:
        taken.append(line)
        size += line.size
        if line.fault is not None:
            raise _BrokenRecordError(line.fault)
        if size > LINE_LIMIT:
            raise _BrokenRecordError(RowFault.LINE_TOO_LONG)
        yield line.text
