"""Make the daily letter: what waits for a person of a centre becomes one letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.queries.signed_in import day_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """For whom a daily letter is due; `centre_id` is whose opening days count, if any."""

    person_id: int
    centre_id: int | None


def next_waiting(session: Session, now: datetime) -> Waiting | None:
    """Return for whom a daily letter is to be made next; None if for nobody now."""
    query = (
        select(OwedLetter.person_id, OwedLetter.centre_id)
        .where(OwedLetter.state == LetterState.DAILY, OwedLetter.next_try_at <= now)
        .order_by(OwedLetter.next_try_at, OwedLetter.id)
    )
    row = session.execute(query.limit(1)).one_or_none()
    return None if row is None else Waiting(row.person_id or 0, row.centre_id)


def merge_letters(session: Session, waiting: Waiting, now: datetime) -> OwedLetter | None:
    """Merge what is due for a person of a centre into one letter, inside a unit of work.

    Locks the person, so that two hosts make it one after the other; the second finds nothing
    left. One letter alone goes as it is. What was merged keeps its occasion, so that nobody is
    told it again.

    Returns:
        The letter to be sent; None if nothing is due (any more).

    Source:
        docs/decisions/0018-letters-and-feeds.md.
    """
    person = select(Person.id).where(Person.id == waiting.person_id)
    session.scalar(person.with_for_update(key_share=True))
    due = select(OwedLetter).where(*_due(waiting, now)).order_by(OwedLetter.id)
    letters = session.scalars(due.with_for_update()).all()
    if not letters:
        return None
    if len(letters) == 1:
        letters[0].state = LetterState.OWED
        return letters[0]
    for letter in letters:
        letter.state = LetterState.MERGED
    digest = _digest(letters, now)
    session.add(digest)
    session.flush()
    return digest


def postpone_letters(
    session: Session, centre_id: int | None, until: datetime, now: datetime
) -> None:
    """Let every daily letter of a centre that is due now wait: the centre is closed today."""
    due = update(OwedLetter).where(
        OwedLetter.state == LetterState.DAILY,
        OwedLetter.next_try_at <= now,
        OwedLetter.centre_id == centre_id,
    )
    session.execute(due.values(next_try_at=until).execution_options(synchronize_session=False))


def _due(waiting: Waiting, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OwedLetter.state == LetterState.DAILY,
        OwedLetter.next_try_at <= now,
        OwedLetter.person_id == waiting.person_id,
        OwedLetter.centre_id == waiting.centre_id,
    )


def _digest(letters: Sequence[OwedLetter], now: datetime) -> OwedLetter:
    """Return the letter; name, address and language are those of the latest that it holds."""
    latest = letters[-1]
    schools = {letter.institution_id for letter in letters}
    return OwedLetter(
        kind=LetterKind.DIGEST,
        occasion=f"{LetterKind.DIGEST.value}:{letters[0].id}",
        to_address=latest.to_address,
        to_name=latest.to_name,
        locale=latest.locale,
        facts={"on": day_of(now).isoformat(), "items": [_item(letter) for letter in letters]},
        person_id=latest.person_id,
        institution_id=schools.pop() if len(schools) == 1 else None,
        centre_id=latest.centre_id,
        created_at=now,
        next_try_at=now,
    )


def _item(letter: OwedLetter) -> dict[str, Any]:
    return {"kind": letter.kind.value, "facts": dict(letter.facts), "letter": letter.id}
