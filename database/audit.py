"""The audit log: who did what, when, from what to what, and why; append-only.

Nothing but this module adds, changes or deletes an entry. Changed and deleted they are by the
night alone: it cuts borrowers from what they did long ago, and deletes what is too old.

Source: docs/rules.md, Lending 12.1 and 12.2.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Index, String, delete, insert, select
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


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody who is cut from what they did: the accounts, and the words that name them."""

    account_ids: frozenset[int]
    words: tuple[str, ...]


def cut_people(session: Session, kind: str, forgotten: Mapping[int, Forgotten]) -> None:
    """Cut borrowers from the entries about their loans or bookings, which stay.

    Args:
        session: within the night's unit of work.
        kind: of the subjects, as `loan`.
        forgotten: by the subject's key, whom to forget.

    Source:
        docs/rules.md, Lending 12.1.
    """
    entries = session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_kind == kind, AuditEntry.subject_id.in_(forgotten)
        )
    )
    for entry in entries:
        who = forgotten[entry.subject_id]
        if entry.account_id in who.account_ids:
            entry.account_id = None
        entry.before = _without(entry.before, who.words)
        entry.after = _without(entry.after, who.words)
        entry.reason = without_words(entry.reason, who.words)


def forget_old_entries(session: Session, before: datetime, most: int) -> int:
    """Delete the oldest entries made before an instant; returns how many, at most `most`.

    Source:
        docs/rules.md, Lending 12.1.
    """
    old = select(AuditEntry.id).where(AuditEntry.at < before).order_by(AuditEntry.at).limit(most)
    ids = session.scalars(old).all()
    session.execute(
        delete(AuditEntry).where(AuditEntry.id.in_(ids)),
        execution_options={"synchronize_session": False},
    )
    return len(ids)


STRUCK = "…"
PERSONAL = ("person", "borrower", "email")
"""Parts of the names of values that tell who it was."""


def without_words(text: str, words: Collection[str]) -> str:
    """Return a text with the words that name somebody struck out, where they stand alone."""
    named = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    return re.sub(rf"\b(?:{'|'.join(named)})\b", STRUCK, text) if named and text else text


def _without(value: dict[str, Any], words: Collection[str]) -> dict[str, Any]:
    return {
        name: _struck(each, words)
        for name, each in value.items()
        if not any(part in name for part in PERSONAL)
    }


def _struck(value: Any, words: Collection[str]) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, str):
        # A family name alone may be a word of a title.
        return without_words(value, [word for word in words if " " in word or "@" in word])
    if isinstance(value, dict):
        return _without(value, words)
    if isinstance(value, list):
        return [_struck(each, words) for each in value]
    return value
