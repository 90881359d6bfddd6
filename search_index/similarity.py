"""Titles like one: with its most telling words, and for the same subjects and grades."""

from collections.abc import Callable, Iterator
from math import log

import numpy as np

from search_index import german
from search_index.arrays import Bools, Floats, Ints
from search_index.columns import Column

MOST_WORDS = 8
"""Words of a title that others are compared by."""

KEYWORD_WEIGHT = 2.0
NAME_WEIGHT = 1.5
SERIES_WEIGHT = 1.0
"""How much a word tells of a title, by where it stands."""

STRANGERS = 0.4
"""What is left of a likeness in words alone; the rest is for the same subjects and grades."""

SUBJECTS_SHARE = 0.65
"""Of that rest, the share of the subjects; the grades have the other."""

TellingWord = tuple[str, float]
"""A lower-case word and its weight, at most 1 for a word of the highest importance."""


def telling_words(
    called: tuple[str, ...], documents_with: Callable[[str], int], documents: int
) -> tuple[TellingWord, ...]:
    """Return the words that tell most of a title: important ones that few others have.

    Args:
        called: name, series, then keywords of the title.
        documents_with: tells in how many documents a lower-case word occurs.
        documents: how many there are.

    Returns:
        At most `MOST_WORDS`, the most telling first; none that this title has alone.
    """
    importance: dict[str, float] = {}
    for text, weight in _weighed(called):
        for word in german.words(text):
            if not german.is_stop_word(word):
                importance[word] = max(weight, importance.get(word, 0.0))
    telling = []
    for word, weight in importance.items():
        shared_by = documents_with(word)
        if shared_by > 1:
            telling.append((-weight * log(1 + documents / shared_by), word))
    chosen = sorted(telling)[:MOST_WORDS]
    return tuple((word, importance[word] / KEYWORD_WEIGHT) for _, word in chosen)


def kinship(number: int, subjects: Column, grades: Column) -> Floats:
    """Return float32[documents]: 1 with the subjects and grades of one document, else less.

    `STRANGERS` for documents that share neither with it. A factor for scores of words.

    Args:
        number: of the document compared with.
        subjects: of all documents.
        grades: of all documents.
    """
    same = SUBJECTS_SHARE * overlap(subjects, number)
    same += (1 - SUBJECTS_SHARE) * overlap(grades, number)
    factor: Floats = (STRANGERS + (1 - STRANGERS) * same).astype(np.float32)
    return factor


def overlap(column: Column, number: int) -> Floats:
    """Return float32[documents]: values shared with one document, of all values of the two.

    0 where neither has any.
    """
    own_set = column.ordinals[number]
    own = column.pair_values[column.pair_sets == own_set]
    sets = len(column.sets)
    shared = np.bincount(column.pair_sets[np.isin(column.pair_values, own)], minlength=sets)
    sizes = np.bincount(column.pair_sets, minlength=sets)
    together = np.maximum(1, sizes + len(own) - shared)
    by_set: Floats = (shared / together).astype(np.float32)
    return by_set[column.ordinals]


def most_like(number: int, likeness: Floats, among: Bools, newest: Ints, most: int) -> list[int]:
    """Return the numbers of the documents most like one, likest first, without itself.

    Args:
        number: of the document compared with.
        likeness: float32[documents], 0 for no likeness at all.
        among: bool[documents], what may be returned.
        newest: int64[documents], greater for a newer title, which comes first of those alike.
        most: how many.
    """
    candidates = among & (likeness > 0)
    candidates[number] = False
    documents = np.flatnonzero(candidates)
    if 0 < most < len(documents):
        least = np.partition(likeness[documents], -most)[-most]
        documents = documents[likeness[documents] >= least]
    order = np.lexsort((-newest[documents], -likeness[documents]))
    return [int(each) for each in documents[order[:most]]]


def _weighed(called: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    name, series, *keywords = called
    yield name, NAME_WEIGHT
    yield series, SERIES_WEIGHT
    for keyword in keywords:
        yield keyword, KEYWORD_WEIGHT
