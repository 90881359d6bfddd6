"""BM25F over names and texts, the same as Whoosh's: which documents have a word, how well.

Every term of every field is scored by itself, times its weight; a document's score is the sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

import numpy as np

from search_index.arrays import Floats, Numbers
from search_index.fields import NAME, TEXT
from search_index.german import Form
from search_index.postings import Postings

FIELD_WEIGHTS = ((NAME, 2.0), (TEXT, 1.0))

# BM25's saturation of repeated words, and how much a long text counts against its words.
K1 = 1.2
B = 0.75


class Scored(Protocol):
    """What scoring must know of a state of the index; see `snapshot.Snapshot`."""

    size: int
    lengths: dict[str, Floats]
    mean_lengths: dict[str, float]

    def postings(self, field: str, term: str) -> Postings:
        """Return a term's documents."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Documents that have something, deleted ones among them.

    Attributes:
        docs: int32[n], document numbers, ascending.
        scores: float32[n], more than 0.
    """

    docs: Numbers
    scores: Floats

    @property
    def bytes(self) -> int:
        """What keeping them costs."""
        return self.docs.nbytes + self.scores.nbytes

    def scores_at(self, documents: Numbers) -> Floats:
        """Return float32[documents]: the score of each given document, 0 where it has none."""
        if not len(self.docs):
            return np.zeros(len(documents), np.float32)
        places = np.searchsorted(self.docs, documents)
        places[places == len(self.docs)] = 0
        scores = self.scores[places]
        scores[self.docs[places] != documents] = 0.0
        return scores


NO_HITS = Hits(np.empty(0, np.int32), np.empty(0, np.float32))


def hits_of_terms(index: Scored, terms: Iterable[Form]) -> Hits:
    """Return the documents with any of some terms; scores of several add up."""
    parts = [
        (postings.docs, _bm25(index, field, postings, term_weight * field_weight))
        for term, term_weight in terms
        for field, field_weight in FIELD_WEIGHTS
        if len((postings := index.postings(field, term)).docs)
    ]
    return summed(index.size, parts)


def hits_of_places(
    index: Scored, field: str, field_weight: float, words: Sequence[str], documents: Numbers
) -> Hits:
    """Score documents of a field in which all of some words stand."""
    scores = np.zeros(len(documents), np.float32)
    for word in words:
        postings = index.postings(field, word)
        every = Hits(postings.docs, _bm25(index, field, postings, field_weight))
        scores += every.scores_at(documents)
    return Hits(documents, scores)


def summed(size: int, parts: Sequence[tuple[Numbers, Floats]]) -> Hits:
    """Add up scores by document.

    Args:
        size: documents there are.
        parts: document numbers, ascending, and their scores.
    """
    if not parts:
        return NO_HITS
    if len(parts) == 1:
        return Hits(*parts[0])
    docs = np.concatenate([docs for docs, _ in parts])
    scores = np.concatenate([scores for _, scores in parts])
    sums = np.bincount(docs, scores, size)
    present = np.flatnonzero(sums)
    return Hits(present.astype(np.int32), sums[present].astype(np.float32))


def _bm25(index: Scored, field: str, postings: Postings, weight: float) -> Floats:
    rarity = log(index.size / (len(postings.docs) + 1)) + 1
    length = index.lengths[field][postings.docs]
    mean = index.mean_lengths[field] or 1.0
    often = postings.weights
    factor = np.float32(weight * rarity * (K1 + 1))
    saturation = np.float32(K1 * (1 - B)) + np.float32(K1 * B / mean) * length
    scores: Floats = (factor * often / (often + saturation)).astype(np.float32, copy=False)
    return scores
