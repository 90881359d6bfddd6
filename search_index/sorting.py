"""Orders of findings: whole pages of the first ones, without sorting the rest.

Every order is total, so pages never overlap: by its own key, then titles of the reader's own
centre first, then the younger title, which no two documents are.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from search_index.arrays import Ints, Numbers
from search_index.engine import Sort
from search_index.matching import Match
from search_index.titles import Titles

Keys = npt.NDArray[np.generic]
"""What is greater comes first."""

HOME = np.int64(1 << 62)
"""Above all of `Titles.newest`."""


def first(
    titles: Titles,
    match: Match,
    found: Numbers,
    by: tuple[Sort, frozenset[int]],
    most: int,
) -> Numbers:
    """Return the first documents of those found, best first.

    Args:
        titles: what they are documents of.
        match: what they were found by.
        found: int32[n], some of the match's documents, ascending.
        by: the order, and the reader's own centres.
        most: documents wanted.
    """
    sort, home_centre_ids = by
    keys = _keys(titles, match, found, sort)

    def ties(places: Ints) -> Keys:
        documents = found[places]
        newest = titles.newest[documents]
        if not home_centre_ids:
            return newest
        return newest + HOME * titles.held_at(home_centre_ids)[documents]

    places = np.arange(len(found)) if keys is None else _above(keys, most)
    if keys is None or len(places) > most:
        places = _cut(keys, places, ties, most)
    order = np.lexsort((ties(places),) if keys is None else (ties(places), keys[places]))
    return found[places[order[::-1]]]


def _keys(titles: Titles, match: Match, found: Numbers, sort: Sort) -> Keys | None:
    """Return a key for each document found; None if all are alike."""
    if sort is Sort.TITLE:
        return -titles.alphabet.places[found]
    if sort is Sort.NEWEST:
        return titles.added_on[found]
    if sort is Sort.LENT:
        return titles.lent[found]
    if match.scores is None:
        return None
    if len(found) == len(match.docs):
        return match.scores
    return match.scores[np.searchsorted(match.docs, found)]


def _above(keys: Keys, most: int) -> Ints:
    """Return the places of the greatest keys, at least `most` of them and all that tie."""
    if most >= len(keys):
        return np.arange(len(keys))
    threshold = np.partition(keys, len(keys) - most)[len(keys) - most]
    return np.flatnonzero(keys >= threshold)


def _cut(keys: Keys | None, places: Ints, ties: Callable[[Ints], Keys], most: int) -> Ints:
    """Leave the first `most` of places whose last ones tie."""
    if most >= len(places):
        return places
    if keys is None:
        sure, tied = places[:0], places
    else:
        lowest = keys[places].min()
        sure, tied = places[keys[places] > lowest], places[keys[places] == lowest]
    return np.concatenate([sure, tied[_above(ties(tied), most - len(sure))]])
