"""Reads the first sheet of a workbook (XLSX) as a table of texts."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, BinaryIO

from openpyxl import load_workbook

from catalogue.formats.archive_guard import check_archive
from catalogue.formats.file_faults import ForeignFileFault
from schools.formats.delimited import (
    COLUMN_LIMIT,
    FIELD_LIMIT,
    FileFault,
    NotReadableError,
    RefusedRow,
    Row,
    RowFault,
    Table,
    columns_of,
)

MOST_ROWS = 200_000
"""Rows with anything in them."""

LAST_ROW = 1_048_576
"""Excel's own limit."""

_MOST_DIGITS = 15
"""Digits that a number in a workbook keeps."""

_Line = tuple[int, list[str]]


def read_workbook(stream: BinaryIO) -> Table:
    """Read the header of a workbook's first sheet, and leave its rows to be read lazily.

    Cells become text without loss: whole numbers without a decimal point, with the leading
    zeros that their format shows; days as 2026-08-01. Of formulas only the value that was
    saved with them is read; nothing is computed.

    Args:
        stream: seekable; stays open while the rows are read, and belongs to the caller.

    Raises:
        NotReadableError: it is no workbook, or one that attacks its reader.
    """
    check_archive(stream)
    lines = _lines(_first_sheet(stream))
    header = next(lines, None)
    if header is None:
        raise NotReadableError(FileFault.EMPTY)
    columns = columns_of(header[1])
    return Table(tuple(columns), _rows(lines, columns))


def _first_sheet(stream: BinaryIO) -> Any:  # noqa: ANN401  # openpyxl has no types
    try:
        workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        # What a sheet says of its own size is often wrong and sometimes a trap.
        sheet.reset_dimensions()
    except Exception as fault:
        # Whatever a damaged workbook makes openpyxl raise.
        raise NotReadableError(ForeignFileFault.NOT_A_TABLE, type(fault).__name__) from fault
    return sheet


def _lines(sheet: Any) -> Iterator[_Line]:  # noqa: ANN401  # openpyxl has no types
    count = 0
    rows = sheet.iter_rows()
    for number in range(1, LAST_ROW + 1):
        try:
            cells = next(rows, None)
            texts = None if cells is None else [_text(cell) for cell in cells[:COLUMN_LIMIT]]
        except Exception as fault:
            raise NotReadableError(
                ForeignFileFault.BROKEN_ARCHIVE, f"{number}: {type(fault).__name__}"
            ) from fault
        if texts is None:
            return
        if any(texts):
            count += 1
            if count > MOST_ROWS:
                raise NotReadableError(ForeignFileFault.TOO_MANY_RECORDS, str(MOST_ROWS))
            yield number, _without_empty_end(texts)


def _rows(lines: Iterator[_Line], columns: dict[str, int]) -> Iterator[Row | RefusedRow]:
    for number, texts in lines:
        if any(len(text) > FIELD_LIMIT for text in texts):
            yield RefusedRow(number, RowFault.FIELD_TOO_LONG)
            continue
        padded = texts + [""] * COLUMN_LIMIT
        yield Row(number, {key: padded[place] for key, place in columns.items()})


def _without_empty_end(texts: list[str]) -> list[str]:
    end = len(texts)
    while end and not texts[end - 1]:
        end -= 1
    return texts[:end]


def _text(cell: Any) -> str:  # noqa: ANN401  # openpyxl has no types
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, date | time | timedelta):
        return _moment(value)
    return str(value).strip()


def _number(value: float, number_format: str) -> str:
    if isfinite(value) and value == int(value):
        digits = len(number_format) if number_format.strip("0") == "" else 0
        return f"{int(value):0{digits}d}"
    return f"{value:.{_MOST_DIGITS}g}"


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value) if isinstance(value, timedelta) else value.isoformat()
