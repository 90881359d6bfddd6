"""Tables for spreadsheets: semicolons, UTF-8 with a mark, and no cell that acts as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import quote

from flask import Response

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for Windows-1252."""

ACTS = re.compile(r"'*[=+\-@\t\r]")
"""Beginnings that a spreadsheet would run, also behind apostrophes of our own."""

KEPT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
CENTS = 100

Cell = str | int | date | None


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return a table as a download.

    Args:
        name: of the file, without ``.csv``; letters beyond ASCII are offered as well.
        head: names of the columns.
        rows: days are written as 2026-12-03, None as an empty cell.
    """
    answer = Response(csv_text(head, rows).encode(), mimetype="text/csv")
    plain = KEPT_IN_NAMES.sub("_", name).strip("_") or "table"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}.csv\"; filename*=UTF-8''{quote(name, safe='')}.csv"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as text, with the mark that Excel needs; every cell is quoted."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(words) for words in head])
    writer.writerows([harmless(_text(cell)) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + written.getvalue()


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; `original` takes it away."""
    return f"'{text}" if ACTS.match(text) else text


def original(cell: str) -> str:
    """Return the text that `harmless` made a cell of."""
    return cell[1:] if cell.startswith("'") and ACTS.match(cell) else cell


def amount(cents: int | None) -> str:
    """Return cents as euros for a German spreadsheet, such as ``390,00``; empty for None."""
    return "" if cents is None else f"{cents // CENTS},{cents % CENTS:02d}"


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
