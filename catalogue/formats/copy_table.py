"""Reads copies from a table."""

from collections.abc import Iterator
from pathlib import Path

from catalogue.formats.cells import CellError, Cells, Columns, cells_of, places_of
from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.records import (
    LONGEST_BARCODE,
    LONGEST_BRANCH,
    LONGEST_ID,
    LONGEST_INVENTORY_NUMBER,
    LONGEST_NOTE,
    LONGEST_SERIAL_NUMBER,
    LONGEST_SHELF_MARK,
    CopyRecord,
    Fault,
    RefusedRecord,
)
from catalogue.formats.table import open_table
from catalogue.rules.barcodes import CodeKind, readings
from catalogue.rules.media_numbers import parse_media_number
from catalogue.rules.standard_numbers import standard_number
from schools.formats.delimited import NotReadableError, RefusedRow

COPY_COLUMNS: Columns = {
    "title_id": ("Kennung", "Titelnummer", "Datensatznummer", "Title number", "Source id"),
    "media_number": (
        "Mediennummer",
        "Medien-Nr.",
        "Mediennr",
        "Bestellnummer",
        "Media number",
        "Order number",
    ),
    "isbn": ("ISBN", "EAN", "ISBN/EAN", "ISBN-13"),
    "barcode": ("Barcode", "Strichcode", "Exemplarnummer", "Exemplar", "Copy number"),
    "inventory_number": ("Inventarnummer", "Inventar-Nr.", "Inventarnr", "Inventory number"),
    "serial_number": ("Seriennummer", "Serien-Nr.", "Gerätenummer", "Serial number"),
    "quantity": ("Anzahl", "Stück", "Stückzahl", "Quantity", "Count"),
    "branch": ("Zweigstelle", "Standort", "Ausleihstelle", "Branch", "Location"),
    "shelf_mark": ("Signatur", "Regal", "Stellplatz", "Shelf mark", "Call number"),
    "value": ("Wert", "Anschaffungswert", "Anschaffungspreis", "Preis", "Value", "Price"),
    "acquired_on": ("Anschaffungsdatum", "Zugangsdatum", "Zugang", "Kaufdatum", "Acquired on"),
    "note": ("Bemerkung", "Bemerkungen", "Notiz", "Hinweis", "Note", "Remark"),
}
"""Names of columns by what they hold; where a table has several, the first named counts."""

MOST_COPIES = 500
"""Copies that one line may stand for."""

_TITLE_KEYS = ("title_id", "media_number", "isbn")


def read_copies(path: Path) -> Iterator[CopyRecord | RefusedRecord]:
    """Yield every row of a table of copies: the copies, or the reason why not, with its line.

    A row needs the number of its title.

    Args:
        path: delimited text or a workbook.

    Raises:
        NotReadableError: it is no table, or has not the columns that are needed; also in the
            midst of reading, then what was yielded before holds.
    """
    with open_table(path) as table:
        places = places_of(COPY_COLUMNS, table.columns)
        if not any(key in places for key in _TITLE_KEYS):
            raise NotReadableError(
                ForeignFileFault.NO_KNOWN_COLUMNS, COPY_COLUMNS["media_number"][0]
            )
        seen: set[str] = set()
        for row in table.rows:
            if isinstance(row, RefusedRow):
                yield RefusedRecord(row.number, row.reason, row.detail)
                continue
            yield _record(cells_of(row, places), seen)


def _record(cells: Cells, seen: set[str]) -> CopyRecord | RefusedRecord:
    try:
        copy = _copy(cells)
    except CellError as error:
        return cells.refused(error, cells.texts.get("barcode", ""))
    numbers = {number for number in (copy.barcode, copy.inventory_number) if number}
    if repeated := numbers & seen:
        number = min(repeated)
        return RefusedRecord(cells.number, Fault.REPEATED_ID, number, copy.barcode)
    seen |= numbers
    return copy


def _copy(cells: Cells) -> CopyRecord:
    barcode = _barcode(cells)
    inventory_number = cells.text("inventory_number", LONGEST_INVENTORY_NUMBER)
    serial_number = cells.text("serial_number", LONGEST_SERIAL_NUMBER)
    quantity = cells.integer("quantity", 1, MOST_COPIES) or 1
    if quantity > 1 and (barcode or inventory_number or serial_number):
        raise CellError(Fault.QUANTITY_OF_ONE_BARCODE, str(quantity))
    return CopyRecord(
        number=cells.number,
        title_key=_title_key(cells),
        barcode=barcode,
        inventory_number=inventory_number,
        serial_number=serial_number,
        quantity=quantity,
        branch=cells.text("branch", LONGEST_BRANCH),
        shelf_mark=cells.text("shelf_mark", LONGEST_SHELF_MARK),
        value_cents=cells.cents("value"),
        acquired_on=cells.day("acquired_on"),
        note=cells.text("note", LONGEST_NOTE),
    )


def _title_key(cells: Cells) -> str:
    if title_id := cells.text("title_id", LONGEST_ID):
        return title_id
    if text := cells.text("media_number", LONGEST_ID):
        number = parse_media_number(text)
        return number.digits if number else text
    isbn = cells.parsed("isbn", standard_number, Fault.BAD_ISBN)
    if isbn is None:
        raise CellError(Fault.NO_TITLE_NUMBER, "")
    return isbn


def _barcode(cells: Cells) -> str:
    text = cells.text("barcode", LONGEST_BARCODE)
    if not text:
        return ""
    code = readings(text)[0]
    if code.kind not in {CodeKind.COPY, CodeKind.UNMARKED}:
        # At the desk it would be taken for a person, a booking or a command.
        raise CellError(Fault.BAD_NUMBER, text)
    return code.text
