"""Makes a title of a MARC record."""

import re
from collections.abc import Iterator

from pymarc import Field, Record

from catalogue.formats.marc_media import media_type_code
from catalogue.formats.marc_record import NumberedRecord, control, fields, first, subfields, values
from catalogue.formats.records import (
    LONGEST_ADDRESS,
    LONGEST_ID,
    LONGEST_KEYWORDS,
    LONGEST_LANGUAGES,
    LONGEST_NAME,
    LONGEST_PERSONS,
    LONGEST_SERIES,
    LONGEST_SUMMARY,
    Fault,
    LicenceRecord,
    RefusedRecord,
    TitleRecord,
    fitting,
    shortened,
)
from catalogue.formats.words import (
    age_rating_in,
    grades_in,
    language_code,
    minutes_in,
    web_address,
)
from catalogue.rules.group_codes import group_code
from catalogue.rules.media_numbers import parse_media_number
from catalogue.rules.standard_numbers import standard_number
from schools.vocabularies.media_types import media_type, media_type_of_number
from schools.vocabularies.subjects import subject_called

WANTED_TAGS = frozenset(
    "020,024,028,041,084,100,110,111,245,260,264,300,306,337,338,490,505,520,521,540,600,650,651,"  # noqa: SIM905  # tags
    "653,655,658,689,700,710,773,830,856".split(",")
)
"""Data fields that `title_of` looks at."""

DEFAULT_SOURCE = "MARC"
"""Source of records that name none in field 003."""

GROUP_SOURCE = "eaf"
"""What field 084 calls the classification whose groups are taken over."""

_LONGEST_SOURCE = 40
_RECORD_STATUS = 5
_DELETED = "d"
_FIRST_DATE = slice(7, 11)
_LANGUAGE = slice(35, 38)
_CODE_LENGTH = 3
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_PLAYING_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)")
_SEVEN_DIGITS = re.compile(r"(?<!\d)\d{2}[ -]?\d{5}(?!\d)")
_SHORTEST_SUBJECT_NAME = 4
_OWN_WORK = frozenset("01 ")
_ABOUT_THE_WORK = re.compile(r"inhalt|cover|klappentext|rezension|beschreibung", re.IGNORECASE)
_OPEN_LICENCE = re.compile(r"creativecommons\.org|\bCC[ -](BY|0)\b")


def title_of(numbered: NumberedRecord) -> TitleRecord | RefusedRecord:
    """Return what a record says of a title, or why it is refused.

    A record needs a number (001) and a name (245); one that is marked as deleted is refused.
    """
    number, record = numbered.number, numbered.record
    source_id = control(record, "001").strip()
    name = _name(record)
    if not source_id.isprintable():
        return RefusedRecord(number, Fault.BROKEN)
    if not source_id or len(source_id) > LONGEST_ID:
        return RefusedRecord(number, Fault.NO_ID, shortened(name, LONGEST_ID))
    if record.leader[_RECORD_STATUS] == _DELETED:
        return RefusedRecord(number, Fault.DELETED, key=source_id)
    if not name:
        return RefusedRecord(number, Fault.NO_NAME, key=source_id)
    return _title(number, source_id, name, record)


def _title(number: int, source_id: str, name: str, record: Record) -> TitleRecord:
    audience = " / ".join(values(record, "521"))
    grade_from, grade_to = grades_in(audience) or (None, None)
    media_type_ = media_type_code(record)
    return TitleRecord(
        number=number,
        source=control(record, "003").strip()[:_LONGEST_SOURCE] or DEFAULT_SOURCE,
        source_id=source_id,
        media_type=media_type_,
        name=shortened(name, LONGEST_NAME),
        subtitle=shortened(first(values(record, "245", code="b")), LONGEST_NAME),
        series=shortened(_series(record), LONGEST_SERIES),
        summary=shortened(_summary(record), LONGEST_SUMMARY),
        persons=fitting(_persons(record), LONGEST_PERSONS),
        publisher=shortened(_publisher(record), LONGEST_SERIES),
        year=_year(record),
        duration_minutes=_minutes(record),
        languages=fitting(_languages(record), LONGEST_LANGUAGES),
        keywords=fitting(_keywords(record), LONGEST_KEYWORDS),
        subjects=tuple(dict.fromkeys(_subjects(record))),
        grade_from=grade_from,
        grade_to=grade_to,
        age_rating=age_rating_in(audience),
        isbn=_isbn(record),
        media_number=_media_number(record),
        online_url=_online_url(record) if media_type(media_type_).online else "",
        licence=_licence(record),
        groups=tuple(dict.fromkeys(_groups(record))),
    )


