"""Titles most like one: its telling words asked of the index, weighed with what it is for."""

import numpy as np

from search_index import similarity
from search_index.engine import Facet
from search_index.snapshot import Snapshot
from search_index.snapshot_words import SnapshotWords
from search_index.titles import Reach


def similar(snapshot: Snapshot, reach: Reach, title_id: int, most: int) -> tuple[int, ...]:
    """Return the titles within reach most like one, likest first; none for an unknown title."""
    numbers = snapshot.numbers_of([title_id]).tolist()
    if not numbers:
        return ()
    (number,) = numbers
    index = SnapshotWords(snapshot)

    def documents_with(word: str) -> int:
        return len(index.hits_of_word(word, 0).docs)

    words = similarity.telling_words(snapshot.called(number), documents_with, snapshot.size)
    likeness = np.zeros(snapshot.size, np.float32)
    for word, weight in words:
        hits = index.hits_of_word(word, 0)
        likeness[hits.docs] += np.float32(weight) * hits.scores
    subjects, grades = snapshot.facets[Facet.SUBJECT], snapshot.facets[Facet.GRADE]
    likeness *= similarity.kinship(number, subjects, grades)
    alike = similarity.most_like(number, likeness, reach.mask, snapshot.newest, most)
    return tuple(snapshot.title_ids[alike].tolist())
