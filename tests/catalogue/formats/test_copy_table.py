from datetime import date
from pathlib import Path

import pytest

from catalogue.formats.copy_table import read_copies
from catalogue.formats.records import CopyRecord, RefusedRecord
from schools.formats.delimited import NotReadableError


def read(folder: Path, *lines: str) -> list[CopyRecord | RefusedRecord]:
    path = folder / "copies.csv"
    path.write_text("\n".join(lines))
    return list(read_copies(path))


def test_a_german_table_is_read_with_all_its_columns(tmp_path: Path) -> None:
    (copy,) = read(
        tmp_path,
        "Mediennummer;Barcode;Inventarnummer;Seriennummer;Wert;Standort;Signatur;Zugang;Bemerkung",
        "46 02345;mz-000042;00017;SN 1;1.234,50 €;Nord;Geo 3;01.08.2026;Hülle neu",
    )
    assert copy == CopyRecord(
        number=2,
        title_key="4602345",
        barcode="MZ-000042",
        inventory_number="00017",
        serial_number="SN 1",
        value_cents=123_450,
        branch="Nord",
        shelf_mark="Geo 3",
        acquired_on=date(2026, 8, 1),
        note="Hülle neu",
    )


@pytest.mark.parametrize(
    ("header", "cell", "key"),
    [
        pytest.param("Titelnummer", "000123", "000123", id="a number of its own keeps its zeros"),
        pytest.param("Mediennummer", "46-02345", "4602345", id="a media number"),
        pytest.param("ISBN", "3-406-39888-X", "9783406398889", id="an ISBN in its long form"),
    ],
)
def test_the_title_is_named_by_one_of_its_numbers(
    tmp_path: Path, header: str, cell: str, key: str
) -> None:
    (copy,) = read(tmp_path, f"{header};Barcode", f"{cell};4711")
    assert isinstance(copy, CopyRecord)
    assert copy.title_key == key


def test_a_barcode_of_an_earlier_system_stays_as_it_is(tmp_path: Path) -> None:
    (copy,) = read(tmp_path, "Mediennummer;Barcode", "4602345;0042/a")
    assert isinstance(copy, CopyRecord)
    assert copy.barcode == "0042/a"


def test_a_line_may_stand_for_several_copies_without_barcodes(tmp_path: Path) -> None:
    (copy,) = read(tmp_path, "Mediennummer;Anzahl", "4602345;30")
    assert isinstance(copy, CopyRecord)
    assert copy.quantity == 30


@pytest.mark.parametrize(
    ("cells", "reason", "detail"),
    [
        pytest.param(";MZ-1;;;", "no_title_number", "", id="no title"),
        pytest.param("4602345;MZ-1;2;;", "quantity_of_one_barcode", "2", id="one code for two"),
        pytest.param("4602345;;0;;", "bad_number", "0", id="none of them"),
        pytest.param("4602345;;501;;", "bad_number", "501", id="too many of them"),
        pytest.param("4602345;P-123;;;", "bad_number", "P-123", id="a person's card"),
        pytest.param("4602345;MZ-1;;viel;", "bad_amount", "viel", id="value"),
        pytest.param("4602345;MZ-1;;;gestern", "bad_date", "gestern", id="day"),
        pytest.param(f"4602345;{'1' * 41};;;", "text_too_long", "41 > 40", id="too long"),
    ],
)
def test_a_bad_cell_refuses_its_row(tmp_path: Path, cells: str, reason: str, detail: str) -> None:
    (refused,) = read(tmp_path, "Mediennummer;Barcode;Anzahl;Wert;Zugang", cells)
    assert isinstance(refused, RefusedRecord)
    assert (refused.number, str(refused.reason)) == (2, reason)
    assert refused.detail.startswith(detail)


def test_a_number_given_twice_is_refused_the_second_time(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Mediennummer;Barcode;Inventarnummer",
        "4602345;MZ-000001;17",
        "4602345;mz-000001;18",
        "4602345;MZ-000003;17",
        "4602345;MZ-000004;19",
    )
    assert [str(each.reason) if isinstance(each, RefusedRecord) else "" for each in found] == [
        "",
        "repeated_id",
        "repeated_id",
        "",
    ]


def test_a_table_that_names_no_title_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReadableError) as refusal:
        read(tmp_path, "Barcode", "MZ-000001")
    assert refusal.value.reason == "no_known_columns"


def test_the_digest_tells_a_change_and_ignores_the_place(tmp_path: Path) -> None:
    header = "Mediennummer;Barcode"
    first, second = read(tmp_path, header, "4602345;1", "4602345;2")
    (moved,) = read(tmp_path, header, "4602345;2")
    assert isinstance(first, CopyRecord)
    assert isinstance(second, CopyRecord)
    assert isinstance(moved, CopyRecord)
    assert moved.digest == second.digest != first.digest