def _name(record: Record) -> str:
    field = next(fields(record, "245"), None)
    if field is None:
        return ""
    name = first(subfields(field, "a"))
    part = ", ".join(subfields(field, "n", "p"))
    whole = name or _series(record)
    return f"{whole}. {part}" if whole and part else whole or part


def _series(record: Record) -> str:
    for tag, code in (("490", "a"), ("830", "a"), ("773", "t")):
        for field in fields(record, tag):
            if name := first(subfields(field, code)):
                volume = first(subfields(field, "v"))
                return f"{name}, {volume}" if volume else name
    return ""


def _summary(record: Record) -> str:
    return "\n\n".join(values(record, "520")) or "\n\n".join(values(record, "505"))


def _persons(record: Record) -> Iterator[str]:
    for field in fields(record, "100", "700"):
        yield first(subfields(field, "a"))
    for field in fields(record, "110", "111", "710"):
        yield ". ".join(subfields(field, "a", "b"))


def _publisher(record: Record) -> str:
    return first(values(record, "264", "260", code="b"))


def _year(record: Record) -> int | None:
    dates = (control(record, "008")[_FIRST_DATE], *values(record, "264", "260", code="c"))
    found = next(filter(None, map(_YEAR.search, dates)), None)
    return int(found.group(1)) if found else None


def _minutes(record: Record) -> int | None:
    for text in values(record, "306"):
        if found := _PLAYING_TIME.fullmatch(text):
            hours, minutes, seconds = map(int, found.groups())
            return max(1, hours * 60 + minutes + round(seconds / 60))
    return next(filter(None, map(minutes_in, values(record, "300", "505", "520"))), None)


def _languages(record: Record) -> Iterator[str]:
    for text in values(record, "041"):
        for start in range(0, len(text), _CODE_LENGTH):
            yield language_code(text[start : start + _CODE_LENGTH]) or ""
    yield language_code(control(record, "008")[_LANGUAGE]) or ""


def _keywords(record: Record) -> Iterator[str]:
    yield from values(record, "650", "653", "689", "600", "651", "655")


def _subjects(record: Record) -> Iterator[str]:
    for text in values(record, "658", "650", "653"):
        # Short words are keys of subjects («E», «AR») only in a timetable.
        known = subject_called(text) if len(text) >= _SHORTEST_SUBJECT_NAME else None
        if known:
            yield known.code


def _groups(record: Record) -> Iterator[str]:
    for field in fields(record, "084"):
        if first(subfields(field, "2")).casefold() == GROUP_SOURCE:
            yield from filter(None, map(group_code, subfields(field, "a")))


def _isbn(record: Record) -> str:
    for text in values(record, "020", "024"):
        if number := standard_number(text):
            return number
    return next(filter(None, map(standard_number, values(record, "020", code="9"))), "")


def _media_number(record: Record) -> str:
    for text in values(record, "028"):
        found = _SEVEN_DIGITS.search(text)
        number = parse_media_number(found.group()) if found else None
        if number and media_type_of_number(number.digits):
            return number.digits
    return ""


def _online_url(record: Record) -> str:
    for field in fields(record, "856"):
        remarks = " ".join(subfields(field, "3", "y", "z"))
        if _is_own(field) and not _ABOUT_THE_WORK.search(remarks):
            for text in subfields(field, "u"):
                if len(text) <= LONGEST_ADDRESS and web_address(text):
                    return text
    return ""


def _is_own(field: Field) -> bool:
    # Second indicator: 0 the resource, 1 a version of it, 2 a related one.
    return field.indicators is not None and field.indicators.second in _OWN_WORK


def _licence(record: Record) -> LicenceRecord | None:
    terms = " ".join((*values(record, "540"), *values(record, "540", code="u")))
    return LicenceRecord("open") if _OPEN_LICENCE.search(terms) else None
