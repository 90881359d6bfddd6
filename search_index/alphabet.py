"""The order of titles by name, carried over from one state of the index to the next."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search_index.arrays import Numbers

SORTED_ANEW = 8
"""Sort everything when more than a share of one in so many names is new."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Places of documents when sorted by name.

    Attributes:
        places: int32[documents]; documents of one name share a place.
        names: the distinct names, ascending bytewise.
    """

    places: Numbers
    names: list[bytes]


def alphabet(names: Sequence[bytes], before: Alphabet | None = None) -> Alphabet:
    """Sort documents by name.

    Args:
        names: sort name of each document.
        before: the order of the first documents, if it is known.
    """
    known = len(before.places) if before else 0
    if before is None or (len(names) - known) * SORTED_ANEW > len(names):
        return _sorted(names)
    return _extended(before, names[known:])


def _sorted(names: Sequence[bytes]) -> Alphabet:
    distinct = sorted(set(names))
    places = {name: place for place, name in enumerate(distinct)}
    numbers = np.fromiter(map(places.__getitem__, names), np.int32, len(names))
    return Alphabet(numbers, distinct)


def _extended(before: Alphabet, names: Sequence[bytes]) -> Alphabet:
    """Put new names among those known: each known place moves up by the new names before it."""
    added = sorted({name for name in names if not _has(before.names, name)})
    into = [bisect_left(before.names, name) for name in added]
    places = before.places + np.searchsorted(np.array(into, np.int32), before.places, "right")
    distinct = before.names.copy()
    for offset, (place, name) in enumerate(zip(into, added, strict=True)):
        distinct.insert(place + offset, name)
    new = [bisect_left(distinct, name) for name in names]
    return Alphabet(np.concatenate([places, np.array(new)]).astype(np.int32), distinct)


def _has(names: list[bytes], name: bytes) -> bool:
    place = bisect_left(names, name)
    return place < len(names) and names[place] == name
