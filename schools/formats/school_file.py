"""Reads the list of schools that the ministry of North Rhine-Westphalia publishes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import BinaryIO

from schools.formats.delimited import RefusedRow, Row, read_table
from schools.formats.figures import parse_day
from schools.vocabularies.school_forms import is_school_form

TEXT_LIMIT = 200
"""Characters of any one text; a longer one is no name, street or address."""
IN_OPERATION = "1"
PHASED_OUT = "2"

_REQUIRED = (
    "Schulnummer",
    "Schulform",
    "Schulbezeichnung_1",
    "PLZ",
    "Ort",
    "Gemeindeschluessel",
    "Schulbetriebsschluessel",
)
_SCHOOL_NUMBER = re.compile(r"\d{6}", re.ASCII)
_MUNICIPALITY_KEY = re.compile(r"\d{8}", re.ASCII)
_POSTAL_CODE = re.compile(r"\d{5}", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_BARE_HOST = re.compile(r"[^\s:/@]+\.[^\s:@]+")
_SPLIT_WORD = re.compile(r"((?:^|\s)[^\s-]\S*[a-zäöüß])- (?!(?:und|oder|bzw)\b)(?=[a-zäöüß]{2})")


class SchoolFault(StrEnum):
    """Why a school is refused."""

    NUMBER = "school_number"
    DUPLICATE_NUMBER = "duplicate_school_number"
    FORM = "school_form"
    NAME = "school_name"
    POSTAL_CODE = "postal_code"
    MUNICIPALITY = "municipality_key"
    OPERATING_STATUS = "operating_status"
    TEXT_TOO_LONG = "text_too_long"


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """A school as the ministry lists it; what it leaves out is the empty text.

    Attributes:
        line: line of the file, from 1.
        number: six digits (Schulnummer).
        form: key of the school form, two characters.
        name: the official name, its three parts joined.
        short_name: town and short name.
        homepage: with http:// or https://.
        legal_status: "1" public, "2" private.
        authority_number: of the school's authority (Schulträger), mostly five digits.
        municipality_key: eight digits (AGS), "05..." in the Land.
        operating_status: "1" in operation, "2" being phased out, others closed or pending.
        status_since: first day of the operating status; last day of lessons when phased out.
    """

    line: int
    number: str
    form: str
    name: str
    short_name: str
    postal_code: str
    city: str
    street: str
    phone: str
    fax: str
    mail: str
    homepage: str
    legal_status: str
    authority_number: str
    municipality_key: str
    operating_status: str
    status_since: date | None

    def is_open(self, today: date) -> bool:
        """Say whether lessons are given: in operation, or phased out but not over yet."""
        if self.operating_status == PHASED_OUT:
            return self.status_since is None or today <= self.status_since
        return self.operating_status == IN_OPERATION


def read_schools(stream: BinaryIO) -> Iterator[SchoolRecord | RefusedRow]:
    """Return the schools of the file in its order, and the rows that hold none, with reason.

    Columns are found by their names; unknown ones are passed over. Of two rows with the same
    school number the second is refused.

    Args:
        stream: at its beginning and seekable; stays open and belongs to the caller.

    Raises:
        NotReadableError: it is no table, or not one of schools; at once, not while reading.
    """
    return _records(read_table(stream, required=_REQUIRED).rows)


def _records(rows: Iterator[Row | RefusedRow]) -> Iterator[SchoolRecord | RefusedRow]:
    seen: set[str] = set()
    for row in rows:
        record = row if isinstance(row, RefusedRow) else _record(row, seen)
        if isinstance(record, SchoolRecord):
            seen.add(record.number)
        yield record


def _record(row: Row, seen: set[str]) -> SchoolRecord | RefusedRow:
    record = _school(row)
    fault = _fault(record)
    if fault is None and record.number in seen:
        fault = (SchoolFault.DUPLICATE_NUMBER, record.number)
    return record if fault is None else RefusedRow(row.number, *fault)


def _school(row: Row) -> SchoolRecord:
    text = _Texts(row.values)
    return SchoolRecord(
        line=row.number,
        number=text["schulnummer"],
        form=text["schulform"].upper(),
        name=_joined(text[f"schulbezeichnung_{part}"] for part in (1, 2, 3)),
        short_name=text["kurzbezeichnung"],
        postal_code=text["plz"],
        city=text["ort"],
        street=text["strasse"],
        phone=f"{text['telefonvorwahl']} {text['telefon']}".strip(),
        fax=f"{text['faxvorwahl']} {text['fax']}".strip(),
        mail=text["e-mail"],
        homepage=_web_address(text["homepage"]),
        legal_status=text["rechtsform"],
        authority_number=text["traegernummer"],
        municipality_key=text["gemeindeschluessel"],
        operating_status=text["schulbetriebsschluessel"],
        status_since=parse_day(text["schulbetriebsdatum"]),
    )


class _Texts:
    """Values by column; missing columns and the word "null" read as empty."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> str:
        text = " ".join(self._values.get(key, "").split())
        return "" if text.lower() == "null" else text


def _joined(parts: Iterator[str]) -> str:
    """Return the parts as one line; words that a hyphen parts at a line's end are mended."""
    line = " ".join(part for part in parts if part)
    return _SPLIT_WORD.sub(r"\1", line)


def _web_address(text: str) -> str:
    if _WEB_ADDRESS.fullmatch(text):
        return text
    return f"https://{text}" if _BARE_HOST.fullmatch(text) else ""


def _fault(record: SchoolRecord) -> tuple[SchoolFault, str] | None:
    checks = (
        (_SCHOOL_NUMBER.fullmatch(record.number), SchoolFault.NUMBER, record.number),
        (is_school_form(record.form), SchoolFault.FORM, record.form),
        (record.name, SchoolFault.NAME, ""),
        (_POSTAL_CODE.fullmatch(record.postal_code), SchoolFault.POSTAL_CODE, record.postal_code),
        (
            _MUNICIPALITY_KEY.fullmatch(record.municipality_key),
            SchoolFault.MUNICIPALITY,
            record.municipality_key,
        ),
        (record.operating_status, SchoolFault.OPERATING_STATUS, ""),
    )
    for good, fault, detail in checks:
        if not good:
            return fault, detail[:TEXT_LIMIT]
    return _length_fault(record)


def _length_fault(record: SchoolRecord) -> tuple[SchoolFault, str] | None:
    texts = (getattr(record, name) for name in SchoolRecord.__slots__)
    for text in texts:
        if isinstance(text, str) and len(text) > TEXT_LIMIT:
            return SchoolFault.TEXT_TOO_LONG, text[:TEXT_LIMIT]
    return None
