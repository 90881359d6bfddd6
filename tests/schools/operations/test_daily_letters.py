"""Letters that somebody wants once a day, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.operations.choose_letters import choose_letters
from schools.operations.merge_letters import (
    Waiting,
    merge_letters,
    next_waiting,
    postpone_letters,
)
from schools.operations.owe import Letter, owe, person_addressed
from schools.operations.send_letters import claim_letter
from schools.queries.letters import letters_due
from schools.rules.roles import Actor
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores

NEXT_MORNING = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
"""Half past six in Berlin, in winter."""

BOOKED = LetterKind.BOOKING_CONFIRMED


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


def choose(session: Session, person: Person, topic: LetterTopic, mode: LetterMode) -> None:
    by = Actor(None, person.id, person.name)
    with unit_of_work(session):
        choose_letters(session, {topic: mode}, by, NOW)


def tell(
    session: Session,
    person: Person,
    occasion: str,
    kind: LetterKind = BOOKED,
    *,
    centre_id: int | None = None,
    always: bool = False,
) -> bool:
    facts = {"number": occasion, "first": "2026-12-03", "last": "2026-12-04"}
    with unit_of_work(session):
        to = person_addressed(session.get_one(Person, person.id), centre_id=centre_id)
        return owe(session, Letter(kind, occasion, facts, always=always), to, NOW)


def merge(session: Session, person: Person, at: datetime = NEXT_MORNING) -> int | None:
    with unit_of_work(session):
        made = merge_letters(session, Waiting(person.id, None), at)
        return None if made is None else made.id


def states(session: Session) -> dict[str, LetterState]:
    rows = session.execute(select(OwedLetter.occasion, OwedLetter.state))
    found = {row.occasion: row.state for row in rows}
    session.rollback()
    return found


def test_without_a_choice_a_letter_goes_at_once(session: Session, person: Person) -> None:
    assert tell(session, person, "R-1")
    assert states(session) == {"R-1": LetterState.OWED}


def test_who_wants_none_is_owed_none_of_that_topic_only(session: Session, person: Person) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.OFF)
    assert not tell(session, person, "R-1")
    assert tell(session, person, "L-1", LetterKind.LOAN_RENEWED)
    assert states(session) == {"L-1": LetterState.OWED}


@pytest.mark.parametrize("mode", [LetterMode.OFF, LetterMode.DAILY])
@pytest.mark.parametrize(
    "kind", [LetterKind.OVERDUE, LetterKind.PASSWORD_RESET, LetterKind.PARTS_MISSING]
)
def test_what_is_overdue_and_about_the_account_comes_whatever_was_chosen(
    session: Session, person: Person, kind: LetterKind, mode: LetterMode
) -> None:
    for topic in LetterTopic:
        choose(session, person, topic, mode)
    assert tell(session, person, "X", kind)
    assert states(session) == {"X": LetterState.OWED}


@pytest.mark.parametrize("mode", [LetterMode.OFF, LetterMode.DAILY])
def test_what_staff_cancelled_comes_at_once_whatever_was_chosen(
    session: Session, person: Person, mode: LetterMode
) -> None:
    choose(session, person, LetterTopic.BOOKINGS, mode)
    assert tell(session, person, "C-1", LetterKind.BOOKING_CANCELLED, always=True)
    assert states(session) == {"C-1": LetterState.OWED}


def test_what_comes_at_once_is_never_followed_by_what_was_before(
    session: Session, person: Person
) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    tell(session, person, "R-1")
    tell(session, person, "R-2")
    with unit_of_work(session):
        to = person_addressed(session.get_one(Person, person.id))
        off = Letter(LetterKind.BOOKING_CANCELLED, "off", {"number": "R-1"}, always=True)
        owe(session, off, to, NOW)
    assert states(session)["R-2"] is LetterState.DAILY
    sent = []
    with unit_of_work(session):
        while (letter := claim_letter(session, NOW)) is not None:
            sent.append(letter.kind)
    assert sent == [LetterKind.BOOKING_CONFIRMED, LetterKind.BOOKING_CANCELLED]


def test_several_of_a_day_become_one_letter_on_the_next_morning(
    session: Session, person: Person
) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    assert [tell(session, person, f"R-{n}") for n in range(3)] == [True, True, True]
    assert not letters_due(session, NEXT_MORNING - timedelta(minutes=1))
    assert letters_due(session, NEXT_MORNING) == {LetterState.DAILY}
    assert next_waiting(session, NEXT_MORNING) == Waiting(person.id, None)
    made = session.get_one(OwedLetter, merge(session, person))
    assert made.kind is LetterKind.DIGEST
    assert made.facts["on"] == "2026-11-24"
    assert [each["facts"]["number"] for each in made.facts["items"]] == ["R-0", "R-1", "R-2"]
    assert states(session) == {
        **{f"R-{n}": LetterState.MERGED for n in range(3)},
        made.occasion: LetterState.OWED,
    }


def test_what_was_merged_is_never_told_again(session: Session, person: Person) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    tell(session, person, "R-1")
    tell(session, person, "R-2")
    assert not tell(session, person, "R-1")
    merge(session, person)
    assert not tell(session, person, "R-1")
    assert merge(session, person) is None
    with unit_of_work(session):
        claimed = claim_letter(session, NEXT_MORNING)
    assert claimed is not None
    assert claimed.kind == LetterKind.DIGEST
    with unit_of_work(session):
        assert claim_letter(session, NEXT_MORNING) is None


def test_a_single_letter_goes_as_it_is(session: Session, person: Person) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    tell(session, person, "R-1")
    merge(session, person)
    assert states(session) == {"R-1": LetterState.OWED}


def test_two_people_and_two_centres_have_letters_of_their_own(
    session: Session, person: Person, make: Make
) -> None:
    other, centre = make.person(), make.centre()
    for who in (person, other):
        choose(session, who, LetterTopic.BOOKINGS, LetterMode.DAILY)
        for number in (1, 2):
            tell(session, who, f"{who.id}-{number}")
    for number in (3, 4):
        tell(session, person, f"{person.id}-{number}", centre_id=centre.id)
    merge(session, person)
    merge(session, other)
    with unit_of_work(session):
        merge_letters(session, Waiting(person.id, centre.id), NEXT_MORNING)
    query = select(OwedLetter).where(OwedLetter.kind == LetterKind.DIGEST).order_by(OwedLetter.id)
    made = session.scalars(query).all()
    assert [(each.person_id, each.centre_id, len(each.facts["items"])) for each in made] == [
        (person.id, None, 2),
        (other.id, None, 2),
        (person.id, centre.id, 2),
    ]


def test_a_closed_centre_lets_them_wait(session: Session, person: Person) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    tell(session, person, "R-1")
    later = NEXT_MORNING + timedelta(days=2)
    with unit_of_work(session):
        postpone_letters(session, None, later, NEXT_MORNING)
    assert not letters_due(session, later - timedelta(minutes=1))
    assert letters_due(session, later)


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (LetterMode.AT_ONCE, LetterState.OWED),
        (LetterMode.OFF, LetterState.CANCELLED),
        (LetterMode.DAILY, LetterState.DAILY),
    ],
)
def test_another_choice_settles_what_waits(
    session: Session, person: Person, mode: LetterMode, state: LetterState
) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    choose(session, person, LetterTopic.LOANS, LetterMode.DAILY)
    tell(session, person, "R-1")
    tell(session, person, "L-1", LetterKind.LOAN_RENEWED)
    choose(session, person, LetterTopic.BOOKINGS, mode)
    assert states(session) == {"R-1": state, "L-1": LetterState.DAILY}


def test_a_choice_is_one_row_a_topic(session: Session, person: Person) -> None:
    for mode in (LetterMode.DAILY, LetterMode.OFF, LetterMode.AT_ONCE):
        choose(session, person, LetterTopic.HOLDS, mode)
    rows = session.scalars(select(LetterChoice)).all()
    assert [(row.topic, row.mode) for row in rows] == [(LetterTopic.HOLDS, LetterMode.AT_ONCE)]


def test_the_letter_goes_to_the_address_that_was_known_last(
    session: Session, person: Person
) -> None:
    choose(session, person, LetterTopic.BOOKINGS, LetterMode.DAILY)
    tell(session, person, "R-1")
    with unit_of_work(session):
        known = session.get_one(Person, person.id)
        known.email, known.locale = "neu@example.org", "en"
    tell(session, person, "R-2")
    made = session.get_one(OwedLetter, merge(session, person))
    assert (made.to_address, made.locale) == ("neu@example.org", "en")
