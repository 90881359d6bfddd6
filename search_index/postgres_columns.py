"""What filters, counts and orders, of all titles at once, in the memory of a process.

PostgreSQL tells which titles have the words; everything else is arrays here, as in the embedded
engine: counting six facets in the database takes a hundred times as long. The arrays are read
once; afterwards only what was written since.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from search_index.alphabet import Alphabet, alphabet
from search_index.arrays import Bools, Ints, Numbers
from search_index.columns import Column, ColumnPart, joined_column
from search_index.engine import Facet
from search_index.postgres_schema import CENTRES, FACTS, SEPARATOR, SERIES, tables
from search_index.postgres_state import State
from search_index.suggestions import Beginnings, favour_of
from search_index.titles import Reach

TITLE_ID_BITS = 40

Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)  # no slots: cached_property needs a place for its values
class Columns:
    """All titles of one state of the index, numbered by ascending id.

    Attributes:
        state: what they are of.
        title_ids: int64[titles], ascending.
        added_on: int32[titles], days as `date.toordinal` counts them.
        lent: int32[titles], loans of the last year.
        sort_names: one a title, ordered bytewise.
        ordinals: by name of a fact int32[titles], which of its distinct sets a title has.
        sets: by name of a fact its distinct sets of values, joined, with their ordinals.
    """

    state: State
    title_ids: Ints
    added_on: Numbers
    lent: Numbers
    sort_names: tuple[bytes, ...]
    ordinals: Mapping[str, Numbers]
    sets: Mapping[str, Mapping[str, int]]

    @property
    def size(self) -> int:
        """Titles there are."""
        return len(self.title_ids)

    @cached_property
    def newest(self) -> Ints:
        """int64[titles], greater for a title added later; no two alike."""
        keys: Ints = (self.added_on.astype(np.int64) << TITLE_ID_BITS) + self.title_ids
        return keys

    @cached_property
    def alphabet(self) -> Alphabet:
        """Each title's place when sorted by name."""
        return alphabet(self.sort_names)

    @cached_property
    def centres(self) -> Column:
        """The centres in whose catalogue a title shows."""
        return self._column(CENTRES)

    @cached_property
    def facets(self) -> dict[Facet, Column]:
        """The values to filter by and to count."""
        return {facet: self._column(facet.value) for facet in Facet}

    @cached_property
    def series(self) -> tuple[tuple[str, ...], Ints, Beginnings]:
        """The distinct series, int64[titles] which of them each is of, and them by their words."""
        distinct = ("", *filter(None, self.sets[SERIES]))
        places = {name: place for place, name in enumerate(distinct)}
        of_ordinal = np.array([places[name] for name in self.sets[SERIES]], np.int64)
        return distinct, of_ordinal[self.ordinals[SERIES]], Beginnings(distinct)

    @cached_property
    def favour(self) -> Ints:
        """int64[titles], greater for what is suggested first; no two alike."""
        return favour_of(self.lent.astype(np.int64), self.newest)

    def reach(self, centre_ids: frozenset[int] | None) -> Reach:
        """Return the titles in the catalogue of any of some centres, or of all."""
        everything = np.ones(self.size, np.bool_)
        mask = everything if centre_ids is None else self.held_at(centre_ids)
        return Reach(mask, np.flatnonzero(mask).astype(np.int32))

    def held_at(self, centre_ids: frozenset[int]) -> Bools:
        """Return bool[titles]: those in the catalogue of any of some centres."""
        return self.centres.mask(map(str, centre_ids))

    def mask(self, facet: Facet, values: frozenset[str]) -> Bools:
        """Return bool[titles]: those with any of a facet's values."""
        return self.facets[facet].mask(values)

    def numbers_of(self, title_ids: Iterable[int]) -> Numbers:
        """Return the numbers of some titles, ascending; unknown ones are left out."""
        wanted = np.fromiter(title_ids, np.int64)
        return np.sort(self.places(wanted))

    def mask_of(self, title_ids: Iterable[int]) -> Bools:
        """Return bool[titles]: some titles; unknown ones are left out."""
        mask: Bools = np.zeros(self.size, np.bool_)
        mask[self.numbers_of(title_ids)] = True
        return mask

    def places(self, title_ids: Ints) -> Numbers:
        """Return the numbers of titles in their order; unknown ones are left out."""
        if not self.size:
            return np.empty(0, np.int32)
        places = np.searchsorted(self.title_ids, title_ids)
        places[places == self.size] = 0
        known: Numbers = places[self.title_ids[places] == title_ids].astype(np.int32)
        return known

    def _column(self, name: str) -> Column:
        sets = tuple(_split(joined) for joined in self.sets[name])
        return joined_column([ColumnPart(self.ordinals[name], sets)])


