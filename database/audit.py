"""The audit log: who did what, when, from what to what, and why; append-only.

Source: docs/rules.md, Lending 12.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import CODE_LENGTH, Base


class AuditEntry(Base):
    """One act. No foreign keys: the log outlives what it names."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(CODE_LENGTH))
    subject_kind: Mapped[str] = mapped_column(String(CODE_LENGTH))
    subject_id: Mapped[int]
    centre_id: Mapped[int | None] = mapped_column(index=True)
    institution_id: Mapped[int | None] = mapped_column(index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="")


class By(Protocol):
    """Whoever acts; `schools.rules.roles.Actor` is one."""

    @property
    def account_id(self) -> int | None:
        """The account, or None for the system itself."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What was acted on, and whose it is.

    Attributes:
        kind: the table's name.
        id: its key.
        centre_id: the centre whose office may read the entry.
        institution_id: the school whose admin may read the entry.
    """

    kind: str
    id: int
    centre_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an act changed; values must be JSON (days and instants as ISO text), never secrets."""

    act: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""


def record(session: Session, by: By, subject: Subject, change: Change, now: datetime) -> None:
    """Add an entry in the transaction of the act itself."""
    session.add(AuditEntry(**_values(by, subject, change, now)))


def record_many(
    session: Session, by: By, acts: Iterable[tuple[Subject, Change]], now: datetime
) -> None:
    """Add an entry for each of many acts at once, in their transaction, in a few statements."""
    rows = [_values(by, subject, change, now) for subject, change in acts]
    if rows:
        session.execute(insert(AuditEntry), rows)


def _values(by: By, subject: Subject, change: Change, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "account_id": by.account_id,
        "act": change.act,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "centre_id": subject.centre_id,
        "institution_id": subject.institution_id,
        "before": change.before or {},
        "after": change.after or {},
        "reason": change.reason[:500],
    }
