"""The one row that says what the index is, and transactions to read and to write in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from sqlalchemy import Connection, Engine, func, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError, SQLAlchemyError

from search_index.errors import IndexBusyError, IndexUnavailableError, IndexWriteError
from search_index.postgres_schema import FORMAT, STATE

WRITERS_LOCK = 5_207_645_871_402_398_055
"""Number of PostgreSQL's advisory lock that whoever writes the index holds."""

FOLLOWERS_LOCK = WRITERS_LOCK + 1
"""The same for whoever works off notes."""

SECONDS_BETWEEN_TRIES = 0.05

MISSING_FAULT = "There is no index yet."
WITHDRAWN_FAULT = "The index was withdrawn."
GONE_STATES = frozenset({"42P01", "42703", "3F000"})
"""SQLSTATEs of a table, a column or a schema that is not there."""


@dataclass(frozen=True, slots=True)
class State:
    """What is live.

    Attributes:
        generation: of the tables.
        version: grows with every change to them.
        position: id of the last note worked off.
        documents: titles that can be found.
    """

    generation: int
    version: int = 0
    position: int = 0
    documents: int = 0


def read_state(connection: Connection) -> State:
    """Return the live state.

    Raises:
        IndexUnavailableError: there is none, or one of another format.
    """
    try:
        row = connection.execute(select(STATE)).one_or_none()
    except ProgrammingError as error:
        if _is_of_something_gone(error):
            raise IndexUnavailableError(MISSING_FAULT) from error
        raise
    if row is None:
        raise IndexUnavailableError("The index was not finished.")
    if row.format != FORMAT:
        raise IndexUnavailableError(f"The index is of format {row.format}, not {FORMAT}.")
    if row.fault:
        raise IndexUnavailableError(row.fault)
    return State(row.generation, row.version, row.position, row.documents)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that sees one state of the index throughout.

    Raises:
        IndexUnavailableError: PostgreSQL cannot be asked, or a table is not there.
    """
    seeing = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with seeing.connect() as connection:
            _plan_by_indexes(connection)
            yield connection
    except SQLAlchemyError as error:
        raise IndexUnavailableError(f"The index cannot be read: {_cause(error)}") from error


@contextmanager
def writing(engine: Engine, wait: float) -> Iterator[Connection]:
    """Give the only connection that may write the index, with no transaction begun.

    Args:
        engine: of the store.
        wait: seconds to wait for another writer.

    Raises:
        IndexBusyError: another process writes.
        IndexUnavailableError: a table to write into is not there.
        IndexWriteError: the disk is full, or the index may not be written.
    """
    try:
        with engine.connect() as connection, _locked(connection, WRITERS_LOCK, wait):
            yield connection
    except (SQLAlchemyError, psycopg.Error) as error:  # COPY goes past SQLAlchemy
        if _is_of_something_gone(error):
            raise IndexUnavailableError(f"The index is not whole: {_cause(error)}") from error
        raise IndexWriteError(f"The index cannot be written: {_cause(error)}") from error


@contextmanager
def following(engine: Engine, wait: float) -> Iterator[None]:
    """Be the only one, of all hosts, who works off notes of changed titles.

    What one has read and not yet written must not be written over what another has read later.

    Args:
        engine: of the store.
        wait: seconds to wait for another one.

    Raises:
        IndexBusyError: another process works off notes.
        IndexWriteError: PostgreSQL cannot be asked.
    """
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise IndexWriteError(f"The index cannot be written: {_cause(error)}") from error
    with connection, _locked(connection, FOLLOWERS_LOCK, wait):
        yield


def withdraw(engine: Engine, fault: str) -> None:
    """Let nobody trust the index until it is rebuilt; nothing happens where there is none."""
    with suppress(SQLAlchemyError), engine.begin() as connection:
        connection.execute(update(STATE).values(fault=fault or WITHDRAWN_FAULT))


def _cause(error: Exception) -> BaseException:
    """Return what the driver said, without our statement."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return cause or error


def _is_of_something_gone(error: Exception) -> bool:
    return getattr(_cause(error), "sqlstate", None) in GONE_STATES


def _plan_by_indexes(connection: Connection) -> None:
    """Keep PostgreSQL from reading whole vectors: it does not know that they lie elsewhere."""
    connection.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL jit = off"))


@contextmanager
def _locked(connection: Connection, number: int, wait: float) -> Iterator[None]:
    """Hold an advisory lock, which outlasts transactions but never this connection."""
    _lock(connection, number, wait)
    try:
        yield
    finally:
        try:
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(number)))
            connection.commit()
        except SQLAlchemyError:
            connection.invalidate()


def _lock(connection: Connection, number: int, wait: float) -> None:
    until = time.monotonic() + wait
    while not connection.scalar(select(func.pg_try_advisory_lock(number))):
        connection.rollback()
        if time.monotonic() > until:
            raise IndexBusyError("Another process is writing the index.")
        time.sleep(SECONDS_BETWEEN_TRIES)
    connection.commit()
