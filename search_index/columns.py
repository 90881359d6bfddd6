"""Values of all documents at once: which titles a filter lets through, and how many have what.

A document's values (its grades, say) are one of few distinct sets, so a column is an ordinal per
document plus a small matrix, and a count is one `bincount` and one product.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search_index.engine import Facet

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """One facet of the documents of one segment.

    Attributes:
        ordinals: int64[documents], which of `sets` a document has.
        sets: the distinct sets of values.
    """

    ordinals: Ints
    sets: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One facet of all documents.

    Attributes:
        ordinals: int64[documents], which distinct set of values a document has.
        values: the distinct values.
        members: int64[sets, values], 1 where the set has the value, else 0.
    """

    ordinals: Ints
    values: tuple[str, ...]
    members: Ints

    def mask(self, wanted: Iterable[str]) -> Bools:
        """Return bool[documents]: documents with any of the wanted values."""
        places = [self.values.index(value) for value in wanted if value in self.values]
        fitting: Bools = self.members[:, places].sum(axis=1) > 0
        return fitting[self.ordinals]

    def counts(self, documents: Ints) -> dict[str, int]:
        """Count the values among some documents, given by number; absent ones are left out."""
        by_set = np.bincount(self.ordinals[documents], minlength=len(self.members))
        by_value = by_set @ self.members
        return {self.values[place]: int(by_value[place]) for place in np.flatnonzero(by_value)}


def joined_column(parts: Sequence[ColumnPart]) -> Column:
    """Make one column of its parts, in their order."""
    sets: dict[tuple[str, ...], int] = {}
    ordinals: list[Ints] = [np.empty(0, np.int64)]
    for part in parts:
        places = [sets.setdefault(values, len(sets)) for values in part.sets]
        ordinals.append(np.array(places, np.int64)[part.ordinals])
    return _column(np.concatenate(ordinals), list(sets))


def _column(ordinals: Ints, sets: Sequence[Sequence[str]]) -> Column:
    distinct = tuple(sorted({value for values in sets for value in values}))
    place = {value: number for number, value in enumerate(distinct)}
    members = np.zeros((len(sets), len(distinct)), np.int64)
    for number, values in enumerate(sets):
        members[number, [place[value] for value in values]] = 1
    return Column(ordinals, distinct, members)


def count_facets(
    columns: Mapping[Facet, Column],
    found: Bools,
    masks: Mapping[Facet, Bools],
    selected: Mapping[Facet, frozenset[str]],
) -> dict[Facet, tuple[tuple[str, int], ...]]:
    """Count every facet's values among the documents found.

    Args:
        columns: the facets to count.
        found: bool[documents], what the words and everything but the facets let through.
        masks: bool[documents] of each selected facet; a facet's own is left out of its counts.
        selected: values that are told even when none is left.
    """
    everything = np.flatnonzero(_all_of(found, masks.values()))
    counted = {}
    for facet, column in columns.items():
        others = (mask for other, mask in masks.items() if other is not facet)
        documents = np.flatnonzero(_all_of(found, others)) if facet in masks else everything
        counts = dict.fromkeys(selected.get(facet, ()), 0) | column.counts(documents)
        counted[facet] = tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return counted


def _all_of(found: Bools, masks: Iterable[Bools]) -> Bools:
    for mask in masks:
        found = found & mask
    return found
