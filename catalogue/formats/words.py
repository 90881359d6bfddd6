"""Understands what people write into records: grades, ratings, playing times, languages."""

import re
import unicodedata
from urllib.parse import urlsplit

from schools.rules.grades import parse_grades
from schools.vocabularies.languages import language_called

LONGEST_PLAYING_TIME = 6000
"""Minutes."""

_AUDIENCE = re.compile(
    r"\ba\([^)]*\)"
    r"|\b(?:klassen?|jahrgang(?:sstufen?)?|jg\.|schuljahre?|grades?)\s*"
    r"(?:\d{1,2}|EF|Q[12])\b\.?(?:\s*(?:-|–|bis|to|/)\s*(?:\d{1,2}|EF|Q[12])\b)?"
    r"|\b(?:sekundarstufe|sek\.?)\s*(?:II|I|1|2)\b|\bgrundschule\b|\bprimarstufe\b",
    re.IGNORECASE,
)

_RATED = re.compile(r"\bFSK\b|freigegeben|jugendfreigabe|altersbeschränkung", re.IGNORECASE)
_FREE = re.compile(r"ohne\s+altersbeschränkung", re.IGNORECASE)
_ADULT = re.compile(r"keine\s+jugendfreigabe", re.IGNORECASE)
_EDUCATIONAL = re.compile(r"\b(?:info|lehr)\w*(?:-|\s|programm)", re.IGNORECASE)
_AGE = re.compile(r"(?<!\d)(0|6|12|16|18)(?!\d)")

_HOURS = re.compile(r"(\d{1,2})\s*(?:Std|Stunden?|h\b)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
_MINUTES = re.compile(r"(\d{1,4})\s*(?:Min|['′])", re.IGNORECASE)

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST_CODE = 3
_NO_LANGUAGE = frozenset({"und", "zxx", "mul", "mis"})


def plain_text(text: str) -> str:
    """Return a text composed (NFC), with single blanks and without signs that do not print.

    Line ends stay.
    """
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(" ".join(_CONTROLS.sub("", line).split()) for line in lines).strip()


def grades_in(text: str) -> tuple[int, int] | None:
    """Return the first and last grade, 1-13, that a remark on the audience names.

    «Klasse 5-7», «Jahrgangsstufe 9», «A(5-7)» or a stage («Sek I»); ages are no grades.
    """
    named = [parse_grades(found.group()) for found in _AUDIENCE.finditer(text)]
    grades = [grade for each in named for grade in each or ()]
    return (min(grades), max(grades)) if grades else None


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


def playing_time(text: str) -> int | None:
    """Return the minutes in a table's cell: «22», «22 Min», «0:22» or «00:22:30»; else None."""
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        total = hours * 60 + minutes + round(seconds / 60)
        return total if 0 < total <= LONGEST_PLAYING_TIME else None
    return minutes_in(f"{text} Min" if text.isdecimal() else text)


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
