"""What a foreign file says about titles and copies, record by record, before it is stored."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

SEPARATOR = "; "
"""Stands between the values of a list where it is stored as one text."""

LONGEST_NAME = 500
LONGEST_SERIES = 300
LONGEST_SUMMARY = 10_000
LONGEST_PERSONS = 1000
LONGEST_KEYWORDS = 2000
LONGEST_LANGUAGES = 60
LONGEST_ADDRESS = 1000
LONGEST_ID = 120
LONGEST_MEDIA_NUMBER = 30
LONGEST_BARCODE = 40
LONGEST_INVENTORY_NUMBER = 60
LONGEST_SERIAL_NUMBER = 120
LONGEST_BRANCH = 120
LONGEST_SHELF_MARK = 60
LONGEST_NOTE = 1000
LONGEST_DETAIL = 300


class Fault(StrEnum):
    """Why one record of a file is refused; `app.labels` says it in German and English."""

    BROKEN = "broken_record"
    """Its structure is damaged: XML that does not close, lengths that do not fit."""
    TOO_LARGE = "record_too_large"
    CUT_OFF = "cut_off"
    """The file ends before the record does."""
    DELETED = "deleted_record"
    """The record itself says that it was deleted."""
    NO_ID = "no_id"
    NO_NAME = "no_name"
    REPEATED_ID = "repeated_id"
    """An earlier record of the same file has the same number."""
    EMPTY = "empty_row"
    WRONG_COLUMNS = "wrong_columns"
    UNKNOWN_MEDIA_TYPE = "unknown_media_type"
    UNKNOWN_SUBJECT = "unknown_subject"
    UNKNOWN_LANGUAGE = "unknown_language"
    UNKNOWN_AGE_RATING = "unknown_age_rating"
    UNKNOWN_LICENCE = "unknown_licence"
    BAD_NUMBER = "bad_number"
    BAD_DATE = "bad_date"
    BAD_GRADE = "bad_grade"
    BAD_ISBN = "bad_isbn"
    BAD_ADDRESS = "bad_address"
    BAD_AMOUNT = "bad_amount"
    TOO_LONG = "text_too_long"
    NO_TITLE_NUMBER = "no_title_number"
    """A copy that does not say which title it belongs to."""
    QUANTITY_OF_ONE_BARCODE = "quantity_of_one_barcode"
    """One barcode for several copies."""
    BAD_GROUP = "bad_group"
    """No code of a group, or a group above itself."""
    NO_GROUP_NAME = "no_group_name"


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that cannot be taken over.

    Attributes:
        number: its place in the file, counted from 1: the record's in MARC, the line's in a
            table.
        reason: why.
        detail: what exactly, such as the column and the value found; at most 300 characters.
        key: the record's own number, as far as it could be read.
    """

    number: int
    reason: StrEnum
    detail: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class LicenceRecord:
    """The licence a record names.

    Attributes:
        licence_type: code of the vocabulary.
        first: first day; None if it does not say.
        last: last day, included; None without end.
    """

    licence_type: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A title as a foreign file describes it; texts fit the columns they are stored in.

    Attributes:
        number: place in the file, counted from 1.
        source: where the description comes from, such as the library's code «DE-605».
        source_id: its number there; with `source` it tells the title apart.
        media_type: code of the vocabulary.
        media_number: seven digits; empty if there is none.
        isbn: ISBN-13 or EAN; empty if there is none.
        languages: codes of two letters, of three where there are no two.
        subjects: codes of the vocabulary.
        age_rating: code of the vocabulary; empty if it is not rated.
        grade_from: 1-13, None with `grade_to` if it suits all.
        online_url: http or https; empty if it is not online.
        groups: codes of a subject classification (EAF), whether it is loaded here or not.
    """

    number: int
    source: str
    source_id: str
    media_type: str
    name: str
    subtitle: str = ""
    series: str = ""
    summary: str = ""
    persons: tuple[str, ...] = ()
    publisher: str = ""
    year: int | None = None
    duration_minutes: int | None = None
    languages: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    grade_from: int | None = None
    grade_to: int | None = None
    age_rating: str = ""
    isbn: str = ""
    media_number: str = ""
    online_url: str = ""
    licence: LicenceRecord | None = None
    groups: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that change with any value but the place in the file."""
        return _digest(self)


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """Copies of one title as a table lists them.

    Attributes:
        number: line in the file, counted from 1.
        title_key: media number, ISBN or foreign number of the title, as the table has it.
        barcode: empty if one is to be proposed.
        quantity: how many copies the line stands for; more than one only without a barcode,
            meaning that the branch shall have at least so many.
        branch: name of the branch; empty for the centre's first.
        value_cents: what the copy was worth when it was bought.
    """

    number: int
    title_key: str
    barcode: str = ""
    inventory_number: str = ""
    serial_number: str = ""
    quantity: int = 1
    branch: str = ""
    shelf_mark: str = ""
    value_cents: int | None = None
    acquired_on: date | None = None
    note: str = ""

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that change with any value but the place in the file."""
        return _digest(self)


def without_repeats(
    records: Iterable[TitleRecord | RefusedRecord],
) -> Iterator[TitleRecord | RefusedRecord]:
    """Refuse each title whose number an earlier one has, so that a second run changes nothing."""
    seen: set[tuple[str, str]] = set()
    for record in records:
        if isinstance(record, TitleRecord):
            key = (record.source, record.source_id)
            if key in seen:
                yield RefusedRecord(
                    record.number, Fault.REPEATED_ID, record.source_id, record.source_id
                )
                continue
            seen.add(key)
        yield record


def shortened(text: str, longest: int) -> str:
    """Return the text, cut after a word and marked with an ellipsis if it is too long."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"


def fitting(values: Iterable[str], longest: int) -> tuple[str, ...]:
    """Return different values, in order, as many as fit when stored as one text.

    Values count as the same in any case; empty ones are let go.
    """
    kept: dict[str, str] = {}
    room = longest
    for value in values:
        clean = value.replace(";", ",").strip()
        if not clean or clean.casefold() in kept:
            continue
        if len(clean) > room:
            break
        kept[clean.casefold()] = clean
        room -= len(clean) + len(SEPARATOR)
    return tuple(kept.values())


def _digest(record: TitleRecord | CopyRecord) -> str:
    content = {
        field.name: getattr(record, field.name)
        for field in fields(record)
        if field.name != "number"
    }
    if not content.get("groups"):  # so that records without any keep the digest they had
        content.pop("groups", None)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_as_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _as_plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, LicenceRecord):
        return [value.licence_type, value.first, value.last]
    raise TypeError(type(value).__name__)
