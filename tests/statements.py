"""Counts SQL statements, for the tests that hold a page to a constant number of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

FRAMING = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@dataclass(slots=True)
class Statements:
    """The statements an engine was sent, without transaction marks."""

    sent: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.sent)


@contextmanager
def counted(engine: Engine) -> Iterator[Statements]:
    """Collect what `engine` is sent while the block runs."""
    found = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(FRAMING):
            found.sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
