"""The search engine of an installation that wants no index on its hosts: PostgreSQL full text.

The index lies in a schema of its own in the store's database, one for all hosts. PostgreSQL keeps
it and tells which titles have a word; analysis, scores, filters and counts are ours. In rooms:
`postgres_schema` (tables), `postgres_lexemes` (what is stored of words), `postgres_writing`,
`postgres_state` (transactions), `postgres_columns` (titles in memory), `postgres_words` (asking).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Engine, select

from search_index import postgres_writing
from search_index.answering import answer
from search_index.engine import (
    Answer,
    Changes,
    Document,
    Health,
    HealthState,
    Question,
    Suggestion,
)
from search_index.errors import IndexUnavailableError
from search_index.likeness import similar
from search_index.postgres_columns import KeptColumns
from search_index.postgres_naming import named
from search_index.postgres_neighbours import KeptNeighbours
from search_index.postgres_schema import tables
from search_index.postgres_state import (
    MISSING_FAULT,
    State,
    read_state,
    reading,
    withdraw,
    writing,
)
from search_index.postgres_words import PostgresWords
from search_index.suggestions import suggest

LOCK_WAIT = 10.0
"""Seconds a writer waits for another one, on whatever host."""


class PostgresEngine:
    """A `search_index.engine.SearchEngine` in a PostgreSQL database that all hosts share.

    Uses connections of its own, so it never joins a transaction of the store's, and holds none
    while it waits for documents. A change by any process is seen by the next search.
    """

    def __init__(self, engine: Engine, *, lock_wait: float = LOCK_WAIT) -> None:
        """Take the database; nothing is read or made yet.

        Args:
            engine: of PostgreSQL; may be the store's.
            lock_wait: seconds to wait for another writer.
        """
        self._engine = engine
        self._lock_wait = lock_wait
        self._columns = KeptColumns()
        self._neighbours = KeptNeighbours()

    def search(self, question: Question) -> Answer:
        """See `SearchEngine.search`."""
        with self._words() as words:
            return answer(words.columns, words, question)

    def suggest(
        self, beginning: str, centre_ids: frozenset[int] | None, most: int
    ) -> tuple[Suggestion, ...]:
        """See `SearchEngine.suggest`."""
        with self._words() as words:
            return suggest(named(words), beginning, words.columns.reach(centre_ids).mask, most)

    def similar(
        self, title_id: int, centre_ids: frozenset[int] | None, most: int
    ) -> tuple[int, ...]:
        """See `SearchEngine.similar`."""
        with self._words() as words:
            reach = words.columns.reach(centre_ids)
            return similar(words.columns, words, reach, title_id, most)

    def apply(self, changes: Changes, position: int) -> None:
        """See `SearchEngine.apply`."""
        with writing(self._engine, self._lock_wait) as connection:
            postgres_writing.change(connection, changes, position)

    def settle(self) -> None:
        """See `SearchEngine.settle`; PostgreSQL joins by itself what changes leave."""

    def merge(self) -> None:
        """See `SearchEngine.merge`."""
        with writing(self._engine, self._lock_wait) as connection:
            postgres_writing.tidy(connection)

    def rebuild(
        self,
        documents: Iterable[Document],
        position: int,
        progress: Callable[[int], None] = lambda _written: None,
    ) -> None:
        """See `SearchEngine.rebuild`."""
        with writing(self._engine, self._lock_wait) as connection:
            postgres_writing.fill(connection, documents, position, progress)

    def position(self) -> int:
        """See `SearchEngine.position`."""
        return self.health().position

    def digests(self) -> Mapping[int, str]:
        """See `SearchEngine.digests`."""
        with reading(self._engine) as connection:
            document = tables(read_state(connection).generation).document.c
            query = select(document.title_id, document.digest).where(~document.gone)
            return {row.title_id: row.digest for row in connection.execute(query)}

    def withdraw(self, fault: str) -> None:
        """See `SearchEngine.withdraw`."""
        withdraw(self._engine, fault)

    def check(self, most_bytes: int | None = None) -> Health:  # noqa: ARG002  # reads no files
        """See `SearchEngine.check`; PostgreSQL keeps its files itself, so titles are counted."""
        try:
            with reading(self._engine) as connection:
                state = read_state(connection)
                counted = postgres_writing.count_titles(connection, state)
        except IndexUnavailableError as error:
            return _illness(error)
        if counted != state.documents:
            fault = f"{counted} titles can be found where there should be {state.documents}."
            return Health(HealthState.BROKEN, fault=fault)
        return _health(state)

    def health(self) -> Health:
        """See `SearchEngine.health`."""
        try:
            with reading(self._engine) as connection:
                return _health(read_state(connection))
        except IndexUnavailableError as error:
            return _illness(error)

    @contextmanager
    def _words(self) -> Iterator[PostgresWords]:
        """Give titles and words of the present state, while a transaction sees it."""
        with reading(self._engine) as connection:
            state = read_state(connection)
            yield PostgresWords(
                connection,
                tables(state.generation),
                self._columns.at(connection, state),
                lambda: self._neighbours.at(connection, state),
            )


def _health(state: State) -> Health:
    return Health(HealthState.READY, state.documents, state.position)


def _illness(error: IndexUnavailableError) -> Health:
    missing = error.fault == MISSING_FAULT
    return Health(HealthState.MISSING if missing else HealthState.BROKEN, fault=error.fault)
