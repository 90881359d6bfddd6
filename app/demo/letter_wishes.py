"""What people and centres have chosen about letters: daily ones, own words, a feed."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo.days import instant
from app.demo.scene import Scene
from loans.models.feed import Feed, FeedKind
from schools.models.letter_choice import LetterChoice, LetterMode, LetterText, LetterTopic
from schools.models.letter_topics import TOPICS
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.merge_letters import Waiting, merge_letters

OWN_SUBJECT = "Reserviert für {first}: {titles}"
OWN_TEXT = """schön, dass Sie unsere Medien im Unterricht einsetzen! Für Sie liegt bereit:

{titles}

Abholung ab {first} hier: {place}
Klasse: {class_name}

Bitte bringen Sie zum Abholen Ihren Ausweis der Schule mit."""


def write_letter_wishes(session: Session, scene: Scene) -> None:
    """Write the choices, and one daily letter as the worker makes it from those written."""
    _own_words(session, scene)
    _feed(session, scene)
    _daily(session, scene)


def _own_words(session: Session, scene: Scene) -> None:
    session.add(
        LetterText(
            centre_id=scene.county.centres[0].id,
            kind=LetterKind.BOOKING_CONFIRMED,
            locale="de",
            subject=OWN_SUBJECT,
            text=OWN_TEXT,
            changed_at=instant(scene.today, 0),
        )
    )


def _feed(session: Session, scene: Scene) -> None:
    shown = scene.people.shown
    session.add(
        Feed(
            kind=FeedKind.PERSON,
            account_id=shown.account_id,
            person_id=shown.person_id,
            nonce=hashlib.sha256(b"Kreis Lindenau").hexdigest()[:32],
            created_at=instant(scene.today, 0),
        )
    )


def _daily(session: Session, scene: Scene) -> None:
    """Let somebody with several letters have them once a day; the shown teacher has none daily."""
    chosen = OwedLetter.kind.in_(TOPICS)
    several = (
        select(OwedLetter.person_id, OwedLetter.centre_id)
        .where(chosen, OwedLetter.person_id != scene.people.shown.person_id)
        .group_by(OwedLetter.person_id, OwedLetter.centre_id)
        .having(func.count() > 1)
        .order_by(OwedLetter.person_id)
    )
    row = session.execute(several.limit(1)).one_or_none()
    if row is None:
        return
    session.add_all(
        LetterChoice(person_id=row.person_id, topic=topic, mode=LetterMode.DAILY)
        for topic in LetterTopic
    )
    waiting = select(OwedLetter).where(
        chosen, OwedLetter.person_id == row.person_id, OwedLetter.centre_id == row.centre_id
    )
    for letter in session.scalars(waiting).all():
        letter.state = LetterState.DAILY
    session.flush()
    made = merge_letters(session, Waiting(row.person_id, row.centre_id), instant(scene.today, 7))
    if made is not None:
        made.state = LetterState.KEPT
