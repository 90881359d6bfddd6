"""This installation's search engine, and the name under which changes are noted for its index."""

import secrets
import socket

from flask import Flask, current_app

from app.settings import Settings, current_settings
from search_index.whoosh_engine import WhooshEngine

EXTENSION = "medienbruecke_search_engine"


def bind_search_engine(app: Flask, settings: Settings) -> None:
    """Let `search_engine()` work within `app`; the index opens on first use, so after a fork."""
    app.extensions[EXTENSION] = WhooshEngine(settings.index_folder)


def search_engine() -> WhooshEngine:
    """Return the engine of the application in whose context we run."""
    engine: WhooshEngine = current_app.extensions[EXTENSION]
    return engine


def index_host() -> str:
    """Return the name of this data folder's index; kept there, so a renamed machine keeps it."""
    path = current_settings().data / "index_host"
    if not path.exists():
        path.write_text(f"{socket.gethostname()}-{secrets.token_hex(4)}", "utf-8")
    return path.read_text("utf-8").strip()
