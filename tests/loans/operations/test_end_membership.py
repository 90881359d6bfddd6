"""Leavers end with their last day; whoever still has something stays."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.operations.end_membership import Leaving, Left, end_membership
from schools.errors import NotFoundError, RefusedError
from schools.models.person import Membership, Person
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

LAST = MONDAY + timedelta(days=30)


@pytest.fixture
def admin(make: Make) -> Actor:
    return make.actor(Role.SCHOOL_ADMIN)


def membership(person: Person) -> Membership:
    return person.memberships[0]


def left(session: Session, people: list[Person], by: Actor, school_id: int) -> Left:
    ids = frozenset(membership(person).id for person in people)
    with unit_of_work(session):
        return end_membership(session, Leaving(school_id, ids, LAST), by, NOW)


def test_who_has_nothing_leaves_and_who_has_something_stays(make: Make, admin: Actor) -> None:
    free, lent, placed = make.person(), make.person(), make.person()
    make.loan(person=lent)
    make.loan(person=placed, placed=True, due_on=None)
    came = left(make.session, [free, lent, placed], admin, make.the_school().id)
    assert came == Left((membership(free).id,), (membership(lent).id, membership(placed).id))
    lasts = [membership(person).last for person in (free, lent, placed)]
    assert lasts == [LAST, None, None]


def test_what_came_back_keeps_nobody(make: Make, admin: Actor) -> None:
    person = make.person()
    make.loan(person=person, returned_on=MONDAY)
    assert left(make.session, [person], admin, make.the_school().id).kept == ()


def test_the_role_at_the_school_ends_too(make: Make, admin: Actor) -> None:
    account = make.account(person=make.person())
    left(make.session, [account.person], admin, make.the_school().id)
    assert account.grants[0].last == LAST


def test_nobody_ends_their_own_membership(make: Make, admin: Actor) -> None:
    own = make.session.get_one(Person, admin.person_id)
    with pytest.raises(RefusedError):
        left(make.session, [own], admin, make.the_school().id)
    assert membership(own).last is None


def test_memberships_of_another_school_are_not_there(make: Make, admin: Actor) -> None:
    stranger = make.person(make.school())
    for school_id in (make.the_school().id, membership(stranger).institution_id):
        with pytest.raises(NotFoundError):
            left(make.session, [stranger], admin, school_id)
    assert membership(stranger).last is None


@pytest.mark.parametrize("role", [Role.TEACHER, Role.STAFF])
def test_others_end_no_memberships(make: Make, role: Role) -> None:
    person = make.person()
    with pytest.raises(NotFoundError):
        left(make.session, [person], make.actor(role), make.the_school().id)
