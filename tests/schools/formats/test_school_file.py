"""The ministry's list of schools, row by row."""

import io
from datetime import date

import pytest

from schools.formats.delimited import FileFault, NotReadableError, RefusedRow, RowFault
from schools.formats.school_file import SchoolFault, SchoolRecord, read_schools

COLUMNS = [
    *("Schulnummer", "Schulform", "Schulbezeichnung_1", "Schulbezeichnung_2"),
    *("Schulbezeichnung_3", "Kurzbezeichnung", "PLZ", "Ort", "Strasse", "Telefonvorwahl"),
    *("Telefon", "Faxvorwahl", "Fax", "E-Mail", "Homepage", "Rechtsform", "Traegernummer"),
    *("Gemeindeschluessel", "Schulbetriebsschluessel", "Schulbetriebsdatum"),
]
LINDEN_SCHOOL = {
    "Schulnummer": "099001",
    "Schulform": "20",
    "Schulbezeichnung_1": "Städt. Gymnasium",
    "Schulbezeichnung_2": "An der Linde",
    "Kurzbezeichnung": "Musterstadt, Gym An der Linde",
    "PLZ": "01234",
    "Ort": "Musterstadt",
    "Strasse": "Lindenstr. 1",
    "Telefonvorwahl": "02000",
    "Telefon": "12345",
    "E-Mail": "099001@schule.example",
    "Homepage": "www.linde.example",
    "Rechtsform": "1",
    "Traegernummer": "01234",
    "Gemeindeschluessel": "05158008",
    "Schulbetriebsschluessel": "1",
    "Schulbetriebsdatum": "01.08.1974",
}


def school_file(*changes: dict[str, str], columns: list[str] = COLUMNS) -> io.BytesIO:
    lines = ["sep=;", ";".join(columns) + ";"]
    for change in changes:
        school = LINDEN_SCHOOL | change
        lines.append(";".join(f'"{school.get(column, "")}"' for column in columns))
    return io.BytesIO("\n".join(lines).encode())


def only_school(change: dict[str, str]) -> SchoolRecord:
    [school] = read_schools(school_file(change))
    assert isinstance(school, SchoolRecord)
    return school


def refusal(change: dict[str, str]) -> RefusedRow:
    [refused] = read_schools(school_file(change))
    assert isinstance(refused, RefusedRow)
    return refused


def test_a_school_is_read_with_all_that_is_known_of_it() -> None:
    assert only_school({}) == SchoolRecord(
        line=3,
        number="099001",
        form="20",
        name="Städt. Gymnasium An der Linde",
        short_name="Musterstadt, Gym An der Linde",
        postal_code="01234",
        city="Musterstadt",
        street="Lindenstr. 1",
        phone="02000 12345",
        fax="",
        mail="099001@schule.example",
        homepage="https://www.linde.example",
        legal_status="1",
        authority_number="01234",
        municipality_key="05158008",
        operating_status="1",
        status_since=date(1974, 8, 1),
    )


def test_columns_may_be_added_and_stand_in_any_order() -> None:
    columns = ["Bezirksregierung", *reversed(COLUMNS)]
    [school] = read_schools(school_file({}, columns=columns))
    assert isinstance(school, SchoolRecord)
    assert school.name == only_school({}).name


def test_a_column_that_is_not_needed_may_be_missing() -> None:
    columns = [column for column in COLUMNS if column not in {"Homepage", "Fax"}]
    [school] = read_schools(school_file({}, columns=columns))
    assert isinstance(school, SchoolRecord)
    assert school.homepage == ""


