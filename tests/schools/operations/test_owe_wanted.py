"""Many letters at once are owed as each would be alone."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.operations.owe import Addressee, Letter, owe, owe_wanted, person_addressed
from tests.make import NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

KINDS = (LetterKind.DUE_SOON, LetterKind.LOAN_RENEWED, LetterKind.OVERDUE)
MODES = (None, *LetterMode)


def letters(session: Session, word: str) -> list[tuple[Letter, Addressee]]:
    """One of each kind to everybody, and to a school, with and without `always`."""
    people = session.scalars(select(Person).order_by(Person.id)).all()
    addressed = [person_addressed(person) for person in people]
    addressed += [Addressee("schule@example.org"), Addressee("")]
    return [
        (Letter(kind, f"{word}:{kind}:{place}:{always}", {"days": 1}, always=always), to)
        for place, to in enumerate(addressed)
        for kind in KINDS
        for always in (False, True)
    ]


def stored(session: Session, word: str) -> dict[str, tuple[object, ...]]:
    rows = session.scalars(select(OwedLetter).where(OwedLetter.occasion.startswith(word)))
    return {
        row.occasion.removeprefix(word): (
            row.state,
            row.next_try_at,
            row.to_address,
            row.person_id,
        )
        for row in rows
    }


@pytest.fixture(autouse=True)
def people(session: Session, make: Make) -> None:
    for mode in MODES:
        person = make.person()
        if mode is not None:
            topics = (LetterTopic.REMINDERS, LetterTopic.LOANS)
            session.add_all(
                LetterChoice(person_id=person.id, topic=topic, mode=mode) for topic in topics
            )
    make.person().email = None
    session.commit()


def test_each_comes_as_it_would_alone_and_none_twice(session: Session) -> None:
    with unit_of_work(session):
        alone = sum(owe(session, *post, NOW) for post in letters(session, "alone"))
    with unit_of_work(session):
        assert owe_wanted(session, letters(session, "all"), NOW) == alone
    with unit_of_work(session):
        assert owe_wanted(session, letters(session, "all"), NOW) == 0
    assert stored(session, "all") == stored(session, "alone")
    assert 0 < alone < len(letters(session, ""))


def test_three_statements_whatever_their_number(session: Session) -> None:
    bound = session.get_bind()
    assert isinstance(bound, Engine)
    posts = letters(session, "some")
    session.rollback()
    with unit_of_work(session), counted(bound) as statements:
        owe_wanted(session, posts, NOW)
    assert statements.count == 3
