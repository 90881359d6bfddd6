"""The analysis of words, the same for every engine and for titles and questions.

A word becomes *forms*: terms with weights. Its exact form (lower case; ü, ue and u are one, so
are ß and ss, ph and f) weighs most, its stem and its number less, so that exact hits rank above
inflected ones. What a title is written with has further forms, `indexed_forms` (parts of
compounds, long names) and `joint_forms`; what a reader asks for, `asked_forms` (synonyms). A
hit's weight is that of the title's form times that of the question's.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import starmap

import Stemmer

from search_index import compounds
from search_index.numerals import number_of
from search_index.vocabulary import LONG_NAMES, STOP_WORDS, SYNONYM_GROUPS

EXACT_WEIGHT = 1.0
STEM_WEIGHT = 0.5
"""Of stems, and of numbers: «zweiter» is also 2."""

SYNONYM_WEIGHT = 0.4
PART_WEIGHT = 0.3
"""Of a part of a compound; times `STEM_WEIGHT` when the part itself is asked for inflected."""

INDEXED_REMEMBERED = 1 << 17
"""Distinct words whose forms are kept while an index is written; a word costs half a kB."""

ASKED_REMEMBERED = 1 << 13
"""Distinct words whose forms are kept for questions."""

LONGEST_WORD = 60
"""Letters; what is longer is cut, since no German word in use has more."""

_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(?<![^\W_])[^\W_]+-[A-ZÄÖÜ][^\W_]*(?:-[^\W_]+)?")
_LETTERS = str.maketrans({"ß": "ss", "æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
"""Letters that Unicode takes for letters of their own."""

_WRITTEN_UMLAUT = re.compile(r"ae+|oe+|(?<![aeiouyq])ue+")
_TRIPLED = re.compile(r"([a-z])\1{2,}")
_ENGLISH_ENDING = re.compile(r"[a-z]{2,}(?:ings?|ie[sd]|[^e]ed|[oaiy]s|sses|[ov]es|[^aeiouqxy]y)")
_GERMAN, _ENGLISH = Stemmer.Stemmer("german", 0), Stemmer.Stemmer("english", 0)
_STEMMER_LOCK = threading.Lock()

Form = tuple[str, float]
"""A term and its weight."""

BEGINNING = 5
"""Letters of a long name's telling word by which a text is searched for it."""


@dataclass(frozen=True, slots=True)
class _LongName:
    """What a word is called in several.

    Attributes:
        keys: of its words.
        telling: which of them is the longest.
        beginning: of that word, spelled in one way only.
    """

    short: str
    keys: tuple[str, ...]
    telling: int
    beginning: str


def words(text: str) -> list[str]:
    """Split a text into lower-case words, in their order; digits count as letters."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=ASKED_REMEMBERED)
def forms(word: str) -> tuple[Form, ...]:
    """Return the terms of a lower-case word that titles and questions share, exact first.

    Then its stem, the English stem of what looks English, and its number, where they differ.
    """
    word = word[:LONGEST_WORD]
    exact = fold(word)[:LONGEST_WORD] or word
    found = {exact: EXACT_WEIGHT}
    for further in (fold(_stem(word)), _english_stem(word), number_of(word)):
        if further:
            found.setdefault(further[:LONGEST_WORD], STEM_WEIGHT)
    return tuple(found.items())


@lru_cache(maxsize=INDEXED_REMEMBERED)
def indexed_forms(word: str) -> tuple[Form, ...]:
    """Return the terms to index a title's lower-case word under.

    Its `forms`, the words of its long names and the parts of a compound. Slow for a new word: see
    `compounds`.
    """
    found = dict(forms(word))
    for key in _LONG_NAMES_OF.get(_key(word), ()):
        found.setdefault(key, SYNONYM_WEIGHT)
    if not number_of(word):
        for part in compounds.parts(word):
            found.setdefault(fold(_stem(part)), PART_WEIGHT)
    return tuple(found.items())


def joint_forms(text: str, of: Sequence[str] | None = None) -> Iterator[Form]:
    """Yield the terms to index a title's text under that are more than its single words.

    A noun written with hyphens is also one word: «Tablet-Koffer» is found as «Tabletkoffer»; a
    long name is also the short one and its other long names: «Künstliche Intelligenz» is found
    as «KI», «soziale Netzwerke» as «social media».

    Args:
        text: as it is written.
        of: its `words`, if they are known.
    """
    if "-" in text:
        for joined in _JOINED.findall(unicodedata.normalize("NFC", text)):
            for term, weight in forms("".join(words(joined))):
                yield term, weight * STEM_WEIGHT
    yield from _abbreviations(words(text) if of is None else of)


@lru_cache(maxsize=ASKED_REMEMBERED)
def asked_forms(word: str) -> tuple[Form, ...]:
    """Return the terms to look for when a reader asks for a word: its forms and its synonyms'."""
    found = dict(forms(word))
    for synonym in _SYNONYMS.get(_key(word), ()):
        for term, weight in forms(synonym):
            found.setdefault(term, weight * SYNONYM_WEIGHT)
    return tuple(found.items())


