"""Values of all documents at once: which titles a filter lets through, and how many have what.

A document's values (its grades, say) are one of few distinct sets. So a column is the number of a
set for each document, and which set has which value is a list of pairs; a count is one `bincount`
over documents and one over pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from search_index.arrays import Bools, Numbers
from search_index.engine import Facet

Values = tuple[str, ...]

Counts = tuple[tuple[str, int], ...]
"""Values and how many documents have them, commonest first."""


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """One facet of the documents of one segment.

    Attributes:
        ordinals: int32[documents], which of `sets` a document has.
        sets: the distinct sets of values.
    """

    ordinals: Numbers
    sets: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One facet of all documents.

    Attributes:
        ordinals: int32[documents], which distinct set of values a document has.
        pair_sets: int32[pairs], the set of each pair of a set and a value in it.
        pair_values: int32[pairs], the place in `values` of each pair's value.
        values: the distinct values, in the order they were met.
        sets: number of each distinct set. The column of a later state adds to it, so it may hold
            sets that no document of this one has.
    """

    ordinals: Numbers
    pair_sets: Numbers
    pair_values: Numbers
    values: Values
    sets: dict[Values, int]

    def mask(self, wanted: Iterable[str]) -> Bools:
        """Return bool[documents]: documents with any of the wanted values."""
        places = [self.values.index(value) for value in wanted if value in self.values]
        fitting = np.zeros(len(self.sets), np.bool_)
        fitting[self.pair_sets[np.isin(self.pair_values, places)]] = True
        return fitting[self.ordinals]

    def counts(self, documents: Numbers) -> dict[str, int]:
        """Count the values among some documents; absent ones are left out."""
        by_set = np.bincount(self.ordinals[documents], minlength=len(self.sets))
        by_value = np.bincount(self.pair_values, by_set[self.pair_sets], len(self.values))
        present = np.flatnonzero(by_value)
        counts = by_value[present].astype(np.int64).tolist()
        return {self.values[at]: n for at, n in zip(present.tolist(), counts, strict=True)}


NO_NUMBERS: Numbers = np.empty(0, np.int32)


def joined_column(parts: Sequence[ColumnPart], before: Column | None = None) -> Column:
    """Make one column of its parts, in their order, behind what `before` has already."""
    known = before or Column(NO_NUMBERS, NO_NUMBERS, NO_NUMBERS, (), {})
    # Not `len(known.sets)`: another state made of the same one may have added to them already.
    ordinals, first_new = [known.ordinals], int(known.pair_sets.max(initial=-1)) + 1
    for part in parts:
        places = [known.sets.setdefault(values, len(known.sets)) for values in part.sets]
        ordinals.append(np.array(places, np.int32)[part.ordinals])
    values = {value: place for place, value in enumerate(known.values)}
    pairs = [
        (number, values.setdefault(value, len(values)))
        for members, number in islice(known.sets.items(), first_new, None)
        for value in members
    ]
    sets_of_pairs, values_of_pairs = np.array(pairs, np.int32).reshape(-1, 2).T
    return Column(
        np.concatenate(ordinals),
        np.concatenate([known.pair_sets, sets_of_pairs]),
        np.concatenate([known.pair_values, values_of_pairs]),
        tuple(values),
        known.sets,
    )


def commonest_first(counts: Mapping[str, int]) -> Counts:
    """Order counts as readers see them: the commonest first, then by value."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def count_facets(
    columns: Mapping[Facet, Column],
    found: Numbers,
    masks: Mapping[Facet, Bools],
    selected: Mapping[Facet, frozenset[str]],
) -> dict[Facet, Counts]:
    """Count every facet's values among the documents found.

    Args:
        columns: the facets to count.
        found: document numbers, what the words and everything but the facets let through.
        masks: bool[documents] of each selected facet; a facet's own is left out of its counts.
        selected: values that are told even when none is left.
    """
    everything = passing(found, masks.values())
    counted = {}
    for facet, column in columns.items():
        others = (mask for other, mask in masks.items() if other is not facet)
        documents = passing(found, others) if facet in masks else everything
        counts = dict.fromkeys(selected.get(facet, ()), 0) | column.counts(documents)
        counted[facet] = commonest_first(counts)
    return counted


def passing(documents: Numbers, masks: Iterable[Bools]) -> Numbers:
    """Return those of some documents that every mask lets through, in their order."""
    for mask in masks:
        documents = documents[mask[documents]]
    return documents
