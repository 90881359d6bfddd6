"""Alembic's way into the store; run by `database.migrate` and tests, never by hand."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum

from database.base import CODE_LENGTH, Base
from database.types import UtcDateTime


def run(connection: Connection) -> None:
    """Migrate over an open connection, all versions in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_rendered,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _rendered(kind: str, thing: object, _context: AutogenContext) -> str | Literal[False]:
    """Write column types as the database sees them, so that a version needs nothing of ours."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String({CODE_LENGTH})"
    return False


run(context.config.attributes["connection"])
