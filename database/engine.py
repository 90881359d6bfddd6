"""Engines for the two databases we support: SQLite for one centre, PostgreSQL for many."""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for the write lock, in milliseconds."""

SECONDS_BETWEEN_LOOKS = 0.001
"""How often a waiting writer looks whether the lock is free; a unit of work takes a few such."""

POSTGRES_TIMEOUTS = (
    "-c lock_timeout=10000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000"
)
"""In milliseconds; a request ends with a clear sentence instead of hanging."""


def make_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Create an engine on which `SELECT ... FOR UPDATE` or its nearest equal holds.

    SQLite has no row locks and ignores FOR UPDATE, so there a unit of work takes the
    whole write lock when it begins (see `database.unit_of_work`).

    Args:
        url: SQLAlchemy URL, such as ``postgresql+psycopg:///medienbruecke`` or
            ``sqlite:////var/lib/medienbruecke/store.sqlite``.
        pool_size: connections kept open in this process.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, pool_size=pool_size, max_overflow=pool_size)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": POSTGRES_TIMEOUTS},
    )


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, below
    pragmas: dict[str, Any] = {
        "busy_timeout": BUSY_TIMEOUT_MS,
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "secure_delete": "ON",
    }
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Take the write lock soon after it is free.

    SQLite's own waiting looks ever more seldom, at last ten times a second: with several writers
    the lock lies idle, and one of them may wait for seconds.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("not a connection to SQLite")
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _began(driver):
            if time.monotonic() > until:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises what a locked store raises
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _began(driver: sqlite3.Connection) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def empty_log(engine: Engine) -> bool:
    """Take what was written into SQLite's file, and empty the log that held what was there before.

    Other stores look after theirs. Nothing waits for it: while somebody reads, it is left to the
    next time.

    Returns:
        Whether nothing is left in the log.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    try:
        driver = connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError("not a connection to SQLite")
        driver.execute("PRAGMA busy_timeout = 0")  # else writers wait with it for every reader
        busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    finally:
        connection.close()
    return not busy
