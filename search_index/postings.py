"""Posting lists: which documents have a term, how much it weighs there, and at which places."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_index.arrays import Floats, Ints, Numbers

PLACE_BITS = 20
"""A place is ``document << 20 | position``: one ascending int64 key for each occurrence."""

LAST_POSITION = (1 << PLACE_BITS) - 1


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of one term, deleted ones included.

    Attributes:
        docs: int32[n], document numbers, ascending.
        weights: float32[n], the term's weight in each.
    """

    docs: Numbers
    weights: Floats

    @property
    def bytes(self) -> int:
        """What keeping them costs."""
        return self.docs.nbytes + self.weights.nbytes


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.float32))
NO_PLACES: Ints = np.empty(0, np.int64)


def joined_postings(parts: Sequence[tuple[int, Postings]]) -> Postings:
    """Join the postings of segments, each with the number of its first document."""
    filled = [(base, part) for base, part in parts if len(part.docs)]
    if not filled:
        return NO_POSTINGS
    if len(filled) == 1 and filled[0][0] == 0:
        return filled[0][1]
    return Postings(
        np.concatenate([part.docs + np.int32(base) for base, part in filled]),
        np.concatenate([part.weights for _, part in filled]),
    )


def joined_places(parts: Sequence[tuple[int, Ints]]) -> Ints:
    """Join the places of segments, each with the number of its first document."""
    return np.concatenate([NO_PLACES, *(part + (base << PLACE_BITS) for base, part in parts)])
