"""The daily letter is made on the mornings on which the centre is open, by whichever worker."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.daily_letters import make_daily_letter
from database.unit_of_work import unit_of_work
from loans.models.closure import Closure
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed
from tests.make import NOW, Make

MORNING = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
"""Tuesday, half past six in Berlin."""


def waiting(session: Session, make: Make, letters: int = 2, *, at_a_centre: bool = True) -> Person:
    """Somebody for whom letters of Monday wait."""
    person = make.person()
    centre_id = make.the_centre().id if at_a_centre else None
    session.add(
        LetterChoice(person_id=person.id, topic=LetterTopic.BOOKINGS, mode=LetterMode.DAILY)
    )
    session.commit()
    with unit_of_work(session):
        for number in range(letters):
            facts = {"number": f"R-{number}", "first": "2026-12-03", "last": "2026-12-04"}
            letter = Letter(LetterKind.BOOKING_CONFIRMED, f"{person.id}:{number}", facts)
            to = person_addressed(session.get_one(Person, person.id), centre_id=centre_id)
            owe(session, letter, to, NOW)
    return person


def close(session: Session, make: Make, first: date, last: date) -> None:
    session.add(Closure(centre_id=make.the_centre().id, first=first, last=last, name="Inventur"))
    session.commit()


def make_all(app: Flask, at: datetime) -> int:
    """Let the worker look until nothing is due; says how often it found something."""
    with app.app_context():
        looks = 0
        while make_daily_letter(at):
            looks += 1
        return looks


def digests(session: Session) -> list[int]:
    """How many letters each daily letter holds."""
    rows = session.scalars(select(OwedLetter).where(OwedLetter.kind == LetterKind.DIGEST))
    found = [len(row.facts["items"]) for row in rows]
    session.rollback()
    return found


def next_tries(session: Session) -> set[datetime]:
    query = select(OwedLetter.next_try_at).where(OwedLetter.state == LetterState.DAILY)
    found = set(session.scalars(query))
    session.rollback()
    return found


def test_nothing_is_made_before_the_morning(app: Flask, session: Session, make: Make) -> None:
    waiting(session, make)
    assert make_all(app, MORNING - timedelta(seconds=1)) == 0
    assert digests(session) == []


def test_each_person_gets_one_letter(app: Flask, session: Session, make: Make) -> None:
    for letters in (2, 3):
        waiting(session, make, letters)
    assert make_all(app, MORNING) == 2
    assert digests(session) == [2, 3]


def test_a_worker_that_slept_late_makes_it_later_that_day(
    app: Flask, session: Session, make: Make
) -> None:
    waiting(session, make)
    assert make_all(app, MORNING + timedelta(hours=4)) == 1
    assert digests(session) == [2]


def test_a_worker_that_slept_until_night_waits_for_the_morning(
    app: Flask, session: Session, make: Make
) -> None:
    waiting(session, make)
    assert make_all(app, MORNING + timedelta(hours=18)) == 1
    assert digests(session) == []
    assert next_tries(session) == {MORNING + timedelta(days=1)}


def test_on_a_closed_day_it_waits_for_the_next_open_one(
    app: Flask, session: Session, make: Make
) -> None:
    waiting(session, make)
    waiting(session, make)
    close(session, make, date(2026, 11, 24), date(2026, 11, 26))
    assert make_all(app, MORNING) == 1
    assert digests(session) == []
    assert next_tries(session) == {MORNING + timedelta(days=3)}
    assert make_all(app, MORNING + timedelta(days=3)) == 2
    assert digests(session) == [2, 2]


def test_without_a_centre_weekdays_count(app: Flask, session: Session, make: Make) -> None:
    waiting(session, make, at_a_centre=False)
    saturday = MORNING + timedelta(days=4)
    make_all(app, saturday)
    assert digests(session) == []
    assert next_tries(session) == {saturday + timedelta(days=2)}


@pytest.mark.both_stores
def test_two_workers_make_it_once(app: Flask, session: Session, make: Make) -> None:
    for _ in range(4):
        waiting(session, make)
    session.rollback()
    both = Barrier(2)

    def work() -> None:
        with app.app_context():
            both.wait(10)
            while make_daily_letter(MORNING):
                pass

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert digests(session) == [2, 2, 2, 2]
    states = session.scalars(select(OwedLetter.state)).all()
    assert sorted(states) == sorted([LetterState.MERGED] * 8 + [LetterState.OWED] * 4)
