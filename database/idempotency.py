"""One effect and one answer for a request that arrives more than once.

The key is claimed, the work done and the answer kept in one transaction: a repeat either
waits for the first and reads its answer, or finds nothing and does the work itself.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    UniqueConstraint,
    Update,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from database.base import Base

KEPT_FOR = timedelta(hours=24)


class IdempotencyKey(Base):
    """A request that was answered; `actor` keeps one person's keys apart from another's."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("actor", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    request_digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


class KeyReusedError(Exception):
    """The key came back with a different request; nothing was done."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its repeat would look.

    Attributes:
        actor: who asks; a key of another actor is another key.
        key: as the form or the client sent it, at most 80 characters.
        digest: of the address and every field, see `digest_of`.
    """

    actor: str
    key: str
    digest: str


def digest_of(path: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 of an address and its form fields, whatever their order."""
    text = "\x1f".join([path, *(f"{name}\x1e{value}" for name, value in sorted(fields))])
    return hashlib.sha256(text.encode()).hexdigest()


def claim(session: Session, request: Request, now: datetime) -> dict[str, Any] | None:
    """Claim the key inside a unit of work, before any other lock.

    Waits while another transaction holds the same key (on PostgreSQL by the unique index,
    on SQLite by the write lock).

    Returns:
        None: the key is ours, do the work and call `keep`; otherwise the kept answer.

    Raises:
        KeyReusedError: the same key came with another request.
    """
    values = {
        "actor": request.actor,
        "key": request.key,
        "request_digest": request.digest,
        "created_at": now,
    }
    dialect = session.get_bind().dialect.name
    if session.execute(_claim(dialect), values).first() is not None:
        return None
    kept = session.scalar(_kept(), {"claimed_by": request.actor, "claimed_key": request.key})
    if kept is None:
        return claim(session, request, now)  # it was forgotten in between
    if kept.request_digest != request.digest:
        raise KeyReusedError(request.key)
    return kept.answer or {}


def keep(session: Session, request: Request, answer: dict[str, Any]) -> None:
    """Keep the answer for repeats, in the unit of work that did the work."""
    claimed = {"claimed_by": request.actor, "claimed_key": request.key}
    session.execute(_keep(), claimed | {"kept_answer": answer})


@cache
def _kept() -> Select[IdempotencyKey]:
    """Build the statement once, as those below: building costs more than asking."""
    return select(IdempotencyKey).where(*_claimed())


@cache
def _claim(dialect: str) -> ReturningInsert[tuple[int]]:
    """Return the insert that says by its row whether the key was new."""
    if dialect == "postgresql":
        fresh = postgres_insert(IdempotencyKey).on_conflict_do_nothing()
        return fresh.returning(IdempotencyKey.id)
    return sqlite_insert(IdempotencyKey).on_conflict_do_nothing().returning(IdempotencyKey.id)


@cache
def _keep() -> Update:
    table = IdempotencyKey.__table__
    answer = bindparam("kept_answer", type_=table.c.answer.type)
    return update(table).where(*_claimed()).values(answer=answer)  # type: ignore[arg-type]  # as above


def _claimed() -> tuple[ColumnElement[bool], ...]:
    return (
        IdempotencyKey.actor == bindparam("claimed_by"),
        IdempotencyKey.key == bindparam("claimed_key"),
    )


def forget_old(session: Session, now: datetime) -> int:
    """Delete keys older than `KEPT_FOR`; returns how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEPT_FOR)
    return int(session.execute(old).rowcount)  # type: ignore[attr-defined]  # a DELETE's result
