"""The unit of work: every change to the store happens inside exactly one."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session


class NestedUnitError(RuntimeError):
    """A unit of work was opened inside another."""


@contextmanager
def unit_of_work(session: Session) -> Iterator[None]:
    """Commit everything done in the block, or nothing.

    Whatever the session read before is let go first: a write decides on fresh rows,
    never on those a page showed a moment ago. Units of work do not nest.

    Args:
        session: the session of this request or command.

    Raises:
        NestedUnitError: this session is already inside a unit of work.
        sqlalchemy.exc.OperationalError: the store is locked or gone; nothing was written.
    """
    if session.info.get("in_unit"):
        raise NestedUnitError("units of work do not nest")
    session.rollback()
    session.expire_all()
    session.info["in_unit"] = True
    try:
        with session.begin():
            session.connection(execution_options={"writes": True})
            yield
    finally:
        session.info["in_unit"] = False
