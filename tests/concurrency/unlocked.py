"""The command `medienbruecke` on a store without locks: the negative control of the races.

Row locks are left out of every SELECT, and on SQLite a unit of work does not take the write lock:
each statement stands alone, as with the driver's own habits. A race that is won by one on this
server too would show nothing.
"""

from typing import Any

from sqlalchemy import Select, inspect

from app.commands import main as commands
from catalogue.models.copy import Copy
from database import engine


def main() -> None:
    """Take the locks away, then do what the command does."""
    Select.with_for_update = _without_lock  # type: ignore[assignment,method-assign]  # on purpose
    engine._begin_sqlite = _without_begin  # type: ignore[assignment]  # on purpose
    inspect(Copy).version_id_col = None  # the row of a copy counts its changes: a guard too
    commands.main()


def _without_lock(query: Select[Any], **_how: object) -> Select[Any]:
    return query


def _without_begin(_connection: object) -> None:
    """Let each statement be its own transaction."""


if __name__ == "__main__":
    main()
