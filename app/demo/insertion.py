"""Inserting many rows at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from database.base import Base

Row = Mapping[str, Any]

ONE_STATEMENT = {"render_nulls": True}
"""Rows with and without values for a column go in together."""


def insert_rows(session: Session, model: type[Base], rows: Sequence[Row]) -> list[int]:
    """Insert rows of a table with a numeric id; returns the ids in the order of the rows."""
    if not rows:
        return []
    ids = model.__table__.c.id
    statement = insert(model).returning(ids, sort_by_parameter_order=True)
    statement = statement.execution_options(**ONE_STATEMENT)
    return list(session.scalars(statement, [dict(row) for row in rows]))


def insert_unseen(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Insert rows whose ids nobody needs to know; the fastest way."""
    if rows:
        session.execute(
            insert(model).execution_options(**ONE_STATEMENT), [dict(row) for row in rows]
        )
