"""Which titles have a word: PostgreSQL's GIN indexes are asked, the titles scored here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from sqlalchemy import Connection, Integer, Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from search_index import german, typos
from search_index.arrays import Bools, Numbers
from search_index.postgres_columns import Columns
from search_index.postgres_lexemes import (
    Probe,
    Vector,
    any_probes,
    beginnings_query,
    number_probe,
    phrase_probes,
    word_probes,
)
from search_index.postgres_schema import SEPARATOR, Tables
from search_index.query import BEGINNING_WEIGHT, SHORTEST_BEGINNING
from search_index.scoring import Hits, summed
from search_index.suggestions import BEHIND_EVERY_LETTER, variants
from search_index.typos import Neighbours

MOST_TEXTS = 50
"""Titles looked at to learn how a word is really written."""


@dataclass(frozen=True, slots=True)
class PostgresWords:
    """A `titles.Words` of one state of the index, seen by an open transaction.

    Attributes:
        connection: in that transaction.
        tables: of the live generation.
        columns: the titles in memory.
        neighbours: gives the words to mend typos with.
    """

    connection: Connection
    tables: Tables
    columns: Columns
    neighbours: Callable[[], Sequence[Neighbours]]

    def hits_of_word(self, word: str, most: int, *, is_typed: bool = False) -> Hits:
        """See `titles.Words.hits_of_word`."""
        hits = self._hits(word_probes(word))
        beginning = german.fold(word)
        if (len(hits.docs) and not is_typed) or len(beginning) < SHORTEST_BEGINNING:
            return hits
        more = self._hits(any_probes(self._words_beginning(beginning, most), BEGINNING_WEIGHT))
        return summed(self.columns.size, [(each.docs, each.scores) for each in (hits, more)])

    def hits_of_phrase(self, words: Sequence[str]) -> Hits:
        """See `titles.Words.hits_of_phrase`."""
        return self._hits(phrase_probes(words))

    def documents_of_number(self, number: str) -> Numbers:
        """See `titles.Words.documents_of_number`."""
        return self._hits([number_probe(number)]).docs

    def correction(self, text: str) -> str:
        """See `titles.Words.correction`."""
        return typos.mended(text, self._occurs, self._mended)

    def called(self, number: int) -> tuple[str, ...]:
        """See `titles.Words.called`."""
        called = self._called([int(self.columns.title_ids[number])])
        return called[0] if called else ()  # another thread's columns may know a newer title

    def named_so(self, beginnings: Sequence[str]) -> Bools:
        """Return bool[titles]: titles in whose names every folded beginning begins a word."""
        query = cast(beginnings_query(map(variants, beginnings)), TSQUERY)
        stored = self.tables.vector.c
        title_ids = self.connection.scalars(
            select(stored.title_id).where(stored.names.op("@@")(query))
        )
        return self.columns.mask_of(title_ids)

    def _occurs(self, word: str) -> bool:
        if len(self._hits(word_probes(word)).docs):
            return True
        return bool(self._words_beginning(german.fold(word), 1))

    def _mended(self, word: str) -> str | None:
        parts = self.neighbours()
        term = typos.meant(word, lambda typed: typos.near_in(parts, typed))
        if term is None:
            return None
        documents = self._hits(any_probes([term], 1.0)).docs[:MOST_TEXTS]
        called = self._called(self.columns.title_ids[documents].tolist())
        return typos.spelling(term, (text for texts in called for text in texts))

    def _words_beginning(self, beginning: str, most: int) -> Sequence[str]:
        """Return the commonest words that begin with some folded letters."""
        word = self.tables.word.c
        query = select(word.word).where(
            word.word >= beginning, word.word < beginning + BEHIND_EVERY_LETTER
        )
        query = query.order_by(word.titles.desc(), word.word).limit(most)
        return self.connection.scalars(query).all()

    def _called(self, title_ids: Sequence[int]) -> list[tuple[str, ...]]:
        document = self.tables.document.c
        query = select(document.name, document.series, document.keywords)
        rows = self.connection.execute(query.where(document.title_id.in_(title_ids)))
        return [(name, series, *keywords.split(SEPARATOR)) for name, series, keywords in rows]

    def _hits(self, probes: Sequence[Probe]) -> Hits:
        found: list[tuple[Probe, Numbers]] = []
        for vector in Vector:
            asked = [probe for probe in probes if probe.vector is vector and probe.query]
            if asked:
                found += self._looked_up(vector, asked)
        return _scored(self.columns.size, found)

    def _looked_up(
        self, vector: Vector, probes: Sequence[Probe]
    ) -> Iterable[tuple[Probe, Numbers]]:
        """Yield the titles of each probe that finds any, ascending."""
        places = cast(list(range(len(probes))), ARRAY(Integer))
        queries = cast([probe.query for probe in probes], ARRAY(Text))
        asked = func.unnest(places, queries).table_valued(
            column("place", Integer), column("query", Text), name="asked"
        )
        asked = asked.render_derived()
        stored = self.tables.vector.c
        matches = stored[vector.value].op("@@")(cast(asked.c.query, TSQUERY))
        query = (
            select(asked.c.place, func.array_agg(stored.title_id))
            .join_from(asked, self.tables.vector, matches)
            .group_by(asked.c.place)
        )
        for place, title_ids in self.connection.execute(query):
            ascending = np.sort(np.array(title_ids, np.int64))
            yield probes[place], self.columns.places(ascending)


def _scored(size: int, found: Sequence[tuple[Probe, Numbers]]) -> Hits:
    """Add up what probes are worth; a term that few titles have is worth more."""
    frequencies: dict[str, int] = {}
    for probe, docs in found:
        known = frequencies.get(probe.term, 0)
        if probe.vector is Vector.IMPACTS:  # a title has a term at one level only
            frequencies[probe.term] = known + len(docs)
        else:  # what is in the names is in the words, too
            frequencies[probe.term] = max(known, len(docs))
    parts = []
    for probe, docs in found:
        worth = probe.weight * _rarity(size, frequencies[probe.term])
        parts.append((docs, np.full(len(docs), worth, np.float32)))
    return summed(size, parts)


def _rarity(titles: int, frequency: int) -> float:
    return log(titles / (frequency + 1)) + 1
