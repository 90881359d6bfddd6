"""Bring a store to the version this code needs."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATION_LOCK = 4_611_023
"""Key of the PostgreSQL advisory lock that lets one process migrate at a time."""


def migrate(engine: Engine) -> None:
    """Apply every version the store lacks; complete or unchanged.

    Several processes may call it at once: on PostgreSQL an advisory lock, on SQLite the write
    lock lets one of them through at a time.
    """
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        alone(connection)
        command.upgrade(configuration(connection), "head")


def alone(connection: Connection) -> None:
    """Let one process at a time through until its transaction ends.

    On SQLite a writing transaction is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def is_current(engine: Engine) -> bool:
    """Say whether the store has the version this code needs."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(configuration(None)).get_heads())


def configuration(connection: Connection | None) -> Config:
    """Return Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", "database:migrations")
    config.attributes["connection"] = connection
    return config