@dataclass(slots=True)
class KeptColumns:
    """The columns of the newest state a process has seen; any number of threads may ask."""

    _columns: Columns | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, connection: Connection, state: State) -> Columns:
        """Return the columns of a state, or of a later one that another thread has seen.

        Args:
            connection: in the transaction that read `state`.
            state: of the index.
        """
        with self._lock:
            kept = self._columns
            if kept is None or kept.state.generation != state.generation:
                kept = _written_since(connection, state, _nothing(state))
            elif kept.state.version < state.version:
                kept = _written_since(connection, state, kept)
            self._columns = kept
            return kept


def _nothing(state: State) -> Columns:
    none = np.empty(0, np.int32)
    return Columns(
        state=State(state.generation, version=-1),
        title_ids=none.astype(np.int64),
        added_on=none,
        lent=none,
        sort_names=(),
        ordinals=dict.fromkeys(FACTS, none),
        sets={name: {} for name in FACTS},
    )


def _written_since(connection: Connection, state: State, kept: Columns) -> Columns:
    document = tables(state.generation).document.c
    query = select(
        document.title_id,
        document.gone,
        document.added_on,
        document.lent,
        document.sort_name,
        *(document[name] for name in FACTS),
    )
    rows = connection.execute(query.where(document.version > kept.state.version)).all()
    told = list(zip(*rows, strict=True))
    return _Joining(kept, told).columns(state) if told else replace(kept, state=state)


class _Joining:
    """Puts rows in the place of what was kept of the same titles."""

    def __init__(self, kept: Columns, told: Sequence[Sequence[Any]]) -> None:
        """Take the columns of the rows: id, gone, added on, lent, sort name, then facts."""
        self._kept = kept
        self._title_ids, gone, self._added_on, self._lent, self._names, *self._facts = told
        written = np.array(self._title_ids, np.int64)
        self._stays = np.flatnonzero(~np.isin(kept.title_ids, written))
        self._comes = np.flatnonzero(~np.array(gone, np.bool_))
        together = np.concatenate([kept.title_ids[self._stays], written[self._comes]])
        self._order = np.argsort(together, kind="stable")

    def columns(self, state: State) -> Columns:
        """Return what there is now."""
        sets, ordinals = {}, {}
        for name, values in zip(FACTS, self._facts, strict=True):
            sets[name], new = _ordinals(self._kept.sets[name], values)
            ordinals[name] = self._joined(self._kept.ordinals[name], new)
        return Columns(
            state=state,
            title_ids=self._joined(self._kept.title_ids, self._title_ids),
            added_on=self._joined(self._kept.added_on, self._added_on),
            lent=self._joined(self._kept.lent, self._lent),
            sort_names=self._joined_names(),
            ordinals=ordinals,
            sets=sets,
        )

    def _joined(self, old: npt.NDArray[Kind], new: Sequence[int]) -> npt.NDArray[Kind]:
        coming = np.array(new, old.dtype)[self._comes]
        return np.concatenate([old[self._stays], coming])[self._order]

    def _joined_names(self) -> tuple[bytes, ...]:
        names = [self._kept.sort_names[place] for place in self._stays.tolist()]
        names += [self._names[place] for place in self._comes.tolist()]
        return tuple(names[place] for place in self._order.tolist())


def _ordinals(known: Mapping[str, int], values: Iterable[str]) -> tuple[dict[str, int], list[int]]:
    """Return the distinct sets, old and new, and the ordinal of each value."""
    sets = dict(known)
    return sets, [sets.setdefault(value, len(sets)) for value in values]


def _split(joined: str) -> tuple[str, ...]:
    return tuple(joined.split(SEPARATOR)) if joined else ()
