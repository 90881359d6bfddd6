"""Words side by side, in a name or in one of the texts.

A place is ``document << 20 | position``. Where the second word of a phrase stands, the place less
one is where the phrase begins; so a phrase is the intersection of its words' places, each shifted
back. Texts keep no stop words, so there any word will do for one; names keep them.
"""

from collections.abc import Sequence

import numpy as np

from search_index import german
from search_index.arrays import Ints, Numbers
from search_index.fields import NAME
from search_index.postings import NO_PLACES, PLACE_BITS
from search_index.scoring import FIELD_WEIGHTS, NO_HITS, Hits, hits_of_places, summed
from search_index.snapshot import Snapshot


def hits_of_phrase(snapshot: Snapshot, words: Sequence[str]) -> Hits:
    """Return the documents with words side by side, scored by those words.

    Args:
        snapshot: where to look.
        words: lower-case words in their order; only their exact forms count.
    """
    key = ("phrase", *words)
    known = snapshot.hits.get(key)
    if known is None:
        known = _hits(snapshot, words)
        snapshot.hits.keep(key, known, known.bytes)
    return known


def _hits(snapshot: Snapshot, words: Sequence[str]) -> Hits:
    parts = []
    for field, weight in FIELD_WEIGHTS:
        terms = _terms(field, words)
        documents = _documents(snapshot, field, terms)
        if len(documents):
            only_terms = [term for term, _ in terms]
            found = hits_of_places(snapshot, field, weight, only_terms, documents)
            parts.append((found.docs, found.scores))
    return summed(snapshot.size, parts) if parts else NO_HITS


def _terms(field: str, words: Sequence[str]) -> list[tuple[str, int]]:
    """Return terms and their offsets in the phrase."""
    return [
        (german.forms(word)[0][0], offset)
        for offset, word in enumerate(words)
        if field == NAME or not german.is_stop_word(word)
    ]


def _documents(snapshot: Snapshot, field: str, terms: Sequence[tuple[str, int]]) -> Numbers:
    """Return the documents in which terms stand at their offsets; int32[n], ascending."""
    found: Ints | None = None
    by_rarity = sorted(terms, key=lambda each: len(snapshot.postings(field, each[0]).docs))
    for term, offset in by_rarity:
        begins = snapshot.places(field, term) - offset
        found = begins if found is None else _common(found, begins)
        if not len(found):
            break
    begins = NO_PLACES if found is None else found
    return np.unique(begins >> PLACE_BITS).astype(np.int32)


def _common(some: Ints, others: Ints) -> Ints:
    """Return what is in both of two ascending arrays; quick if the first is short."""
    if not len(others):
        return others
    places = np.searchsorted(others, some)
    places[places == len(others)] = 0
    common: Ints = some[others[places] == some]
    return common
