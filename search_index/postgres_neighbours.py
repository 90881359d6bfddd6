"""The words of the index in a process's memory, to mend typos with."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from search_index.postgres_schema import tables
from search_index.postgres_state import State
from search_index.typos import Neighbours

MOST_PARTS = 8
"""Words that came in are read into a part of their own; with more parts all are read anew."""


@dataclass(frozen=True, slots=True)
class _Known:
    state: State
    parts: tuple[Neighbours, ...] = ()
    words: int = 0


@dataclass(slots=True)
class KeptNeighbours:
    """The words of the newest state asked for; any number of threads may ask."""

    _known: _Known | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, connection: Connection, state: State) -> Sequence[Neighbours]:
        """Return the words of a state, or of a later one that another thread has seen.

        Args:
            connection: in the transaction that read `state`.
            state: of the index.
        """
        with self._lock:
            known = self._known
            if known is None or known.state.generation != state.generation:
                known = _read(connection, _Known(State(state.generation, version=-1)), state)
            elif known.state.version < state.version:
                known = _read(connection, known, state)
            self._known = known
            return known.parts


def _read(connection: Connection, known: _Known, state: State) -> _Known:
    word = tables(state.generation).word.c
    query = select(word.word, word.titles)
    rows = connection.execute(query.where(word.version > known.state.version)).all()
    if not rows:
        return _Known(state, known.parts, known.words)
    count = connection.scalar(select(func.count()).select_from(tables(state.generation).word))
    if known.words + len(rows) != count or len(known.parts) >= MOST_PARTS:
        rows = connection.execute(query).all()
        known = _Known(state)
    part = Neighbours([row.word for row in rows], [row.titles for row in rows])
    return _Known(state, (*known.parts, part), known.words + len(rows))
