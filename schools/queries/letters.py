"""The letters an office sees: owed, sent, failed, kept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.queries.signed_in import CENTRE_TIME
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Which letters are wanted; empty values do not narrow.

    Attributes:
        words: parts of the addressee's name or address; all must be found.
        day: local day on which it was owed.
    """

    state: LetterState | None = None
    kind: LetterKind | None = None
    words: str = ""
    day: date | None = None


def letters_within(
    session: Session, scope: Scope, wanted: LetterFilter, page: int, size: int
) -> tuple[Sequence[OwedLetter], int]:
    """Return a page of the letters within the scope, the latest first, and how many there are."""
    where = [_within(scope), *_conditions(wanted)]
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


def letters_due(session: Session, now: datetime) -> frozenset[LetterState]:
    """Say what is to be done now: letters to be sent, or a daily letter to be made."""
    query = select(OwedLetter.state).where(
        OwedLetter.state.in_((LetterState.OWED, LetterState.DAILY)),
        OwedLetter.next_try_at <= now,
    )
    return frozenset(session.scalars(query.distinct()))


def letters_of_person(
    session: Session, person_id: int, since: datetime, page: int, size: int
) -> tuple[Sequence[OwedLetter], int]:
    """Return a page of what was written to a person, the latest first, and how many there are.

    Letters that stand in a daily letter are left out, as are those that were cancelled.
    """
    where = [
        OwedLetter.person_id == person_id,
        OwedLetter.created_at >= since,
        OwedLetter.state.not_in((LetterState.MERGED, LetterState.CANCELLED)),
    ]
    total = session.scalar(select(func.count(OwedLetter.id)).where(*where)) or 0
    query = select(OwedLetter).where(*where).order_by(OwedLetter.id.desc())
    return session.scalars(query.limit(size).offset((page - 1) * size)).all(), total


def letter_of_person(session: Session, person_id: int, letter_id: int) -> OwedLetter | None:
    """Return a letter to a person; None if it is another's."""
    return session.scalar(
        select(OwedLetter).where(OwedLetter.id == letter_id, OwedLetter.person_id == person_id)
    )


def _conditions(wanted: LetterFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.state is not None:
        yield OwedLetter.state == wanted.state
    if wanted.kind is not None:
        yield OwedLetter.kind == wanted.kind
    if wanted.day is not None:
        begins = datetime.combine(wanted.day, time.min, tzinfo=CENTRE_TIME)
        ends = datetime.combine(wanted.day + timedelta(days=1), time.min, tzinfo=CENTRE_TIME)
        yield OwedLetter.created_at >= begins.astimezone(UTC)
        yield OwedLetter.created_at < ends.astimezone(UTC)
    for word in wanted.words.split():
        yield _is_to(word)


def _is_to(word: str) -> ColumnElement[bool]:
    # SQLite folds only ASCII letters, so a capital umlaut is asked for as well.
    return or_(
        *(
            column.icontains(part, autoescape=True)
            for column in (OwedLetter.to_name, OwedLetter.to_address)
            for part in {word, word.capitalize()}
        )
    )


def known_occasions(session: Session, occasions: Collection[str]) -> frozenset[str]:
    """Return which of these occasions have their letter already, in one statement."""
    query = select(OwedLetter.occasion).where(OwedLetter.occasion.in_(occasions))
    return frozenset(session.scalars(query))


def _within(scope: Scope) -> ColumnElement[bool]:
    return true() if scope.everything else OwedLetter.centre_id.in_(scope.centre_ids)
