"""All documents of one state of the index, in arrays; made anew when the index changes.

Documents are numbered through all segments: a segment's own numbers plus the sizes of those before
it. Nothing here changes once made, so any number of threads may read it. A state that only adds
segments to the one before takes over what was joined already.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from itertools import pairwise

import numpy as np

from search_index.alphabet import Alphabet, alphabet
from search_index.arrays import Bools, Floats, Ints, Numbers
from search_index.columns import NO_NUMBERS, Column, joined_column
from search_index.engine import Facet
from search_index.fields import SCORED
from search_index.kept import Kept
from search_index.postings import Postings, joined_places, joined_postings
from search_index.scoring import Hits
from search_index.suggestions import Named, favour_of
from search_index.titles import Reach
from search_index.whoosh_schema import SEPARATOR
from search_index.whoosh_segments import Segment

TITLE_ID_BITS = 40
SPARSE_IDS = 8
"""A table from title to document may have so many times as many places as there are documents."""

HITS_BYTES = 32 << 20
"""Of hits of words that a state keeps: what was asked lately is asked again."""

MASKS_BYTES = 16 << 20
CORRECTIONS_BYTES = 1 << 20


NO_IDS: Ints = np.empty(0, np.int64)
NO_LENGTHS: Floats = np.empty(0, np.float32)


class Snapshot:
    """One state of the index.

    Attributes:
        segments: in the order of their document numbers.
        size: documents, deleted ones included.
        live: bool[size], False for deleted ones.
        title_ids: int64[size].
        added_on: int32[size], ordinals of days.
        newest: int64[size], greater for a title added later; no two alike among the live.
        lent: int32[size], loans of the last year.
        centres: the centres in whose catalogue a document shows.
        facets: the values to filter by and to count.
        lengths: float32[size] by scored field, in weighted words.
        mean_lengths: by scored field.
        hits: what words and phrases asked lately lead to.
        corrections: what was made of texts with typos asked lately.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        deleted: Sequence[Iterable[int]],
        before: "Snapshot | None" = None,
    ) -> None:
        """Join segments.

        Args:
            segments: open ones.
            deleted: the numbers of each one's deleted documents.
            before: an earlier state; used if `segments` begin with its segments.
        """
        self.segments = tuple(segments)
        bounds = np.cumsum([0, *(each.size for each in segments)]).tolist()
        self._bases = bounds[:-1]
        self._spans = tuple(zip(self._bases, segments, strict=True))
        self.size: int = bounds[-1]
        self.live: Bools = np.ones(self.size, np.bool_)
        for (first, last), numbers in zip(pairwise(bounds), deleted, strict=True):
            self.live[first:last][list(numbers)] = False
        self.title_ids: Ints = np.concatenate([NO_IDS, *(each.title_ids for each in segments)])
        self.added_on: Numbers = np.concatenate(
            [NO_NUMBERS, *(each.added_on for each in segments)]
        )
        self.newest: Ints = (self.added_on.astype(np.int64) << TITLE_ID_BITS) + self.title_ids
        self.lent: Numbers = np.concatenate([NO_NUMBERS, *(each.lent for each in segments)])
        self.lengths: dict[str, Floats] = {
            name: np.concatenate([NO_LENGTHS, *(each.lengths[name] for each in segments)])
            for name in SCORED
        }
        self.mean_lengths = {
            name: sum(each.total_lengths[name] for each in segments) / max(1, self.size)
            for name in SCORED
        }
        self.centres: Column
        self._join_columns(before if before and before.begins(self.segments) else None)
        self.hits: Kept[Hits] = Kept(HITS_BYTES)
        self.corrections: Kept[str] = Kept(CORRECTIONS_BYTES)
        self._masks: Kept[Bools] = Kept(MASKS_BYTES)
        self._reaches: Kept[Reach] = Kept(MASKS_BYTES)

    def begins(self, segments: Sequence[Segment]) -> bool:
        """Tell whether segments are this state's, with more behind them or not."""
        return len(self.segments) <= len(segments) and all(
            mine is other for mine, other in zip(self.segments, segments, strict=False)
        )

    def _join_columns(self, before: "Snapshot | None") -> None:
        new = self.segments[len(before.segments) if before else 0 :]
        self.centres = joined_column(
            [each.centres for each in new], before.centres if before else None
        )
        self.facets: dict[Facet, Column] = {
            facet: joined_column(
                [each.facets[facet] for each in new], before.facets[facet] if before else None
            )
            for facet in Facet
        }
        self._known_alphabet: Alphabet | None = before.__dict__.get("alphabet") if before else None

    @cached_property
    def alphabet(self) -> Alphabet:
        """Each document's place when sorted by name."""
        names = [name for each in self.segments for name in each.sort_names]
        return alphabet(names, self._known_alphabet)

    def reach(self, centre_ids: frozenset[int] | None) -> Reach:
        """Return the live documents in the catalogue of any of some centres, or of all."""
        known = self._reaches.get(centre_ids)
        if known is None:
            mask = self.live if centre_ids is None else self.live & self.held_at(centre_ids)
            known = Reach(mask, np.flatnonzero(mask).astype(np.int32))
            self._reaches.keep(centre_ids, known, known.mask.nbytes + known.documents.nbytes)
        return known

    def held_at(self, centre_ids: frozenset[int]) -> Bools:
        """Return bool[size]: documents in the catalogue of any of some centres."""
        return self._mask(None, frozenset(map(str, centre_ids)))

    def mask(self, facet: Facet, values: frozenset[str]) -> Bools:
        """Return bool[size]: documents with any of a facet's values."""
        return self._mask(facet, values)

    def _mask(self, facet: Facet | None, values: frozenset[str]) -> Bools:
        known = self._masks.get((facet, values))
        if known is None:
            known = (self.facets[facet] if facet else self.centres).mask(values)
            self._masks.keep((facet, values), known, known.nbytes)
        return known

    def numbers_of(self, title_ids: Iterable[int]) -> Numbers:
        """Return the numbers of the live documents of some titles; unknown ones are left out."""
        wanted = np.fromiter(title_ids, np.int64)
        table = self._numbers_by_title
        if table is not None:
            wanted = wanted[(wanted >= 0) & (wanted < len(table))]
            numbers = table[wanted]
            return numbers[numbers >= 0]
        return np.flatnonzero(np.isin(self.title_ids, wanted) & self.live).astype(np.int32)

    @cached_property
    def _numbers_by_title(self) -> Numbers | None:
        """int32[highest id + 1], the live document of each title or -1; None if ids are sparse."""
        live = np.flatnonzero(self.live).astype(np.int32)
        title_ids = self.title_ids[live]
        highest = int(title_ids.max(initial=0))
        if highest > SPARSE_IDS * self.size + 1000 or title_ids.min(initial=0) < 0:
            return None
        table = np.full(highest + 1, -1, np.int32)
        table[title_ids] = live
        return table

    def postings(self, field: str, term: str) -> Postings:
        """Return a term's documents in all segments, deleted ones among them."""
        return joined_postings([(base, each.postings(field, term)) for base, each in self._spans])

    def places(self, field: str, term: str) -> Ints:
        """Return where a term stands in a field's texts: int64, see `postings.PLACE_BITS`."""
        return joined_places([(base, each.places(field, term)) for base, each in self._spans])

    def terms_beginning(self, prefix: str) -> dict[str, int]:
        """Return the terms with a beginning and in how many documents; see `Segment.words`."""
        return reduce(_added, (each.terms_beginning(prefix) for each in self.segments), {})

    def called(self, number: int) -> tuple[str, ...]:
        """Return name, series, then keywords of a document."""
        base, segment = self._spans[bisect_right(self._bases, number) - 1]
        return tuple(segment.called[number - base].decode().split(SEPARATOR))

    @cached_property
    def named(self) -> Named:
        """What all titles are called, to be suggested."""
        return Named(
            [each.named for each in self.segments],
            lambda number: self.called(number)[0],
            self.title_ids,
            favour_of(self.lent.astype(np.int64), self.newest),
            self.facets[Facet.SUBJECT].counts,
        )

    def digests(self) -> dict[int, str]:
        """Return the digest of each live document by title."""
        digests = [digest for each in self.segments for digest in each.digests]
        numbers = np.flatnonzero(self.live)
        title_ids = self.title_ids[numbers].tolist()
        return {
            title_id: digests[number].decode()
            for title_id, number in zip(title_ids, numbers.tolist(), strict=True)
        }


def _added(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    for term, documents in more.items():
        counts[term] = counts.get(term, 0) + documents
    return counts
