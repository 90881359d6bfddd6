"""Whoever has no card is taken in at the desk; the school has its say afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from schools.errors import NotFoundError, RefusedError
from schools.models.institution import Institution, InstitutionKind
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.operations.join_provisionally import (
    Newcomer,
    confirm_membership,
    join_provisionally,
)
from schools.operations.open_account import PersonFacts
from schools.rules.provisional import last_day
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

LAST = MONDAY + timedelta(days=28)


@pytest.fixture
def by(make: Make) -> Actor:
    make.centre()
    return make.actor(Role.STAFF)


def join(make: Make, by: Actor, school: Institution, email: str = "") -> Person:
    wish = Newcomer(PersonFacts("Grace", "Hopper", email), school.id)
    with unit_of_work(make.session):
        return join_provisionally(make.session, wish, by, MONDAY, NOW)


def letters(make: Make) -> list[OwedLetter]:
    query = select(OwedLetter).where(OwedLetter.kind == LetterKind.MEMBERSHIP_PROVISIONAL)
    return list(make.session.scalars(query.order_by(OwedLetter.id)))


def membership(make: Make, person: Person) -> Membership:
    query = select(Membership).where(Membership.person_id == person.id)
    return make.session.scalars(query.execution_options(populate_existing=True)).one()


def test_a_newcomer_has_a_card_and_four_weeks(make: Make, by: Actor) -> None:
    assert last_day(MONDAY) == LAST
    person = join(make, by, make.the_school(), "grace@example.org")
    assert person.card.startswith("P-")
    assert (person.name, person.email) == ("Grace Hopper", "grace@example.org")
    held = membership(make, person)
    assert (held.first, held.last, held.provisional) == (MONDAY, LAST, True)
    query = select(AuditEntry).where(AuditEntry.act == "join_provisionally")
    assert make.session.scalars(query).one().account_id == by.account_id


def test_an_address_is_not_needed(make: Make, by: Actor) -> None:
    assert join(make, by, make.the_school()).email is None
    assert join(make, by, make.the_school()).email is None


def test_the_schools_admins_are_told(make: Make, by: Actor) -> None:
    admin = make.account(Role.SCHOOL_ADMIN)
    join(make, by, make.the_school(), "grace@example.org")
    (letter,) = letters(make)
    assert letter.to_address == admin.person.email
    assert letter.facts["person"] == "Grace Hopper"
    assert letter.facts["last"] == LAST.isoformat()


@pytest.mark.parametrize(
    ("facts", "address"),
    [
        ({"email": "buero@schule.example"}, "buero@schule.example"),
        ({"number": "160465"}, "160465@schule.nrw.de"),
        ({"number": None, "kind": InstitutionKind.KITA}, None),
    ],
    ids=["its own address", "the mailbox of its number", "none"],
)
def test_without_admins_the_schools_mailbox_is_told(
    make: Make, by: Actor, facts: dict[str, Any], address: str | None
) -> None:
    join(make, by, make.school(**facts))
    assert [letter.to_address for letter in letters(make)] == ([address] if address else [])


def test_a_known_address_makes_nobody_twice(make: Make, by: Actor) -> None:
    known = make.person(email="ada@example.org")
    with pytest.raises(RefusedError) as error:
        join(make, by, make.the_school(), " Ada@Example.org ")
    assert [str(reason) for reason in error.value.reasons] == ["address_known"]
    people = make.session.scalars(select(Person).where(Person.email == known.email)).all()
    assert len(people) == 1


def test_a_closed_school_takes_nobody_in(make: Make, by: Actor) -> None:
    with pytest.raises(RefusedError) as error:
        join(make, by, make.school(operating_status=3))
    assert [str(reason) for reason in error.value.reasons] == ["school_closed"]


def test_a_foreign_centres_school_is_not_there(make: Make, by: Actor) -> None:
    with pytest.raises(NotFoundError):
        join(make, by, make.school(centre=make.centre()))


def test_the_school_confirms_and_the_membership_lasts(make: Make, by: Actor) -> None:
    person = join(make, by, make.the_school())
    admin = make.actor(Role.SCHOOL_ADMIN)
    with unit_of_work(make.session):
        confirm_membership(make.session, membership(make, person).id, admin, NOW)
    held = membership(make, person)
    assert (held.last, held.provisional) == (None, False)
    with pytest.raises(RefusedError), unit_of_work(make.session):
        confirm_membership(make.session, held.id, admin, NOW)


def test_another_school_confirms_nothing(make: Make, by: Actor) -> None:
    person = join(make, by, make.the_school())
    stranger = make.actor(Role.SCHOOL_ADMIN, school=make.school())
    with pytest.raises(NotFoundError), unit_of_work(make.session):
        confirm_membership(make.session, membership(make, person).id, stranger, NOW)
