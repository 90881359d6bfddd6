"""Titles most like one: its telling words asked of the index, weighed with what it is for."""

import numpy as np

from search_index import similarity
from search_index.engine import Facet
from search_index.titles import Reach, Titles, Words


def similar(
    titles: Titles, words: Words, reach: Reach, title_id: int, most: int
) -> tuple[int, ...]:
    """Return the titles within reach most like one, likest first; none for an unknown title."""
    numbers = titles.numbers_of([title_id]).tolist()
    if not numbers:
        return ()
    (number,) = numbers

    def documents_with(word: str) -> int:
        return len(words.hits_of_word(word, 0).docs)

    telling = similarity.telling_words(words.called(number), documents_with, titles.size)
    likeness = np.zeros(titles.size, np.float32)
    for word, weight in telling:
        hits = words.hits_of_word(word, 0)
        likeness[hits.docs] += np.float32(weight) * hits.scores
    subjects, grades = titles.facets[Facet.SUBJECT], titles.facets[Facet.GRADE]
    likeness *= similarity.kinship(number, subjects, grades)
    alike = similarity.most_like(number, likeness, reach.mask, titles.newest, most)
    return tuple(titles.title_ids[alike].tolist())
