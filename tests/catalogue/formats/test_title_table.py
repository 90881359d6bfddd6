from datetime import date
from pathlib import Path

import pytest

from catalogue.formats.records import LicenceRecord, RefusedRecord, TitleRecord
from catalogue.formats.title_table import read_titles
from schools.formats.delimited import NotReadableError
from tests.catalogue.formats.marc_files import outcomes


def read(folder: Path, *lines: str, encoding: str = "utf-8") -> list[TitleRecord | RefusedRecord]:
    path = folder / "titles.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return list(read_titles(path))


def read_one(folder: Path, **cells: str) -> TitleRecord | RefusedRecord:
    values = {"Mediennummer": "4602345", "Titel": "Vulkane"} | cells
    (found,) = read(folder, ";".join(values), ";".join(f'"{text}"' for text in values.values()))
    return found


def test_a_german_table_is_read_with_all_its_columns(tmp_path: Path) -> None:
    (title,) = read(
        tmp_path,
        "sep=;",
        "Mediennummer;Titel;Untertitel;Reihe;Inhalt;Personen;Verlag;Jahr;Laufzeit;Sprache;"
        "Schlagwörter;Fach;Jahrgang von;Jahrgang bis;FSK;ISBN;Medienart;Lizenz;Lizenz bis;",
        "46 02345;Vulkane;Feuer der Erde;Geo;Wie sie entstehen.;Meier, Anna | Groß, Uwe;FWU;2014;"
        "22 Min f;Deutsch, Englisch;Vulkan, Lava;Erdkunde / PH;5;Q1;ab 12;;Film (DVD, Blu-ray);"
        "V+Ö;31.07.2027;",
    )
    assert title == TitleRecord(
        number=3,
        source="table",
        source_id="4602345",
        media_type="film",
        name="Vulkane",
        subtitle="Feuer der Erde",
        series="Geo",
        summary="Wie sie entstehen.",
        persons=("Meier, Anna", "Groß, Uwe"),
        publisher="FWU",
        year=2014,
        duration_minutes=22,
        languages=("de", "en"),
        keywords=("Vulkan", "Lava"),
        subjects=("EK", "PH"),
        grade_from=5,
        grade_to=12,
        age_rating="fsk_12",
        media_number="4602345",
        licence=LicenceRecord("lend_and_perform", None, date(2027, 7, 31)),
    )


def test_an_english_table_is_read(tmp_path: Path) -> None:
    (title,) = read(
        tmp_path,
        "Title,Title number,Media type,Subjects,Grades,Running time,Age rating",
        "Volcanoes,A-7,Class set,Geography,5-7,0:22,12",
    )
    assert isinstance(title, TitleRecord)
    assert (title.source_id, title.media_type, title.subjects) == ("A-7", "class_set", ("EK",))
    assert (title.grade_from, title.grade_to, title.duration_minutes) == (5, 7, 22)
    assert title.age_rating == "fsk_12"


def test_a_table_of_an_older_windows_is_read(tmp_path: Path) -> None:
    (title,) = read(tmp_path, "Titel;Mediennummer", "Größe – „ß“;4602345", encoding="cp1252")
    assert isinstance(title, TitleRecord)
    assert title.name == "Größe – „ß“"


def test_the_media_number_tells_the_type_where_no_column_does(tmp_path: Path) -> None:
    title = read_one(tmp_path, Mediennummer="5500001")
    assert isinstance(title, TitleRecord)
    assert title.media_type == "online_package"


def test_leading_zeros_stay(tmp_path: Path) -> None:
    title = read_one(tmp_path, Kennung="000123", Medienart="Buch")
    assert isinstance(title, TitleRecord)
    assert title.source_id == "000123"


@pytest.mark.parametrize(
    ("cells", "reason", "detail"),
    [
        pytest.param({"Titel": " "}, "no_name", "4602345", id="no name"),
        pytest.param({"Mediennummer": ""}, "no_id", "Vulkane", id="no number"),
        pytest.param({"Mediennummer": "A1"}, "unknown_media_type", "A1", id="no media type"),
        pytest.param({"Medienart": "Ding"}, "unknown_media_type", "Ding", id="unknown type"),
        pytest.param({"Fach": "Erdkunde, Fliegen"}, "unknown_subject", "Fliegen", id="subject"),
        pytest.param({"Sprache": "Elbisch"}, "unknown_language", "Elbisch", id="language"),
        pytest.param({"FSK": "vielleicht"}, "unknown_age_rating", "vielleicht", id="age rating"),
        pytest.param({"Jahr": "MMXIV"}, "bad_number", "MMXIV", id="year"),
        pytest.param({"Jahr": "14"}, "bad_number", "14", id="a year too early"),
        pytest.param({"Laufzeit": "lang"}, "bad_number", "lang", id="playing time"),
        pytest.param({"Jahrgang": "14"}, "bad_grade", "14", id="grade"),
        pytest.param(
            {"Jahrgang von": "9", "Jahrgang bis": "5"}, "bad_grade", "9 > 5", id="grades reversed"
        ),
        pytest.param({"ISBN": "978-3-406-39888-1"}, "bad_isbn", "978-3-406-39888-1", id="ISBN"),
        pytest.param({"Link": "javascript:x"}, "bad_address", "javascript:x", id="address"),
        pytest.param({"Lizenz": "Kaufhaus"}, "unknown_licence", "Kaufhaus", id="licence"),
        pytest.param({"Lizenz bis": "31.02.2027"}, "bad_date", "31.02.2027", id="day"),
        pytest.param({"Untertitel": "a" * 501}, "text_too_long", "501 > 500", id="too long"),
    ],
)
def test_a_bad_cell_refuses_its_row_and_says_what_it_found(
    tmp_path: Path, cells: dict[str, str], reason: str, detail: str
) -> None:
    refused = read_one(tmp_path, **cells)
    assert isinstance(refused, RefusedRecord)
    assert (refused.number, str(refused.reason)) == (2, reason)
    assert refused.detail.startswith(detail)
    assert len(refused.detail) <= 300


def test_every_row_is_a_title_or_refused_by_its_line(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Titel;Mediennummer",
        "Eins;4600001",
        'Zwei;"46000',
        "Drei;4600003",
        "",
        "Vier",
        "Eins noch einmal;4600001",
        "Sechs;4600006",
    )
    assert outcomes(found) == [
        (2, "4600001"),
        (3, "broken_quotes"),
        (4, "4600003"),
        (6, "too_few_fields"),
        (7, "repeated_id"),
        (8, "4600006"),
    ]


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        pytest.param("Mediennummer;Jahr", "Titel", id="no names"),
        pytest.param("Titel;Jahr", "Mediennummer", id="no numbers"),
    ],
)
def test_a_table_without_the_needed_columns_is_refused(
    tmp_path: Path, header: str, missing: str
) -> None:
    with pytest.raises(NotReadableError) as refusal:
        read(tmp_path, header, "1;2")
    assert (refusal.value.reason, refusal.value.detail) == ("no_known_columns", missing)


def test_titles_of_two_centres_have_different_sources(tmp_path: Path) -> None:
    path = tmp_path / "titles.csv"
    path.write_text("Titel;Mediennummer\nEins;4600001\n")
    (title,) = read_titles(path, "table:MZ-A")
    assert isinstance(title, TitleRecord)
    assert title.source == "table:MZ-A"
