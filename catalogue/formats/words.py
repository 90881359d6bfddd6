"""Understands what people write into records: grades, ratings, playing times, languages."""

import re
from urllib.parse import urlsplit

from schools.vocabularies.languages import language_called

LOWEST_GRADE = 1
HIGHEST_GRADE = 13
LONGEST_PLAYING_TIME = 6000
"""Minutes."""

_GRADE_NAMES = {"EF": 11, "Q1": 12, "Q2": 13}
_GRADE = r"(?:1[0-3]|0?[1-9]|EF|Q1|Q2)"
_RANGE = re.compile(
    rf"(?:\b(?:klassen?|jahrgang(?:sstufen?)?|jg\.?|stufen?|grades?|schuljahre?)\s*|\bA\()"
    rf"({_GRADE})\.?(?:\s*(?:-|–|bis|to|/|und|,)\s*({_GRADE}))?\b",
    re.IGNORECASE,
)
_PLAIN_RANGE = re.compile(
    rf"(?:ab\s+)?({_GRADE})\.?(?:\s*(?:-|–|bis|to|/)\s*({_GRADE}))?\.?", re.IGNORECASE
)
_STAGES = (
    (re.compile(r"\bsek(?:undarstufe|\.)?\s*(?:ii|2)\b", re.IGNORECASE), (11, 13)),
    (re.compile(r"\bsek(?:undarstufe|\.)?\s*(?:i|1)\b", re.IGNORECASE), (5, 10)),
    (re.compile(r"\b(?:grundschule|primarstufe|primar)\b", re.IGNORECASE), (1, 4)),
)

_RATED = re.compile(r"\bFSK\b|freigegeben|jugendfreigabe|altersbeschränkung", re.IGNORECASE)
_FREE = re.compile(r"ohne\s+altersbeschränkung", re.IGNORECASE)
_ADULT = re.compile(r"keine\s+jugendfreigabe", re.IGNORECASE)
_EDUCATIONAL = re.compile(r"\b(?:info|lehr)\w*(?:-|\s|programm)", re.IGNORECASE)
_AGE = re.compile(r"(?<!\d)(0|6|12|16|18)(?!\d)")

_HOURS = re.compile(r"(\d{1,2})\s*(?:Std|Stunden?|h\b)", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,4})\s*(?:Min|['′])", re.IGNORECASE)

_LONGEST_CODE = 3
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})


def grades_in(text: str) -> tuple[int, int] | None:
    """Return the first and last grade, 1-13, that a remark on the audience names.

    «Klasse 5-7», «Jahrgangsstufe 9», «A(5-7)» or a stage («Sek I»); ages are no grades.
    """
    if found := _RANGE.search(text):
        return _in_order(*found.groups())
    return next((grades for stage, grades in _STAGES if stage.search(text)), None)


def plain_grades(text: str) -> tuple[int, int] | None:
    """Return the grades in a table's cell: «7», «5-7», «EF», or as in `grades_in`."""
    if found := _PLAIN_RANGE.fullmatch(text.strip()):
        return _in_order(*found.groups())
    return grades_in(text)


def age_rating_in(text: str) -> str:
    """Return the code of the age rating a remark names, empty if it names none."""
    if _FREE.search(text):
        return "fsk_0"
    if _ADULT.search(text):
        return "fsk_18"
    if _RATED.search(text) and (found := _AGE.search(text)):
        return f"fsk_{found.group(1)}"
    return "educational" if _EDUCATIONAL.search(text) else ""


def minutes_in(text: str) -> int | None:
    """Return a playing time in minutes: «ca. 45 Min.», «1 Std. 30 Min.»; None without one."""
    hours, minutes = _HOURS.search(text), _MINUTES.search(text)
    if minutes is None and hours is None:
        return None
    total = 60 * int(hours.group(1)) if hours else 0
    total += int(minutes.group(1)) if minutes else 0
    return total if 0 < total <= LONGEST_PLAYING_TIME else None


def language_code(text: str) -> str | None:
    """Return the code of a language that is named or coded; None if it is unknown.

    A code of three letters that the vocabulary does not have stays as it is.
    """
    word = text.strip().casefold()
    known = language_called(word) if word else None
    if known:
        return known.code
    is_code = len(word) == _LONGEST_CODE and word.isascii() and word.isalpha()
    return word if is_code and word not in _NO_LANGUAGE else None


def web_address(text: str) -> str | None:
    """Return the address if it is one of the web (http or https, with a host); else None."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.hostname else None


def _in_order(lowest: str, highest: str | None) -> tuple[int, int]:
    ends = (_grade(lowest), _grade(highest or lowest))
    return min(ends), max(ends)


def _grade(text: str) -> int:
    return _GRADE_NAMES.get(text.upper()) or int(text)
