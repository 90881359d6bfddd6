"""Reads the cells of a table's row as values, or says which cell is at fault."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from catalogue.formats.records import LONGEST_DETAIL, Fault, RefusedRecord, shortened
from catalogue.formats.words import plain_text
from schools.formats.delimited import Row, column_key
from schools.formats.figures import parse_cents, parse_day

Value = TypeVar("Value")

Columns = Mapping[str, tuple[str, ...]]
"""Names of columns, German and English, by what they hold."""

_INTEGER = re.compile(r"[0-9]{1,9}(?:[.,]0+)?")
_BETWEEN_VALUES = re.compile(r"[;|\n]")


class CellError(Exception):
    """A cell cannot be understood."""

    def __init__(self, fault: Fault, detail: str) -> None:
        """Keep the reason and the cell's text."""
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row by what they hold; what has no column is empty.

    Attributes:
        number: line of the file, from 1.
        texts: clean text by the keys of `Columns`.
    """

    number: int
    texts: Mapping[str, str]

    def text(self, key: str, longest: int) -> str:
        """Return a text on one line.

        Raises:
            CellError: it is longer than `longest` characters.
        """
        return self.lines(key, longest).replace("\n", " ")

    def lines(self, key: str, longest: int) -> str:
        """Return a text that may have several lines.

        Raises:
            CellError: it is longer than `longest` characters.
        """
        text = self.texts.get(key, "")
        if len(text) > longest:
            raise CellError(Fault.TOO_LONG, f"{len(text)} > {longest}")
        return text

    def listed(self, key: str, further: str = "") -> tuple[str, ...]:
        """Return the values of a cell that lists some, parted by ; or | or a line end.

        Args:
            key: what the cell holds.
            further: more characters that part values.
        """
        text = self.texts.get(key, "")
        for sign in further:
            text = text.replace(sign, ";")
        return tuple(filter(None, map(str.strip, _BETWEEN_VALUES.split(text))))

    def integer(self, key: str, lowest: int, highest: int) -> int | None:
        """Return a whole number, None for an empty cell.

        Raises:
            CellError: it is none, or not from `lowest` to `highest`.
        """
        text = self.texts.get(key, "")
        if not text:
            return None
        number = int(re.split(r"[.,]", text)[0]) if _INTEGER.fullmatch(text) else None
        if number is None or not lowest <= number <= highest:
            raise CellError(Fault.BAD_NUMBER, text)
        return number

    def day(self, key: str) -> date | None:
        """Return a day, None for an empty cell.

        Raises:
            CellError: there is no such day.
        """
        return self.parsed(key, parse_day, Fault.BAD_DATE)

    def cents(self, key: str) -> int | None:
        """Return a sum of money in cents, None for an empty cell.

        Raises:
            CellError: it is none.
        """
        return self.parsed(key, parse_cents, Fault.BAD_AMOUNT)

    def parsed(self, key: str, parse: Callable[[str], Value | None], fault: Fault) -> Value | None:
        """Return what `parse` makes of the cell, None for an empty one.

        Raises:
            CellError: with `fault`, if `parse` gives None.
        """
        text = self.texts.get(key, "")
        if not text:
            return None
        value = parse(text)
        if value is None:
            raise CellError(fault, text)
        return value

    def refused(self, error: CellError, key: str = "") -> RefusedRecord:
        """Return the refusal of the row for a cell's fault."""
        detail = shortened(error.detail, LONGEST_DETAIL)
        return RefusedRecord(self.number, error.fault, detail, key)


def cells_of(row: Row, places: Mapping[str, str]) -> Cells:
    """Return the row's cells by what they hold.

    Args:
        row: as the table has it.
        places: see `places_of`.
    """
    return Cells(row.number, {key: plain_text(row.values[name]) for key, name in places.items()})


def places_of(columns: Columns, present: tuple[str, ...]) -> dict[str, str]:
    """Return, by what a column holds, the key of the column of this table that holds it.

    Where a table has several, the one named first in `columns` is taken.
    """
    return {
        key: next(column_key(name) for name in names if column_key(name) in present)
        for key, names in columns.items()
        if any(column_key(name) in present for name in names)
    }
