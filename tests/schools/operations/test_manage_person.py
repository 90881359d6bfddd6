"""Staff keep people from borrowing, give other cards, and are seen looking."""

import pytest
from sqlalchemy import select

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.errors import NotFoundError
from schools.models.person import Person
from schools.operations.manage_person import Block, block_person, give_card, look_at_history
from schools.rules.roles import Actor, Role
from tests.make import NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("12.2")]


@pytest.fixture
def by(make: Make) -> Actor:
    make.centre()
    return make.actor(Role.STAFF)


def entries(make: Make, person: Person) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.subject_kind == "person")
    return list(
        make.session.scalars(query.where(AuditEntry.subject_id == person.id).order_by("id"))
    )


def block(make: Make, person: Person, reason: str | None, by: Actor) -> None:
    with unit_of_work(make.session):
        block_person(make.session, Block(person.id, reason), by, NOW)


def test_a_block_has_a_reason_and_is_lifted_again(make: Make, by: Actor) -> None:
    person = make.person()
    block(make, person, "Anschrift fehlt", by)
    assert (person.blocked, person.block_reason) == (True, "Anschrift fehlt")
    block(make, person, None, by)
    assert (person.blocked, person.block_reason) == (False, "")
    first, second = entries(make, person)
    assert (first.act, first.reason, first.after["blocked"]) == (
        "block_person",
        "Anschrift fehlt",
        True,
    )
    assert (second.act, second.before["reason"]) == ("unblock_person", "Anschrift fehlt")
    assert first.centre_id == make.the_centre().id


def test_what_changes_nothing_is_not_in_the_log(make: Make, by: Actor) -> None:
    person = make.person()
    block(make, person, None, by)
    assert entries(make, person) == []


def test_another_card_makes_the_old_one_unknown(make: Make, by: Actor) -> None:
    person = make.person()
    old = person.card
    with unit_of_work(make.session):
        new = give_card(make.session, person.id, by, NOW)
    assert person.card == new != old
    (entry,) = entries(make, person)
    assert entry.act == "card"
    assert old not in str(entry.before) + str(entry.after)


def test_each_look_at_a_history_is_in_the_log_of_the_person(make: Make, by: Actor) -> None:
    person = make.person()
    for _ in range(2):
        with unit_of_work(make.session):
            look_at_history(make.session, person.id, by, NOW)
    assert [entry.act for entry in entries(make, person)] == ["look_at_history"] * 2
    assert entries(make, person)[0].account_id == by.account_id


def test_a_foreign_centres_person_is_not_there(make: Make, by: Actor) -> None:
    stranger = make.person(make.school(centre=make.centre()))
    with pytest.raises(NotFoundError):
        block(make, stranger, "Grund", by)
    for act in (give_card, look_at_history):
        with pytest.raises(NotFoundError), unit_of_work(make.session):
            act(make.session, stranger.id, by, NOW)
    assert entries(make, stranger) == []
