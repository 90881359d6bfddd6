"""One database session for each request or command."""

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session, configure_mappers

ENGINE = "medienbruecke_engine"


def bind_sessions(app: Flask, engine: Engine) -> None:
    """Let `session()` work within `app`, and close each session with its context.

    Relations between mapped classes are resolved here, so that a class nobody imported keeps
    the application from starting instead of failing in a reader's first page.
    """
    configure_mappers()
    app.extensions[ENGINE] = engine
    app.teardown_appcontext(_close)


def session() -> Session:
    """Return this request's session, opened on first use.

    Reading needs nothing more; every change goes inside `database.unit_of_work`.
    """
    if "session" not in g:
        g.session = Session(current_app.extensions[ENGINE])
    opened: Session = g.session
    return opened


def engine() -> Engine:
    """Return the application's engine, for the worker and the health page."""
    bound: Engine = current_app.extensions[ENGINE]
    return bound


def _close(_error: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()
