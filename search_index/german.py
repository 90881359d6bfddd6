"""The analysis of words, the same when a title is written and when a question is asked.

A word becomes *forms*: terms with weights. Its exact form (lower case; ü, ue and u are one, so
are ß and ss, ph and f) weighs 1, its stem less, so that exact hits rank above inflected ones.
Further forms (parts of compounds) join in `forms` and are then known to both sides.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import Stemmer

from search_index.vocabulary import STOP_WORDS, SYNONYM_GROUPS

EXACT_WEIGHT = 1.0
STEM_WEIGHT = 0.5
SYNONYM_WEIGHT = 0.6

WORDS_REMEMBERED = 1 << 16
"""Distinct words whose forms are kept; a word costs some 300 bytes."""

LONGEST_WORD = 60
"""Letters; what is longer is cut, since no German word in use has more."""

_WORD = re.compile(r"[^\W_]+")
_WRITTEN_UMLAUT = re.compile(r"ae|oe|(?<![aeiouyq])ue")
_STEMMER = Stemmer.Stemmer("german", 0)
_STEMMER_LOCK = threading.Lock()

Form = tuple[str, float]
"""A term and its weight."""


def words(text: str) -> list[str]:
    """Split a text into lower-case words, in their order; digits count as letters."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=WORDS_REMEMBERED)
def forms(word: str) -> tuple[Form, ...]:
    """Return the terms of a lower-case word: exact first, then the stem if it differs."""
    word = word[:LONGEST_WORD]
    exact = fold(word)
    stem = fold(_stem(word))
    if stem == exact or not stem:
        return ((exact, EXACT_WEIGHT),)
    return ((exact, EXACT_WEIGHT), (stem, STEM_WEIGHT))


@lru_cache(maxsize=WORDS_REMEMBERED)
def asked_forms(word: str) -> tuple[Form, ...]:
    """Return the terms to look for when a reader asks for a word: its forms and its synonyms'."""
    found: dict[str, float] = dict(forms(word))
    for synonym in _SYNONYMS.get(fold(word), ()):
        for term, weight in forms(synonym):
            found.setdefault(term, weight * SYNONYM_WEIGHT)
    return tuple(found.items())


def fold(word: str) -> str:
    """Make spellings of a lower-case word one: ü, ue and u; ß and ss; ph and f; é and e.

    An ``ue`` after a vowel or q is none: «neue», «Quelle» keep theirs.
    """
    plain = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _WRITTEN_UMLAUT.sub(lambda found: found[0][0], plain).replace("ph", "f")


def is_stop_word(word: str) -> bool:
    """Tell whether a lower-case word is too common to narrow a search."""
    return word in STOP_WORDS


def number_key(text: str) -> str:
    """Return a number as it is compared: letters and digits only, in lower case.

    «978-3-12-345678-9» and «9783123456789» are one number. Empty without a digit.
    """
    key = "".join(words(text))
    return key if any(letter.isdigit() for letter in key) else ""


def sort_key(name: str) -> str:
    """Return a title's place in the alphabet: umlauts as their vowels (DIN 5007-1), no quotes."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return " ".join(_WORD.findall("".join(c for c in letters if not unicodedata.combining(c))))


def _stem(word: str) -> str:
    with _STEMMER_LOCK:
        return str(_STEMMER.stemWord(word))


def _synonyms() -> Iterator[tuple[str, tuple[str, ...]]]:
    for group in SYNONYM_GROUPS:
        for word in group:
            yield fold(word), tuple(other for other in group if other != word)


_SYNONYMS = dict(_synonyms())
