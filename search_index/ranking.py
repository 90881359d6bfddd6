"""From a reader's words to documents and scores: BM25F over names and texts.

All words must match. When no document has them all, those with most of them are taken, and the
reader is told. A word that occurs nowhere is taken as the beginning of one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

import numpy as np

from search_index import german
from search_index.columns import Bools, Ints
from search_index.engine import Sort
from search_index.snapshot import Snapshot
from search_index.whoosh_schema import NAME, NUMBER, TEXT
from search_index.whoosh_segments import Floats

LONGEST_QUESTION = 300
"""Characters read of a question."""

MOST_WORDS = 20
MOST_EXPANSIONS = 200
"""Terms that beginnings of words may stand for, in one question together."""

SHORTEST_BEGINNING = 3
BEGINNING_WEIGHT = 0.5

FIELD_WEIGHTS = ((NAME, 2.0), (TEXT, 1.0))
NUMBER_SCORE = 1000.0
"""Far above what words can reach: who types a number wants that one thing."""

# BM25's saturation of repeated words, and how much a long text counts against its words.
K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class Match:
    """The documents that words lead to.

    Attributes:
        found: bool[documents].
        scores: float32[documents], meaningful where found; None if there were no words.
        loosened: nothing has all the words.
    """

    found: Bools
    scores: Floats | None = None
    loosened: bool = False


def match(snapshot: Snapshot, text: str, within: Bools) -> Match:
    """Find the documents for a reader's words among those within reach.

    Args:
        snapshot: where to look.
        text: anything at all; only its beginning counts.
        within: bool[documents], what the reader can see; decides whether all words match.
    """
    text = text[:LONGEST_QUESTION]
    words = _telling(german.words(text)[:MOST_WORDS])
    if not words:
        return Match(within if not text.strip() else np.zeros_like(within))
    scores, matched = _word_scores(snapshot, words)
    _add_number(snapshot, german.number_key(text), scores, matched, len(words))
    best = int(matched[within].max(initial=0))
    if best == 0:
        return Match(np.zeros_like(within), scores)
    return Match((matched >= best) & within, scores, loosened=best < len(words))


def first(snapshot: Snapshot, matched: Match, found: Bools, sort: Sort, most: int) -> Ints:
    """Return the numbers of the first `most` documents in the wanted order."""
    documents = np.flatnonzero(found)
    keys = _sort_keys(snapshot, matched, sort)[documents]
    if most < len(documents):
        threshold = np.partition(keys, len(keys) - most)[len(keys) - most]
        documents, keys = documents[keys >= threshold], keys[keys >= threshold]
    order = np.lexsort((-snapshot.newest[documents], -keys))
    return documents[order][:most]


def _telling(words: list[str]) -> list[str]:
    distinct = list(dict.fromkeys(words))
    return [word for word in distinct if not german.is_stop_word(word)] or distinct


def _word_scores(snapshot: Snapshot, words: Iterable[str]) -> tuple[Floats, Ints]:
    scores = np.zeros(snapshot.size, np.float32)
    matched = np.zeros(snapshot.size, np.int64)
    expansions = MOST_EXPANSIONS
    for word in words:
        of_word = _term_scores(snapshot, german.asked_forms(word))
        if expansions and not of_word.any():
            beginnings = _terms_beginning(snapshot, word, expansions)
            expansions -= len(beginnings)
            of_word = _term_scores(snapshot, beginnings)
        scores += of_word
        matched += of_word > 0
    return scores, matched


def _terms_beginning(snapshot: Snapshot, word: str, most: int) -> list[german.Form]:
    beginning = german.fold(word)
    if len(beginning) < SHORTEST_BEGINNING:
        return []
    return [(term, BEGINNING_WEIGHT) for term in snapshot.terms_from(TEXT, beginning, most)]


def _term_scores(snapshot: Snapshot, forms: Iterable[german.Form]) -> Floats:
    scores = np.zeros(snapshot.size, np.float32)
    for term, term_weight in forms:
        for field, field_weight in FIELD_WEIGHTS:
            _add_bm25(scores, snapshot, (field, term), term_weight * field_weight)
    return scores


def _add_bm25(scores: Floats, snapshot: Snapshot, term: tuple[str, str], weight: float) -> None:
    postings = snapshot.postings(*term)
    if not postings.document_frequency:
        return
    field = term[0]
    rarity = log(snapshot.size / (postings.document_frequency + 1)) + 1
    relative = snapshot.lengths[field][postings.docs] / max(1.0, snapshot.mean_lengths[field])
    often = postings.weights
    scores[postings.docs] += (
        weight * rarity * often * (K1 + 1) / (often + K1 * (1 - B + B * relative))
    )


def _add_number(
    snapshot: Snapshot, number: str, scores: Floats, matched: Ints, all_words: int
) -> None:
    if number:
        documents = snapshot.postings(NUMBER, number).docs
        scores[documents] += NUMBER_SCORE
        matched[documents] = all_words


def _sort_keys(snapshot: Snapshot, matched: Match, sort: Sort) -> Ints | Floats:
    if sort is Sort.TITLE:
        return -snapshot.alphabet
    if sort is Sort.NEWEST or matched.scores is None:
        return snapshot.newest
    return matched.scores
