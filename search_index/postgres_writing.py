"""Filling and changing the tables of an index, by the one connection that may."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    any_,
    cast,
    delete,
    func,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateSchema

from search_index.engine import Changes, Document, digest
from search_index.facet_values import facet_values
from search_index.postgres_lexemes import vectors
from search_index.postgres_schema import (
    CENTRES,
    FORMAT,
    SCHEMA,
    SEPARATOR,
    SERIES,
    STATE,
    Tables,
    tables,
)
from search_index.postgres_state import State, read_state

PROGRESS_STEP = 200
"""Documents between two reports of progress, and in one transaction."""

MOST_LENT = 2**31 - 1

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_TABLE_OF_GENERATION = re.compile(r"(?:document|vector|word)_(\d+)")


def fill(
    connection: Connection,
    documents: Iterable[Document],
    position: int,
    progress: Callable[[int], None],
) -> None:
    """Fill tables of a new generation, then make it live.

    No transaction is open while the next documents are awaited. The old generation stays for those
    who read it just now; `tidy` or the next rebuild removes it, and what one broken off left.
    """
    generation = _make_room(connection)
    room = tables(generation)
    written = 0
    for batch in _batches(documents):
        with connection.begin():
            _add(connection, room, batch, version=0)
        written += len(batch)
        progress(written)
    with connection.begin():
        _make_findable(connection, room)
        _go_live(connection, State(generation, 0, position, written))
        connection.execute(update(STATE).values(fault=""))


def change(connection: Connection, changes: Changes, position: int) -> None:
    """Write changes into the live generation, all in one transaction.

    Raises:
        IndexUnavailableError: there is none.
    """
    documents = {each.title_id: each for each in changes.documents}
    for title_id in changes.gone:
        documents.pop(title_id, None)
    with connection.begin():
        state = read_state(connection)
        version, count = state.version, state.documents
        if documents or changes.gone:
            version += 1
            room = tables(state.generation)
            count += len(documents) - _take_out(connection, room, changes.gone | documents.keys())
            _add(connection, room, list(documents.values()), version)
            _mark_gone(connection, room, changes.gone, version)
            _add_words(connection, room, documents.keys(), version)
        _go_live(connection, State(state.generation, version, position, count))


def tidy(connection: Connection) -> None:
    """Count the words of the live generation anew; those no title has any more are dropped.

    Raises:
        IndexUnavailableError: there is none.
    """
    with connection.begin():
        state = read_state(connection)
        room = tables(state.generation)
        _without_time_limit(connection)
        connection.execute(delete(room.word))
        _count_words(connection, room, state.version + 1)
        _go_live(connection, replace(state, version=state.version + 1))
    _drop_all_but(connection, state.generation)


def count_titles(connection: Connection, state: State) -> int:
    """Count the titles that can be found, in the tables themselves."""
    room = tables(state.generation)
    whole = room.document.join(room.vector, room.document.c.title_id == room.vector.c.title_id)
    return connection.scalar(select(func.count()).select_from(whole)) or 0


def _batches(documents: Iterable[Document]) -> Iterator[Sequence[Document]]:
    remaining = iter(documents)
    while batch := list(islice(remaining, PROGRESS_STEP)):
        yield batch


def _make_room(connection: Connection) -> int:
    """Make the tables of a new generation and remove what a broken rebuild left.

    A generation is named for the second it was made in, so that none ever comes twice and no
    process takes a new one for what it keeps in memory.
    """
    with connection.begin():
        connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
        STATE.create(connection, checkfirst=True)
        live = connection.scalar(select(STATE.c.generation)) or 0
    _drop_all_but(connection, live)
    with connection.begin():
        new = max(int(time.time()), *(known + 1 for known in (live, *_generations(connection))))
        for table in tables(new).all():
            table.create(connection)
    return new


def _add(
    connection: Connection, room: Tables, documents: Sequence[Document], version: int
) -> None:
    _copy(connection, room.document, [_facts(each, version) for each in documents])
    _copy(connection, room.vector, [_lexemes(each) for each in documents])


def _facts(document: Document, version: int) -> dict[str, object]:
    return {
        "title_id": document.title_id,
        "version": version,
        "gone": False,
        "added_on": document.added_on.toordinal(),
        "lent": min(max(0, document.lent), MOST_LENT),
        "sort_name": document.sort_name.encode("utf-8", "replace"),
        "digest": digest(document),
        "name": _storable(document.name),
        "keywords": _joined(document.keywords),
        CENTRES: _joined(sorted(map(str, document.centre_ids))),
        SERIES: _storable(document.series),
        **{facet.value: _joined(values) for facet, values in facet_values(document).items()},
    }


def _lexemes(document: Document) -> dict[str, object]:
    of_document = vectors(document)
    return {
        "title_id": document.title_id,
        "impacts": of_document.impacts,
        "names": of_document.names,
        "words": of_document.words,
    }


def _copy(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("not a connection of psycopg")
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in rows[0])
    statement = f'COPY "{table.schema}"."{table.name}" ({columns}) FROM STDIN'
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _take_out(connection: Connection, room: Tables, title_ids: Iterable[int]) -> int:
    """Delete titles; returns how many of them could be found."""
    wanted = list(title_ids)
    connection.execute(delete(room.document).where(_is_any(room.document, wanted)))
    return connection.execute(delete(room.vector).where(_is_any(room.vector, wanted))).rowcount


def _mark_gone(
    connection: Connection, room: Tables, title_ids: Iterable[int], version: int
) -> None:
    """Leave a mark of titles that are gone, so that every process forgets them."""
    nothing = _facts(Document(0, ""), version) | {"gone": True, "digest": ""}
    rows = [nothing | {"title_id": title_id} for title_id in sorted(title_ids)]
    _copy(connection, room.document, rows)


def _add_words(
    connection: Connection, room: Tables, title_ids: Iterable[int], version: int
) -> None:
    """Take in words that no title had before."""
    lexeme = func.unnest(func.tsvector_to_array(room.vector.c.words))
    new = select(lexeme.label("word")).where(_is_any(room.vector, list(title_ids))).distinct()
    counted = new.add_columns(literal(1), literal(version))
    into = insert(room.word).from_select(["word", "titles", "version"], counted)
    connection.execute(into.on_conflict_do_nothing())


def _make_findable(connection: Connection, room: Tables) -> None:
    _without_time_limit(connection)
    for column in ("impacts", "names", "words"):
        where = f'"{SCHEMA}"."{room.vector.name}" USING gin ({column}) WITH (fastupdate = off)'
        connection.execute(text(f"CREATE INDEX ON {where}"))
    _count_words(connection, room, version=0)
    for table in room.all():
        connection.execute(text(f'ANALYZE "{SCHEMA}"."{table.name}"'))


def _count_words(connection: Connection, room: Tables, version: int) -> None:
    counted = func.ts_stat(_all_words(connection, room)).table_valued("word", "ndoc")
    query = select(counted.c.word, counted.c.ndoc, literal(version))
    connection.execute(insert(room.word).from_select(["word", "titles", "version"], query))


def _all_words(connection: Connection, room: Tables) -> str:
    return str(select(room.vector.c.words).compile(connection))


def _go_live(connection: Connection, state: State) -> None:
    values: dict[str, Any] = {
        "format": FORMAT,
        "generation": state.generation,
        "version": state.version,
        "position": state.position,
        "documents": state.documents,
    }
    if not connection.execute(update(STATE).values(values)).rowcount:
        connection.execute(insert(STATE).values(values | {"fault": ""}))


def _drop_all_but(connection: Connection, generation: int) -> None:
    """Drop the tables of other generations; one that is still read stays till the next time."""
    try:
        with connection.begin():
            for each in _generations(connection) - {generation}:
                _drop(connection, each)
    except OperationalError:
        connection.rollback()


def _generations(connection: Connection) -> set[int]:
    names = inspect(connection).get_table_names(SCHEMA)
    found = (_TABLE_OF_GENERATION.fullmatch(name) for name in names)
    return {int(match[1]) for match in found if match}


def _drop(connection: Connection, generation: int) -> None:
    for table in tables(generation).all():
        table.drop(connection, checkfirst=True)


def _without_time_limit(connection: Connection) -> None:
    connection.execute(text("SET LOCAL statement_timeout = 0"))


def _is_any(table: Table, title_ids: Sequence[int]) -> ColumnElement[bool]:
    matches: ColumnElement[bool] = table.c.title_id == any_(cast(title_ids, ARRAY(BigInteger)))
    return matches


def _joined(values: Iterable[str]) -> str:
    return _storable(SEPARATOR.join(values))


def _storable(value: str) -> str:
    """Return a text without what PostgreSQL's texts cannot hold."""
    return _NOT_STORABLE.sub("?", value)
