"""Choose when one wants letters of a topic: at once, once a day, or not at all."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.letter_topics import TOPICS
from schools.models.owed_letter import LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.roles import Actor


def choose_letters(
    session: Session, wanted: Mapping[LetterTopic, LetterMode], by: Actor, now: datetime
) -> None:
    """Take over the actor's choices; topics not named stay as they are.

    What waits for the daily letter goes at once, or not at all, if that is wanted now. Locks the
    person, as making the daily letter does.

    Args:
        session: inside a unit of work.
        wanted: the mode by topic.
        by: whose choices they are.
        now: the instant.
    """
    person_id = by.person_id or 0
    session.scalar(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    query = select(LetterChoice).where(LetterChoice.person_id == person_id)
    stored = {row.topic: row for row in session.scalars(query)}
    for topic, mode in wanted.items():
        if topic in stored:
            stored[topic].mode = mode
        else:
            session.add(LetterChoice(person_id=person_id, topic=topic, mode=mode))
        _settle_waiting(session, person_id, topic, mode, now)


def _settle_waiting(
    session: Session, person_id: int, topic: LetterTopic, mode: LetterMode, now: datetime
) -> None:
    if mode is LetterMode.DAILY:
        return
    kinds = [kind for kind, its_topic in TOPICS.items() if its_topic is topic]
    waiting = update(OwedLetter).where(
        OwedLetter.person_id == person_id,
        OwedLetter.state == LetterState.DAILY,
        OwedLetter.kind.in_(kinds),
    )
    off = mode is LetterMode.OFF
    state = LetterState.CANCELLED if off else LetterState.OWED
    session.execute(
        waiting.values(state=state, next_try_at=now).execution_options(synchronize_session=False)
    )
