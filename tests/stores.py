"""Fresh stores for tests: migrated once a run, then copied for each test."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any, LiteralString, NamedTuple

from psycopg import Connection, connect
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from database.engine import make_engine
from database.migrate import migrate
from database.unit_of_work import unit_of_work
from schools.operations.load_vocabulary import load_vocabulary

POSTGRES_URL = os.environ.get("MEDIENBRUECKE_TEST_POSTGRES", "")
"""Of a server on which we may create databases; empty leaves those tests out."""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
COUNTERS = "SELECT sequencename, last_value FROM pg_sequences"
COUNTER = "_id_seq"
"""Ends the name of what counts the keys of a table."""

SCHEMA = """
SELECT md5(string_agg(what, ',' ORDER BY what)) FROM (
    SELECT concat_ws(' ', 'class', oid, relname) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, convalidated) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull)
    FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger
) AS every (what)
"""
"""Differs as soon as a table, an index, a constraint or a column is another one."""

PUT_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid()
"""

MOST_ROWS = 1_000
"""Of a table that is emptied; a database with more is thrown away."""

_numbers = count(1)


class Content(NamedTuple):
    """How many rows a table has, and up to which number its keys are given; None for none yet."""

    rows: int
    counted_to: int | None


Contents = Mapping[str, Content]


class Template(NamedTuple):
    """What a clean store is like: its schema, its rows, and the text of those it begins with."""

    schema: str
    contents: Contents
    vocabulary: str


Server = Connection[tuple[Any, ...]]


class Stores:
    """Templates of a migrated store, made on first use, and copies of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"mb_test_{token_hex(4)}"
        self._ready: set[str] = set()
        self._clean: list[str] = []
        self._template: Template | None = None

    @contextmanager
    def fresh(self, kind: str, folder: Path) -> Iterator[str]:
        """Give the URL of an empty, migrated store, and remove it afterwards."""
        if kind == "sqlite":
            yield self._fresh_sqlite(folder)
            return
        name = self._clean.pop() if self._clean else self._copy_of_template()
        try:
            yield _url_of(name)
        finally:
            if self._is_clean_again(name):
                self._clean.append(name)
            else:
                self._postgres(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop the templates and what was copied of them."""
        names = [*self._clean, self._name] if "postgres" in self._ready else []
        for name in names:
            self._postgres(f"DROP DATABASE {name} WITH (FORCE)")

    def _fresh_sqlite(self, folder: Path) -> str:
        template = self._folder / "template.sqlite"
        if "sqlite" not in self._ready:
            _migrated(f"sqlite:///{template}")
            self._ready.add("sqlite")
        shutil.copy(template, folder / "store.sqlite")
        return f"sqlite:///{folder}/store.sqlite"

    def _postgres_template(self) -> str:
        if "postgres" not in self._ready:
            self._postgres(f"CREATE DATABASE {self._name}")
            self._ready.add("postgres")
            _migrated(_url_of(self._name))
        return self._name

    def _copy_of_template(self) -> str:
        name = f"{self._name}_{next(_numbers)}"
        self._postgres(f"CREATE DATABASE {name} TEMPLATE {self._postgres_template()}")
        if self._template is None:
            with _connected(_url_of(name)) as server:
                self._template = _read(server)
        return name

    def _is_clean_again(self, name: str) -> bool:
        """Empty what a test filled; False where it changed what stands in the template.

        Several times as quick as a database made anew for each test. Whoever is still connected,
        as a server that was killed, is put out first.
        """
        clean = self._template
        with _connected(_url_of(name)) as server:
            server.execute(PUT_OUT, [name])
            if clean is None or _schema(server) != clean.schema:
                return False
            after = _contents(server)
            changed = [table for table, found in after.items() if found != clean.contents[table]]
            if any(clean.contents[each].rows or after[each].rows > MOST_ROWS for each in changed):
                return False
            _empty(server, changed)
            return _read(server) == clean

    @staticmethod
    def _postgres(statement: LiteralString) -> None:
        with _connected(POSTGRES_URL) as server:
            server.execute(statement)


def _read(server: Server) -> Template:
    contents = _contents(server)
    filled = [name for name, found in contents.items() if found.rows]
    text_of = SQL("(SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} AS t)")
    every = SQL(", ").join(text_of.format(Identifier(name)) for name in filled)
    vocabulary = server.execute(SQL("SELECT concat({})").format(every)).fetchone()
    return Template(_schema(server), contents, str(vocabulary))


def _schema(server: Server) -> str:
    return str(server.execute(SCHEMA).fetchone())


def _contents(server: Server) -> Contents:
    """Count the rows of every table, and read how far its keys were counted."""
    tables = [row[0] for row in server.execute(TABLES)]
    count_of = SQL("(SELECT count(*) FROM {})")
    every = SQL(", ").join(count_of.format(Identifier(name)) for name in tables)
    counts = server.execute(SQL("SELECT {}").format(every)).fetchone() or ()
    counters = {name.removesuffix(COUNTER): last for name, last in server.execute(COUNTERS)}
    return {
        name: Content(rows, counters.pop(name, None))
        for name, rows in zip(tables, counts, strict=True)
    } | {name: Content(0, last) for name, last in counters.items()}


def _empty(server: Server, tables: Iterable[str]) -> None:
    """Delete all rows of some tables, whatever refers to them, and count their keys anew."""
    server.execute("SET session_replication_role = replica")
    for name in tables:
        server.execute(SQL("DELETE FROM {}").format(Identifier(name)))
        counter = Identifier(f"{name}{COUNTER}")
        server.execute(SQL("ALTER SEQUENCE IF EXISTS {} RESTART").format(counter))


def _connected(url: str) -> Server:
    """Connect plainly: an engine asks a dozen things first."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return connect(plain, autocommit=True)


def _url_of(database: str) -> str:
    return make_url(POSTGRES_URL).set(database=database).render_as_string(hide_password=False)


def _migrated(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    with Session(engine) as session, unit_of_work(session):
        load_vocabulary(session)
    if url.startswith("sqlite"):
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
