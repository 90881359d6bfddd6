"""Reads titles from a table."""

from collections.abc import Iterator
from pathlib import Path

from catalogue.formats.cells import CellError, Cells, cells_of, places_of
from catalogue.formats.file_faults import ForeignFileFault
from catalogue.formats.records import (
    LONGEST_ADDRESS,
    LONGEST_ID,
    LONGEST_KEYWORDS,
    LONGEST_LANGUAGES,
    LONGEST_MEDIA_NUMBER,
    LONGEST_NAME,
    LONGEST_PERSONS,
    LONGEST_SERIES,
    LONGEST_SUMMARY,
    Fault,
    LicenceRecord,
    RefusedRecord,
    TitleRecord,
    fitting,
    without_repeats,
)
from catalogue.formats.table import open_table
from catalogue.formats.title_columns import TITLE_COLUMNS
from catalogue.formats.words import age_rating_in, language_code, playing_time, web_address
from catalogue.rules.group_codes import group_code
from catalogue.rules.media_numbers import parse_media_number
from catalogue.rules.standard_numbers import standard_number
from schools.formats.delimited import NotReadableError, RefusedRow
from schools.rules.grades import parse_grades
from schools.vocabularies.age_ratings import age_ratings
from schools.vocabularies.licence_types import licence_types
from schools.vocabularies.media_types import media_type_called, media_type_of_number
from schools.vocabularies.subjects import subject_called

DEFAULT_SOURCE = "table"

_EARLIEST_YEAR = 1400
_LATEST_YEAR = 2100
_IDS = ("id", "media_number", "isbn")


def read_titles(path: Path, source: str = DEFAULT_SOURCE) -> Iterator[TitleRecord | RefusedRecord]:
    """Yield every row of a table of titles: a title, or the reason why not, with its line.

    A row needs a name, and a number: its own, a media number or an ISBN. The media type may be
    left out where the media number tells it.

    Args:
        path: delimited text or a workbook.
        source: tells apart the tables of different centres, at most 40 characters.

    Raises:
        NotReadableError: it is no table, or has not the columns that are needed; also in the
            midst of reading, then what was yielded before holds.
    """
    return without_repeats(_records(path, source))


def _records(path: Path, source: str) -> Iterator[TitleRecord | RefusedRecord]:
    with open_table(path) as table:
        places = places_of(TITLE_COLUMNS, table.columns)
        if "name" not in places:
            raise NotReadableError(ForeignFileFault.NO_KNOWN_COLUMNS, TITLE_COLUMNS["name"][0])
        if not any(key in places for key in _IDS):
            raise NotReadableError(
                ForeignFileFault.NO_KNOWN_COLUMNS, TITLE_COLUMNS["media_number"][0]
            )
        for row in table.rows:
            if isinstance(row, RefusedRow):
                yield RefusedRecord(row.number, row.reason, row.detail)
                continue
            yield _record(cells_of(row, places), source)


def _record(cells: Cells, source: str) -> TitleRecord | RefusedRecord:
    try:
        return _title(cells, source)
    except CellError as error:
        return cells.refused(error, cells.texts.get("id") or cells.texts.get("media_number", ""))


