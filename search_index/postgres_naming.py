"""What the titles of an index in PostgreSQL are called, as suggestions want to know it."""

from collections.abc import Sequence
from dataclasses import dataclass

from search_index.arrays import Bools, Ints
from search_index.engine import Facet
from search_index.postgres_words import PostgresWords
from search_index.suggestions import Beginnings, Named


@dataclass(frozen=True, slots=True)
class _Names:
    words: PostgresWords

    @property
    def size(self) -> int:
        return self.words.columns.size

    def matching(self, beginnings: Sequence[str]) -> Bools:
        return self.words.named_so(beginnings)


@dataclass(frozen=True, slots=True)
class _Part:
    names: _Names
    series: Sequence[str]
    series_of: Ints
    series_names: Beginnings


def named(words: PostgresWords) -> Named:
    """Return what all titles of a state are called: names by the index, series from memory."""
    columns = words.columns
    series, series_of, series_names = columns.series
    part = _Part(_Names(words), series, series_of, series_names)
    return Named(
        parts=(part,),
        name_of=lambda number: words.called(number)[0],
        title_ids=columns.title_ids,
        favour=columns.favour,
        subjects=columns.facets[Facet.SUBJECT].counts,
    )
