"""The letters an office sees: owed, sent, failed, kept."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from schools.models.owed_letter import LetterState, OwedLetter
from schools.rules.roles import Scope


def letters_within(
    session: Session, scope: Scope, state: LetterState | None, page: int, size: int
) -> tuple[Sequence[OwedLetter], int]:
    """Return a page of the letters within the scope, the latest first, and how many there are."""
    where = [_within(scope)] if state is None else [_within(scope), OwedLetter.state == state]
    total = session.scalar(select(func.count(OwedLetter.id)).where(*where)) or 0
    query = select(OwedLetter).where(*where).order_by(OwedLetter.id.desc())
    return session.scalars(query.limit(size).offset((page - 1) * size)).all(), total


def letter_within(
    session: Session, scope: Scope, letter_id: int, *, locked: bool = False
) -> OwedLetter | None:
    """Return one letter within the scope, locked for a change if wanted."""
    query = select(OwedLetter).where(OwedLetter.id == letter_id, _within(scope))
    return session.scalar(query.with_for_update(key_share=True) if locked else query)


def count_by_state(session: Session, scope: Scope) -> dict[LetterState, int]:
    """Return how many letters within the scope stand where; states without any are left out."""
    query = select(OwedLetter.state, func.count()).where(_within(scope)).group_by(OwedLetter.state)
    return {row[0]: row[1] for row in session.execute(query)}


def letters_due(session: Session, now: datetime) -> bool:
    """Say whether a letter waits to be sent now."""
    query = select(OwedLetter.id).where(
        OwedLetter.state == LetterState.OWED, OwedLetter.next_try_at <= now
    )
    return session.scalar(query.limit(1)) is not None


def known_occasions(session: Session, occasions: Collection[str]) -> frozenset[str]:
    """Return which of these occasions have their letter already, in one statement."""
    query = select(OwedLetter.occasion).where(OwedLetter.occasion.in_(occasions))
    return frozenset(session.scalars(query))


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else OwedLetter.centre_id.in_(scope.centre_ids)
