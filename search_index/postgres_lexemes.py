"""What PostgreSQL stores of a document's words, and how it is asked for them.

PostgreSQL gets finished lexemes (as its `simple` configuration would make them), so the analysis
is `german` alone. There are two kinds. A plain lexeme is a word's exact form with its positions:
phrases and beginnings of words look for those. A marked one, ``_evulkan``, says that a form of a
word has an *impact* of level e on the title: what `scoring` would make of its weight and of the
length of the field, without the word's rarity. To score is then to look up the levels of a form in
the GIN index; PostgreSQL's own ranking would read the vector of every title found.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import floor, log

from search_index import german
from search_index.engine import Document
from search_index.scoring import FIELD_WEIGHTS, K1, B

LEVELS = "abcdefghijklmnopqr"
"""The marks of levels, greatest impact first."""

LEVEL_STEP = 1.2
"""An impact is rounded down to a power of this, so that the levels reach from 4.3 to 0.2."""

HIGHEST_POWER = 8
LEVEL_IMPACTS = {
    level: LEVEL_STEP ** (HIGHEST_POWER - place) for place, level in enumerate(LEVELS)
}

IN_A_NAME, IN_A_TEXT = "d", "i"
"""The levels of what is looked for without levels: phrases and beginnings of words."""

BESIDE = 20
"""Positions between two fields, so that no phrase reaches from one into the next."""

LAST_POSITION = 16_383
"""PostgreSQL knows no greater one."""

LONGEST_LEXEME = 200
"""Characters; PostgreSQL takes 2,046 bytes."""

NAME_LABEL = "A"
"""PostgreSQL's label of positions in a title, which suggestions are made of."""

LEVEL_MARK = "_"
NUMBER_MARK = "#"
"""Neither occurs in a word."""