def test_a_table_of_something_else_is_refused_at_once() -> None:
    with pytest.raises(NotReadableError) as refused:
        read_schools(io.BytesIO(b"Titel;Mediennummer\nWald;4600001\n"))
    assert refused.value.reason is FileFault.MISSING_COLUMN


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Rudolf-Steiner-Schu-", "le Musterstadt"), "Rudolf-Steiner-Schule Musterstadt"),
        (("Schule am Hafen -Sek. I-", "Hauptschule"), "Schule am Hafen -Sek. I- Hauptschule"),
        (("Grund-", "und Hauptschule"), "Grund- und Hauptschule"),
        (("Grundschule", "- Primarstufe -"), "Grundschule - Primarstufe -"),
        (("Grundschule -Primarstufe-", "der Stadt"), "Grundschule -Primarstufe- der Stadt"),
        (("", "An der Linde"), "An der Linde"),
    ],
)
def test_the_parts_of_a_name_are_joined_and_split_words_mended(
    parts: tuple[str, str], name: str
) -> None:
    first, second = parts
    school = only_school({"Schulbezeichnung_1": first, "Schulbezeichnung_2": second})
    assert school.name == name


@pytest.mark.parametrize(
    ("homepage", "address"),
    [
        ("http://linde.example/start", "http://linde.example/start"),
        ("javascript:alert(1)", ""),
        ("keine", ""),
        ("null", ""),
    ],
)
def test_only_web_addresses_become_homepages(homepage: str, address: str) -> None:
    assert only_school({"Homepage": homepage}).homepage == address


@pytest.mark.parametrize(
    ("change", "reason", "detail"),
    [
        ({"Schulnummer": "12345"}, SchoolFault.NUMBER, "12345"),
        ({"Schulform": "99"}, SchoolFault.FORM, "99"),
        ({"Schulbezeichnung_1": "", "Schulbezeichnung_2": ""}, SchoolFault.NAME, ""),
        ({"PLZ": "1234"}, SchoolFault.POSTAL_CODE, "1234"),
        ({"Gemeindeschluessel": "5158008"}, SchoolFault.MUNICIPALITY, "5158008"),
        ({"Schulbetriebsschluessel": ""}, SchoolFault.OPERATING_STATUS, ""),
        ({"Ort": "x" * 300}, SchoolFault.TEXT_TOO_LONG, "x" * 200),
    ],
)
def test_a_school_that_cannot_be_right_is_refused_with_its_line(
    change: dict[str, str], reason: SchoolFault, detail: str
) -> None:
    assert refusal(change) == RefusedRow(3, reason, detail)


def test_the_second_school_of_a_number_is_refused() -> None:
    first, second = read_schools(school_file({}, {"Ort": "Anderswo"}))
    assert isinstance(first, SchoolRecord)
    assert second == RefusedRow(4, SchoolFault.DUPLICATE_NUMBER, "099001")


def test_a_refused_school_does_not_use_up_its_number() -> None:
    _, second = read_schools(school_file({"PLZ": "?"}, {}))
    assert isinstance(second, SchoolRecord)


def test_a_broken_row_is_passed_on() -> None:
    stream = io.BytesIO(school_file({}).getvalue() + b"\nnur das")
    assert list(read_schools(stream))[1] == RefusedRow(4, RowFault.TOO_FEW_FIELDS)


@pytest.mark.parametrize(
    ("status", "since"),
    [
        pytest.param("1", "01.08.1974", id="in operation"),
        pytest.param("2", "31.07.2027", id="phased out later"),
    ],
)
def test_a_school_with_lessons_is_open(status: str, since: str) -> None:
    change = {"Schulbetriebsschluessel": status, "Schulbetriebsdatum": since}
    assert only_school(change).is_open(date(2026, 12, 1))


@pytest.mark.parametrize(
    ("status", "since"),
    [
        pytest.param("2", "31.07.2026", id="phased out by now"),
        pytest.param("9", "31.07.2021", id="closed"),
        pytest.param("6", "01.08.2016", id="pending"),
    ],
)
def test_a_closed_school_is_kept_but_known_as_closed(status: str, since: str) -> None:
    change = {"Schulbetriebsschluessel": status, "Schulbetriebsdatum": since}
    assert not only_school(change).is_open(date(2026, 12, 1))