def _title(cells: Cells, source: str) -> TitleRecord:
    media_number = _media_number(cells)
    isbn = cells.parsed("isbn", standard_number, Fault.BAD_ISBN) or ""
    source_id = cells.text("id", LONGEST_ID) or media_number or isbn
    if not source_id:
        raise CellError(Fault.NO_ID, cells.texts.get("name", ""))
    name = cells.text("name", LONGEST_NAME)
    if not name:
        raise CellError(Fault.NO_NAME, source_id)
    grade_from, grade_to = _grades(cells)
    return TitleRecord(
        number=cells.number,
        source=source,
        source_id=source_id,
        media_type=_media_type(cells, media_number),
        name=name,
        subtitle=cells.text("subtitle", LONGEST_NAME),
        series=cells.text("series", LONGEST_SERIES),
        summary=cells.lines("summary", LONGEST_SUMMARY),
        persons=fitting(cells.listed("persons"), LONGEST_PERSONS),
        publisher=cells.text("publisher", LONGEST_SERIES),
        year=cells.integer("year", _EARLIEST_YEAR, _LATEST_YEAR),
        duration_minutes=cells.parsed("duration", playing_time, Fault.BAD_NUMBER),
        languages=fitting(_languages(cells), LONGEST_LANGUAGES),
        keywords=fitting(cells.listed("keywords", ","), LONGEST_KEYWORDS),
        subjects=_subjects(cells),
        grade_from=grade_from,
        grade_to=grade_to,
        age_rating=cells.parsed("age_rating", _age_rating, Fault.UNKNOWN_AGE_RATING) or "",
        isbn=isbn,
        media_number=media_number,
        online_url=_online_url(cells),
        licence=_licence(cells),
        groups=tuple(dict.fromkeys(filter(None, map(group_code, cells.listed("groups", ","))))),
    )


def _media_number(cells: Cells) -> str:
    text = cells.text("media_number", LONGEST_MEDIA_NUMBER)
    number = parse_media_number(text)
    return number.digits if number else text


def _media_type(cells: Cells, media_number: str) -> str:
    text = cells.texts.get("media_type", "")
    known = media_type_called(text) if text else media_type_of_number(media_number)
    if known is None:
        raise CellError(Fault.UNKNOWN_MEDIA_TYPE, text or media_number)
    return known.code


def _languages(cells: Cells) -> Iterator[str]:
    for text in cells.listed("languages", ",/"):
        code = language_code(text)
        if code is None:
            raise CellError(Fault.UNKNOWN_LANGUAGE, text)
        yield code


def _subjects(cells: Cells) -> tuple[str, ...]:
    codes = []
    for text in cells.listed("subjects", ",/"):
        known = subject_called(text)
        if known is None:
            raise CellError(Fault.UNKNOWN_SUBJECT, text)
        codes.append(known.code)
    return tuple(dict.fromkeys(codes))


def _grades(cells: Cells) -> tuple[int | None, int | None]:
    named = [
        cells.parsed(key, parse_grades, Fault.BAD_GRADE)
        for key in ("grade_from", "grade_to", "grades")
    ]
    first, last, both = named
    if first is None and last is None:
        return (both[0], both[-1]) if both else (None, None)
    lowest, highest = (first or last or ())[0], (last or first or ())[-1]
    if lowest > highest:
        raise CellError(Fault.BAD_GRADE, f"{lowest} > {highest}")
    return lowest, highest


def _age_rating(text: str) -> str | None:
    word = text.casefold()
    for rating in age_ratings():
        plain = str(rating.youngest) if rating.code.startswith("fsk_") else ""
        names = {rating.code, rating.short_name, rating.name_de, rating.name_en, plain}
        if word in {name.casefold() for name in names if name}:
            return rating.code
    return age_rating_in(f"FSK {text}") or None


def _online_url(cells: Cells) -> str:
    cells.text("online_url", LONGEST_ADDRESS)
    return cells.parsed("online_url", web_address, Fault.BAD_ADDRESS) or ""


def _licence(cells: Cells) -> LicenceRecord | None:
    code = cells.parsed("licence", _licence_type, Fault.UNKNOWN_LICENCE)
    first, last = cells.day("licence_from"), cells.day("licence_to")
    if first and last and first > last:
        raise CellError(Fault.BAD_DATE, f"{first} > {last}")
    return LicenceRecord(code, first, last) if code else None


def _licence_type(text: str) -> str | None:
    word = text.casefold()
    for known in licence_types():
        names = (known.code, known.short_name, known.name_de, known.name_en)
        if word in {name.casefold() for name in names}:
            return known.code
    return None