def fold(word: str) -> str:
    """Make spellings of a lower-case word one: ü, ue and u; ß and ss; ph and f; é and e.

    An ``ue`` after a vowel or q is none: «neue», «Quelle» keep theirs. Three letters are two:
    «Schifffahrt» was «Schiffahrt» before 1996.
    """
    if not word.isascii():
        letters = unicodedata.normalize("NFKD", word.translate(_LETTERS)).lower()
        word = "".join(letter for letter in letters if not unicodedata.combining(letter))
    word = _WRITTEN_UMLAUT.sub(_first_letter, word).replace("ph", "f")
    return _TRIPLED.sub(r"\1\1", word)


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


def _first_letter(found: re.Match[str]) -> str:
    return found[0][0]


def _stem(word: str) -> str:
    with _STEMMER_LOCK:
        return str(_GERMAN.stemWord(word))


def _english_stem(word: str) -> str:
    """Return the stem of a word that looks English by its ending, as «Videos» does, or nothing."""
    if not _ENGLISH_ENDING.fullmatch(word):
        return ""
    with _STEMMER_LOCK:
        return fold(str(_ENGLISH.stemWord(word)))


@lru_cache(maxsize=ASKED_REMEMBERED)
def _key(word: str) -> str:
    """Return the one term that all inflections of a word share: its number or its stem."""
    word = word[:LONGEST_WORD]
    stem = number_of(word) or _english_stem(word) or fold(_stem(word))
    return stem[:LONGEST_WORD] or word


def _abbreviations(of: Sequence[str]) -> Iterator[Form]:
    named = _LONG_NAMES_BY_BEGINNING
    for place in [at for at, word in enumerate(of) if word[:BEGINNING] in named]:
        for name in named[of[place][:BEGINNING]]:
            start = place - name.telling
            if start >= 0 and name.keys == tuple(map(_key, of[start : start + len(name.keys)])):
                for term in (fold(name.short), *_LONG_NAMES_OF[_key(name.short)]):
                    yield term, SYNONYM_WEIGHT


def _synonyms() -> Iterator[tuple[str, tuple[str, ...]]]:
    for group in SYNONYM_GROUPS:
        for word in group:
            yield _key(word), tuple(other for other in group if other != word)


def _long_name(short: str, written: str) -> _LongName:
    parts = written.split()
    telling = max(range(len(parts)), key=lambda number: len(parts[number]))
    keys = tuple(map(_key, parts))
    return _LongName(short, keys, telling, parts[telling][:BEGINNING])


_SYNONYMS = dict(_synonyms())
_LONG_NAMES = tuple(starmap(_long_name, LONG_NAMES))
_LONG_NAMES_BY_BEGINNING = {
    beginning: tuple(name for name in _LONG_NAMES if name.beginning == beginning)
    for beginning in {name.beginning for name in _LONG_NAMES}
}

_LONG_NAMES_OF = {
    of: tuple(
        key
        for name in _LONG_NAMES
        if _key(name.short) == of
        for key in name.keys
        if not is_stop_word(key)
    )
    for of in {_key(name.short) for name in _LONG_NAMES}
}
"""By the short word's key: the keys of all words of its long names."""
