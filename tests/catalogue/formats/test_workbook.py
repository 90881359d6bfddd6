import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from openpyxl import Workbook

from catalogue.formats.copy_table import read_copies
from catalogue.formats.records import CopyRecord, TitleRecord
from catalogue.formats.title_table import read_titles
from catalogue.formats.workbook import read_workbook
from schools.formats.delimited import NotReadableError, Row

SHEET = "xl/worksheets/sheet1.xml"
MOMENT = datetime(2026, 8, 1, 9, 30)  # noqa: DTZ001  # cells have no zone
TYPES = "[Content_Types].xml"
STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
STYLES = "xl/styles.xml"
STRINGS = "xl/sharedStrings.xml"


def workbook(*rows: tuple[Any, ...], formats: dict[str, str] | None = None) -> bytes:
    made = Workbook()
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    packed = BytesIO()
    made.save(packed)
    return packed.getvalue()


def with_member(content: bytes, name: str, member: bytes) -> bytes:
    """Return the workbook with one member replaced or added."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info), zipfile.ZIP_DEFLATED)
        new.writestr(name, member, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def values(content: bytes) -> list[tuple[int, dict[str, str]]]:
    rows = read_workbook(BytesIO(content)).rows
    return [(row.number, dict(row.values)) for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        pytest.param("0012", "General", "0012", id="text keeps its zeros"),
        pytest.param(4602345, "General", "4602345", id="a whole number"),
        pytest.param(4602345.0, "General", "4602345", id="a whole number kept as a fraction"),
        pytest.param(42, "000000", "000042", id="zeros that the format shows"),
        pytest.param(19.99, "General", "19.99", id="a fraction"),
        pytest.param(0.1 + 0.2, "General", "0.3", id="a fraction as it is shown"),
        pytest.param(1e20, "General", "100000000000000000000", id="a great number"),
        pytest.param(date(2026, 8, 1), "dd.mm.yyyy", "2026-08-01", id="a day"),
        pytest.param(MOMENT, "d.m.yy h:mm", "2026-08-01T09:30:00", id="a moment"),
        pytest.param(time(0, 22), "hh:mm", "00:22:00", id="a time"),
        pytest.param(True, "General", "1", id="yes"),
        pytest.param(None, "General", "", id="nothing"),
        pytest.param("  Größe ", "General", "Größe", id="blanks around"),
        pytest.param("=1+1", "General", "", id="a formula without a saved value"),
    ],
)
def test_a_cell_becomes_text_without_loss(value: object, number_format: str, text: str) -> None:
    content = workbook(("A", "B"), (value, "x"), formats={"A2": number_format})
    assert values(content) == [(2, {"a": text, "b": "x"})]


def test_rows_keep_their_numbers_and_empty_ones_are_left_out() -> None:
    content = workbook((), ("A", "B"), ("1",), (), ("3", "4"))
    assert values(content) == [(3, {"a": "1", "b": ""}), (5, {"a": "3", "b": "4"})]


def test_titles_and_copies_are_read_from_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    path.write_bytes(workbook(("Mediennummer", "Titel", "Jahr"), (4602345.0, "Vulkane", 2014)))
    (title,) = read_titles(path)
    assert isinstance(title, TitleRecord)
    assert (title.source_id, title.year) == ("4602345", 2014)
    path.write_bytes(
        workbook(
            ("Mediennummer", "Barcode", "Wert", "Zugang"),
            (4602345, 42, 19.99, date(2026, 8, 1)),
            formats={"B2": "0000"},
        )
    )
    (copy,) = read_copies(path)
    assert isinstance(copy, CopyRecord)
    assert (copy.barcode, copy.value_cents, copy.acquired_on) == ("0042", 1999, date(2026, 8, 1))


def sheet(inside: str) -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns='
        f'"http://schemas.openxmlformats.org/spreadsheetml/2006/main">{inside}</worksheet>'
    ).encode()


def with_shared_texts(content: bytes, texts: bytes) -> bytes:
    """Return the workbook with a part of shared texts, as Excel writes them."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        types = archive.read(TYPES)
    part = f'<Override PartName="/{STRINGS}" ContentType="{STRINGS_TYPE}"/></Types>'
    return with_member(
        with_member(content, TYPES, types.replace(b"</Types>", part.encode())), STRINGS, texts
    )


GOOD = workbook(("Titel", "Mediennummer"), ("Vulkane", "4602345"))
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'


