"""What people want letters about, and when."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.letter_topics import TOPICS
from schools.models.owed_letter import LetterKind, OwedLetter


def modes_of(session: Session, person_id: int) -> dict[LetterTopic, LetterMode]:
    """Return when a person wants letters of each topic, in one statement."""
    query = select(LetterChoice.topic, LetterChoice.mode).where(
        LetterChoice.person_id == person_id
    )
    chosen = {row.topic: row.mode for row in session.execute(query)}
    return {topic: chosen.get(topic, LetterMode.AT_ONCE) for topic in LetterTopic}


def mode_for(session: Session, person_id: int | None, kind: LetterKind) -> LetterMode:
    """Return when a person wants letters of a kind."""
    topic = TOPICS.get(kind)
    if person_id is None or topic is None:
        return LetterMode.AT_ONCE
    return modes_of(session, person_id)[topic]


def modes_of_people(
    session: Session, person_ids: Collection[int]
) -> dict[tuple[int, LetterTopic], LetterMode]:
    """Return what people chose, by person and topic, in one statement; all else comes at once."""
    query = select(LetterChoice.person_id, LetterChoice.topic, LetterChoice.mode).where(
        LetterChoice.person_id.in_(person_ids)
    )
    return {(row.person_id, row.topic): row.mode for row in session.execute(query)}


def standing_of(
    session: Session, occasion: str, person_id: int | None, kind: LetterKind
) -> tuple[bool, LetterMode]:
    """Say whether a letter of this occasion is owed already, and when it is wanted.

    One statement: this is asked in every act that tells somebody something.
    """
    chosen = select(LetterChoice.mode).where(
        LetterChoice.person_id == person_id, LetterChoice.topic == TOPICS.get(kind)
    )
    row = session.execute(
        select(
            exists().where(OwedLetter.occasion == occasion).label("owed"),
            chosen.scalar_subquery().label("mode"),
        )
    ).one()
    return bool(row.owed), LetterMode.AT_ONCE if row.mode is None else row.mode
