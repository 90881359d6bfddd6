"""This installation's search engine, and the name under which changes are noted for its index."""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

from app.sessions import ENGINE, engine
from app.settings import SearchEngineKind, Settings, current_settings
from app.worker_lock import notes_lock
from search_index.engine import SearchEngine
from search_index.postgres_engine import LOCK_WAIT, PostgresEngine
from search_index.postgres_state import following
from search_index.whoosh_engine import WhooshEngine

EXTENSION = "medienbruecke_search_engine"
SHARED_INDEX = "postgres"
"""Stands among the hosts for the one index that all hosts share."""


def bind_search_engine(app: Flask, settings: Settings) -> None:
    """Let `search_engine()` work within `app`; the index opens on first use, so after a fork.

    Args:
        app: with its sessions bound.
        settings: say which engine.
    """
    chosen: SearchEngine
    if settings.search_engine is SearchEngineKind.POSTGRES:
        chosen = PostgresEngine(app.extensions[ENGINE])
    else:
        chosen = WhooshEngine(
            settings.index_folder,
            memory_mb=settings.index_cache_mb,
            warming=True,
            processes=min(settings.index_processes, os.cpu_count() or 1),
        )
    app.extensions[EXTENSION] = chosen


def search_engine() -> SearchEngine:
    """Return the engine of the application in whose context we run."""
    chosen: SearchEngine = current_app.extensions[EXTENSION]
    return chosen


def index_host() -> str:
    """Return the name of our index among those that are told of changes.

    An index in PostgreSQL is that of all hosts. Else the name is kept in the data folder, so a
    renamed machine keeps it.
    """
    settings = current_settings()
    if settings.search_engine is SearchEngineKind.POSTGRES:
        return SHARED_INDEX
    path = settings.data / "index_host"
    if not path.exists():
        path.write_text(f"{socket.gethostname()}-{secrets.token_hex(4)}", "utf-8")
    return path.read_text("utf-8").strip()


@contextmanager
def sole_follower() -> Iterator[None]:
    """Be the only one who works off the notes of our index; waits for another.

    Raises:
        IndexBusyError: another host is at it for long.
        IndexWriteError: PostgreSQL, where the index lies, cannot be asked.
    """
    settings = current_settings()
    if settings.search_engine is SearchEngineKind.POSTGRES:
        with following(engine(), LOCK_WAIT):
            yield
    else:
        with notes_lock(settings):
            yield
