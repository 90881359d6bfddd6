"""The words of a state of the embedded index: the terms of a word, scored and kept a while."""

from collections.abc import Sequence
from dataclasses import dataclass

from search_index import german
from search_index.arrays import Numbers
from search_index.corrections import correction
from search_index.fields import NUMBER
from search_index.phrases import hits_of_phrase
from search_index.query import BEGINNING_WEIGHT, SHORTEST_BEGINNING
from search_index.scoring import Hits, hits_of_terms
from search_index.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class SnapshotWords:
    """A `titles.Words`."""

    snapshot: Snapshot

    def hits_of_word(self, word: str, most: int, *, is_typed: bool = False) -> Hits:
        """See `titles.Words.hits_of_word`."""
        snapshot = self.snapshot
        key = (word, most, is_typed)
        known = snapshot.hits.get(key)
        if known is None:
            forms = german.asked_forms(word)
            known = hits_of_terms(snapshot, forms)
            if is_typed or not len(known.docs):
                known = hits_of_terms(snapshot, (*forms, *self._beginnings(word, most, forms)))
            snapshot.hits.keep(key, known, known.bytes)
        return known

    def hits_of_phrase(self, words: Sequence[str]) -> Hits:
        """See `titles.Words.hits_of_phrase`."""
        return hits_of_phrase(self.snapshot, words)

    def called(self, number: int) -> tuple[str, ...]:
        """See `titles.Words.called`."""
        return self.snapshot.called(number)

    def correction(self, text: str) -> str:
        """See `titles.Words.correction`."""
        return correction(self.snapshot, text)

    def documents_of_number(self, number: str) -> Numbers:
        """See `titles.Words.documents_of_number`."""
        return self.snapshot.postings(NUMBER, number).docs

    def _beginnings(self, word: str, most: int, forms: Sequence[german.Form]) -> list[german.Form]:
        """Return the commonest terms that begin like a word, most documents first."""
        beginning = german.fold(word)
        if len(beginning) < SHORTEST_BEGINNING:
            return []
        counts = self.snapshot.terms_beginning(beginning)
        terms = sorted(counts.keys() - dict(forms), key=lambda term: (-counts[term], term))
        return [(term, BEGINNING_WEIGHT) for term in terms[:most]]
