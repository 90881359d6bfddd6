"""Reads a centre's own subject classification (EAF) from a table: code, parent, name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalogue.formats.cells import CellError, Cells, Columns, cells_of, places_of
from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.records import Fault, RefusedRecord
from catalogue.formats.table import open_table
from catalogue.rules.group_codes import LONGEST_GROUP_CODE, group_code
from schools.formats.delimited import NotReadableError, RefusedRow

LONGEST_GROUP_NAME = 200

GROUP_COLUMNS: Columns = {
    "code": ("Code", "Notation", "Nummer", "Sachgebietsnummer", "EAF", "EAF-Nummer"),
    "parent": ("Parent", "Oberbegriff", "Obergruppe", "Übergeordnet", "Broader"),
    "name": ("Name", "Bezeichnung", "Benennung", "Sachgebiet", "Label"),
    "name_en": ("Name (en)", "Englisch", "English", "English name"),
}
"""Names of columns by what they hold; where a table has several, the first named counts."""


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """One group as a table lists it.

    Attributes:
        number: line in the file, counted from 1.
        parent: code of the group above it; empty for one at the top.
        name_en: the German name where there is no English one.
    """

    number: int
    code: str
    parent: str
    name_de: str
    name_en: str


def read_groups(path: Path) -> Iterator[GroupRecord | RefusedRecord]:
    """Yield every row of a table of groups, or the reason why not, with its line.

    A group may stand before or behind the one above it.

    Args:
        path: delimited text or a workbook.

    Raises:
        NotReadableError: it is no table, or has not the columns that are needed; also in the
            midst of reading, then what was yielded before holds.
    """
    with open_table(path) as table:
        places = places_of(GROUP_COLUMNS, table.columns)
        for key in ("code", "name"):
            if key not in places:
                raise NotReadableError(ForeignFileFault.NO_KNOWN_COLUMNS, GROUP_COLUMNS[key][0])
        seen: set[str] = set()
        for row in table.rows:
            if isinstance(row, RefusedRow):
                yield RefusedRecord(row.number, row.reason, row.detail)
                continue
            yield _record(cells_of(row, places), seen)


def _record(cells: Cells, seen: set[str]) -> GroupRecord | RefusedRecord:
    try:
        group = _group(cells)
    except CellError as error:
        return cells.refused(error, cells.texts.get("code", "")[:LONGEST_GROUP_CODE])
    if group.code in seen:
        return RefusedRecord(group.number, Fault.REPEATED_ID, group.code, group.code)
    seen.add(group.code)
    return group


def _group(cells: Cells) -> GroupRecord:
    code = cells.parsed("code", group_code, Fault.BAD_GROUP)
    if code is None:
        raise CellError(Fault.BAD_GROUP, cells.texts.get("name", ""))
    parent = cells.parsed("parent", group_code, Fault.BAD_GROUP) or ""
    if parent == code:
        raise CellError(Fault.BAD_GROUP, f"{code} > {parent}")
    name = cells.text("name", LONGEST_GROUP_NAME)
    if not name:
        raise CellError(Fault.NO_GROUP_NAME, code)
    name_en = cells.text("name_en", LONGEST_GROUP_NAME)
    return GroupRecord(cells.number, code, parent, name, name_en or name)