def too_tight() -> bytes:
    return with_member(GOOD, STRINGS, b" " * (64 << 20))


def too_large() -> bytes:
    packed = BytesIO(GOOD)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/filler.bin", bytes(3 << 20))
        archive.infolist()[-1].file_size = 300 << 20
    return packed.getvalue()


def understated() -> bytes:
    content = with_member(GOOD, SHEET, sheet("<sheetData>" + "<row/>" * 500_000 + "</sheetData>"))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    return content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "packed too tightly": (too_tight, {"packed_too_tightly"}),
    "a directory that claims too much": (too_large, {"file_too_large"}),
    "a directory that claims too little": (understated, {"broken_archive", "not_a_table"}),
    "entities": (lambda: with_member(GOOD, SHEET, BOMB), {"forbidden_xml"}),
    "entities in the styles": (
        lambda: with_member(GOOD, "xl/styles.xml", BOMB),
        {"forbidden_xml"},
    ),
    "a row without end": (
        lambda: with_member(GOOD, SHEET, sheet("<sheetData><row>" + "<c/>" * 200_000)),
        {"file_too_large"},
    ),
    "too deep": (
        lambda: with_member(GOOD, SHEET, sheet("<a>" * 1000)),
        {"file_too_large"},
    ),
    "a text without end": (
        lambda: with_member(GOOD, STRINGS, b"<sst><si><t>" + b"ab" * (2 << 20)),
        {"file_too_large", "packed_too_tightly"},
    ),
    "a tag without end": (
        lambda: with_member(GOOD, STRINGS, b'<sst a="' + b"ab" * (2 << 20)),
        {"file_too_large", "packed_too_tightly"},
    ),
    "damaged": (lambda: GOOD[:500] + b"????" + GOOD[504:], {"broken_archive"}),
    "cut off": (lambda: GOOD[:-300], {"broken_archive"}),
    "no workbook": (
        lambda: with_member(GOOD, TYPES, b"<Types/>"),
        {"not_a_table"},
    ),
    "no sheet": (lambda: with_member(GOOD, SHEET, b""), {"not_a_table", "broken_archive"}),
    "texts that are not there": (
        lambda: with_member(
            GOOD, SHEET, sheet('<sheetData><row><c t="s"><v>99</v></c></row></sheetData>')
        ),
        {"broken_archive"},
    ),
    "no columns": (lambda: workbook(()), {"empty"}),
    "two columns of one name": (lambda: workbook(("Titel", "Titel")), {"duplicate_column"}),
    "only the first bytes of one": (lambda: b"PK\x03\x04 und sonst nichts", {"broken_archive"}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_is_not_what_it_claims_is_refused(case: str) -> None:
    make, reasons = HOSTILE[case]
    content = make()
    tracemalloc.start()
    started = process_time()
    with pytest.raises(NotReadableError) as refusal:
        list(read_workbook(BytesIO(content)).rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(refusal.value.reason) in reasons
    assert process_time() - started < 2
    assert peak < 40 << 20


@pytest.mark.parametrize(
    "row",
    [
        pytest.param('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', id="too low"),
        pytest.param('<row r="3"><c r="ZZZ3"><v>1</v></c></row>', id="too far right"),
    ],
)
def test_a_cell_far_outside_costs_little(row: str) -> None:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>Titel</t></is></c></row>'
    content = with_member(GOOD, SHEET, sheet(f"<sheetData>{head}{row}</sheetData>"))
    started = process_time()
    assert values(content) == []
    assert process_time() - started < 2


def test_formulas_are_not_computed_but_their_saved_value_is_read() -> None:
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>Titel</t></is></c></row>'
    row = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    content = with_member(GOOD, SHEET, sheet(f"<sheetData>{head}{row}</sheetData>"))
    assert values(content) == [(2, {"titel": "2"})]


def test_texts_shared_between_cells_are_read() -> None:
    texts = (
        '<?xml version="1.0"?><sst xmlns='
        '"http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>Titel</t></si><si><r><t>Grö</t></r><r><t>ße</t></r></si></sst>"
    ).encode()
    cells = '<row r="{0}"><c r="A{0}" t="s"><v>{1}</v></c></row>'
    rows = sheet(f"<sheetData>{cells.format(1, 0)}{cells.format(2, 1)}</sheetData>")
    content = with_member(with_shared_texts(GOOD, texts), SHEET, rows)
    assert values(content) == [(2, {"titel": "Größe"})]
