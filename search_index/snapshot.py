"""All documents of one state of the index, in arrays; made anew when the index changes.

Documents are numbered through all segments: a segment's own numbers plus the sizes of those before
it. Nothing here changes once made, so any number of threads may read it.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from search_index.columns import Bools, Column, Ints, joined_column
from search_index.engine import Facet
from search_index.whoosh_schema import NAME, TEXT
from search_index.whoosh_segments import Floats, Postings, Segment

TITLE_ID_BITS = 40


class Snapshot:
    """One state of the index.

    Attributes:
        segments: in the order of their document numbers.
        size: documents, deleted ones included.
        live: bool[size], False for deleted ones.
        title_ids: int64[size].
        newest: int64[size], greater for a title added later; no two alike among the live.
        centres: the centres in whose catalogue a document shows.
        facets: the values to filter by and to count.
        lengths: float32[size] by scored field, in weighted words.
        mean_lengths: by scored field.
    """

    def __init__(self, segments: Sequence[Segment], deleted: Sequence[Iterable[int]]) -> None:
        """Join the segments; `deleted` has the numbers of each one's deleted documents."""
        self.segments = tuple(segments)
        bounds = np.cumsum([0, *(each.size for each in segments)]).tolist()
        self._spans = tuple(zip(pairwise(bounds), segments, strict=True))
        self.size: int = bounds[-1]
        self.live: Bools = np.ones(self.size, np.bool_)
        for ((base, _), _), numbers in zip(self._spans, deleted, strict=True):
            self.live[[base + number for number in numbers]] = False
        self.title_ids = _joined_ints([each.title_ids for each in segments])
        added_on = _joined_ints([each.added_on for each in segments])
        self.newest: Ints = (added_on << TITLE_ID_BITS) + self.title_ids
        self.centres = joined_column([each.centres for each in segments])
        self.facets: dict[Facet, Column] = {
            facet: joined_column([each.facets[facet] for each in segments]) for facet in Facet
        }
        self.lengths = {
            name: _joined_floats([s.lengths[name] for s in segments]) for name in SCORED
        }
        self.mean_lengths = {
            name: sum(each.total_lengths[name] for each in segments) / max(1, self.size)
            for name in SCORED
        }

    @cached_property
    def alphabet(self) -> Ints:
        """int64[size], each document's place when sorted by name."""
        names = [name for each in self.segments for name in each.sort_names]
        order = sorted(range(self.size), key=lambda number: (names[number], number))
        places = np.empty(self.size, np.int64)
        places[order] = np.arange(self.size)
        return places

    def numbers_of(self, title_ids: Iterable[int]) -> Ints:
        """Return the numbers of the live documents of some titles, ascending."""
        return np.flatnonzero(self.mask_of(title_ids) & self.live)

    def mask_of(self, title_ids: Iterable[int]) -> Bools:
        """Return bool[size]: documents of some titles; unknown titles are passed over."""
        wanted: Bools = np.isin(self.title_ids, np.fromiter(title_ids, np.int64))
        return wanted

    def postings(self, field: str, term: str) -> Postings:
        """Return a term's documents in all segments, deleted ones among them."""
        found = [(base, segment.postings(field, term)) for (base, _), segment in self._spans]
        return Postings(
            _joined_ints([base + postings.docs for base, postings in found]),
            _joined_floats([postings.weights for _, postings in found]),
            sum(postings.document_frequency for _, postings in found),
        )

    def terms_from(self, field: str, prefix: str, most: int) -> list[str]:
        """Return the first `most` terms with a prefix, in alphabetical order."""
        terms = {t for each in self.segments for t in each.terms_from(field, prefix, most)}
        return sorted(terms)[:most]

    def digests(self) -> dict[int, str]:
        """Return the digest of each live document by title."""
        digests = [digest for each in self.segments for digest in each.digests]
        numbers = np.flatnonzero(self.live).tolist()
        return {int(self.title_ids[number]): digests[number] for number in numbers}


SCORED = (NAME, TEXT)


def _joined_ints(parts: list[Ints]) -> Ints:
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.int64), *parts])


def _joined_floats(parts: list[Floats]) -> Floats:
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.float32), *parts])