class Vector(StrEnum):
    """The columns that hold lexemes."""

    IMPACTS = "impacts"
    NAMES = "names"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a document.

    Attributes:
        texts: as they are written, each with how often its words count.
        weight: beside other fields.
        usual_words: a field of so many words is neither long nor short.
        with_stop_words: also the words that are too common to narrow a search.
    """

    texts: tuple[tuple[str, float], ...]
    weight: float
    usual_words: int
    with_stop_words: bool = False


@dataclass(frozen=True, slots=True)
class Vectors:
    """The lexemes of a document, as literals of PostgreSQL's type `tsvector`.

    Attributes:
        impacts: forms with their levels, and numbers.
        names: exact forms in title and subtitle, with positions; the title's are labelled.
        words: exact forms everywhere, with positions.
    """

    impacts: str
    names: str
    words: str


@dataclass(frozen=True, slots=True)
class Probe:
    """One look into the index: the titles it finds gain its weight times the term's rarity.

    Attributes:
        vector: the column to look into.
        query: a literal of PostgreSQL's type `tsquery`.
        term: what is rare or common; probes of one clause with the same term count together.
        weight: of a hit.
    """

    vector: Vector
    query: str
    term: str
    weight: float


def vectors(document: Document) -> Vectors:
    """Return the lexemes of a document."""
    name, text = _fields(document)
    marked = [*_level_lexemes((name, text)), *_number_lexemes(document.numbers)]
    return Vectors(
        impacts=" ".join(map(_quoted, marked)),
        names=_positioned([(document.name, NAME_LABEL), (document.subtitle, "")]),
        words=_positioned((each, "") for each, _ in text.texts),
    )


def word_probes(word: str) -> list[Probe]:
    """Return the probes for a word in all its forms; a title may gain by several."""
    return [
        Probe(Vector.IMPACTS, _quoted(_level_lexeme(level, term)), term, weight * impact)
        for term, weight in german.asked_forms(word)
        for level, impact in LEVEL_IMPACTS.items()
    ]


def phrase_probes(words: Iterable[str]) -> list[Probe]:
    """Return the probes for words side by side, exactly as they are but for their spelling."""
    return _flat_probes(" <-> ".join(_quoted(_exact(word)) for word in words))


def any_probes(folded: Iterable[str], weight: float) -> list[Probe]:
    """Return the probes for titles with any of some folded words, at least one."""
    return _flat_probes(" | ".join(map(_quoted, folded)), weight)


def beginnings_query(beginnings: Iterable[Iterable[str]]) -> str:
    """Return the query, for `Vector.NAMES`, for titles with words of all beginnings.

    Args:
        beginnings: each in its variants, of which one will do.
    """
    return " & ".join(
        "(" + " | ".join(f"{_quoted(_cut(each))}:*{NAME_LABEL}" for each in variants) + ")"
        for variants in beginnings
    )


def number_probe(number: str) -> Probe:
    """Return the probe for a number as a whole; see `german.number_key`."""
    return Probe(Vector.IMPACTS, _quoted(_number_lexeme(number)), number, 1.0)


def _flat_probes(query: str, weight: float = 1.0) -> list[Probe]:
    in_name, anywhere = LEVEL_IMPACTS[IN_A_NAME], LEVEL_IMPACTS[IN_A_TEXT]
    return [
        Probe(Vector.WORDS, query, query, anywhere * weight),
        Probe(Vector.NAMES, query, query, (in_name - anywhere) * weight),
    ]


def _fields(document: Document) -> tuple[Field, Field]:
    plain = (*document.topics, *document.persons, document.name, document.subtitle)
    text = (
        (document.series, 2.0),
        *((keyword, 2.0) for keyword in document.keywords),
        *((each, 1.0) for each in (*plain, document.summary)),
    )
    name = ((document.name, 1.0), (document.subtitle, 1.0))
    name_weight, text_weight = (weight for _, weight in FIELD_WEIGHTS)
    return Field(name, name_weight, 6, with_stop_words=True), Field(text, text_weight, 60)


def _level_lexemes(fields: Iterable[Field]) -> Iterator[str]:
    impacts: dict[str, float] = {}
    for field in fields:
        length = sum(len(german.words(text)) for text, _ in field.texts) / field.usual_words
        slowness = K1 * (1 - B + B * length)
        for term, often in _bag(field).items():
            impact = field.weight * often * (K1 + 1) / (often + slowness)
            impacts[term] = impacts.get(term, 0.0) + impact
    for term, impact in impacts.items():
        yield _level_lexeme(_level(impact), term)


def _bag(field: Field) -> dict[str, float]:
    """Return how often each term stands in a field; a second time counts for half."""
    bag: dict[str, float] = {}
    for term, weight in _forms(field):
        bag[_cut(term)] = bag.get(_cut(term), 0.0) + weight
    return {term: min(often, (1 + often) / 2) for term, often in bag.items()}


def _forms(field: Field) -> Iterator[german.Form]:
    for text, often in field.texts:
        for term, weight in german.joint_forms(text):
            yield term, weight * often
        for word in german.words(text):
            if field.with_stop_words or not german.is_stop_word(word):
                for term, weight in german.indexed_forms(word):
                    yield term, weight * often


def _level(impact: float) -> str:
    place = HIGHEST_POWER - floor(log(impact) / log(LEVEL_STEP))
    return LEVELS[min(max(place, 0), len(LEVELS) - 1)]


def _positioned(texts: Iterable[tuple[str, str]]) -> str:
    """Return the exact words of texts with their positions, stop words among them.

    Args:
        texts: each with the label that its words get, or none.
    """
    positions: dict[str, list[str]] = {}
    start = 1
    for text, label in texts:
        words = german.words(text)
        for place, word in enumerate(words, start=start):
            position = f"{min(place, LAST_POSITION)}{label}"
            positions.setdefault(_exact(word), []).append(position)
        start += len(words) + BESIDE
    return " ".join(f"{_quoted(lexeme)}:{','.join(at)}" for lexeme, at in positions.items())


def _number_lexemes(numbers: Iterable[str]) -> list[str]:
    return [_number_lexeme(key) for key in map(german.number_key, numbers) if key]


def _level_lexeme(level: str, term: str) -> str:
    return f"{LEVEL_MARK}{level}{_cut(term)}"


def _number_lexeme(number: str) -> str:
    return NUMBER_MARK + _cut(number)


def _exact(word: str) -> str:
    return _cut(german.forms(word)[0][0])


def _cut(term: str) -> str:
    return term[:LONGEST_LEXEME]


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
