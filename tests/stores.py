"""Fresh stores for tests: migrated once a run, then copied for each test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from database.engine import make_engine
from database.migrate import migrate
from database.unit_of_work import unit_of_work
from schools.operations.load_vocabulary import load_vocabulary

POSTGRES_URL = os.environ.get("MEDIENBRUECKE_TEST_POSTGRES", "")
"""Of a server on which we may create databases; empty leaves those tests out."""

_numbers = count(1)


class Stores:
    """Templates of a migrated store, made on first use, and copies of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"mb_test_{os.getpid()}"
        self._ready: set[str] = set()

    @contextmanager
    def fresh(self, kind: str, folder: Path) -> Iterator[str]:
        """Give the URL of an empty, migrated store, and remove it afterwards."""
        if kind == "sqlite":
            yield self._fresh_sqlite(folder)
            return
        name = f"{self._name}_{next(_numbers)}"
        self._postgres(f"CREATE DATABASE {name} TEMPLATE {self._postgres_template()}")
        try:
            yield _url_of(name)
        finally:
            self._postgres(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop the templates."""
        if "postgres" in self._ready:
            self._postgres(f"DROP DATABASE {self._name} WITH (FORCE)")

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

    @staticmethod
    def _postgres(statement: str) -> None:
        server = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(statement))
        server.dispose()


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
