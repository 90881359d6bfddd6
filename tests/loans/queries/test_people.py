"""A person as the staff of their centre see them, and nobody else."""

from datetime import timedelta

import pytest

from catalogue.rules.copy_states import CopyState
from loans.queries.people import (
    card_of,
    centres_of_person,
    count_waiting,
    open_bookings,
    open_things,
    past_things,
    person_within,
)
from schools.models.person import Membership
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role, Scope
from tests.make import LONG_AGO, MONDAY, Make

DAY = timedelta(days=1)

pytestmark = pytest.mark.both_stores


@pytest.fixture
def by(make: Make) -> Actor:
    make.centre()
    return make.actor(Role.STAFF)


@pytest.fixture
def scope(by: Actor) -> Scope:
    return by.scope(Right.LEND)


def test_a_person_comes_with_the_memberships_of_the_own_centre_the_running_first(
    make: Make, scope: Scope
) -> None:
    old, foreign = make.school("Alte Schule"), make.school(centre=make.centre())
    person = make.person(old, until=MONDAY - DAY)
    for school in (make.the_school(), foreign):
        make.session.add(Membership(person_id=person.id, institution_id=school.id, first=LONG_AGO))
    make.session.commit()
    found = person_within(make.session, scope, person.id)
    assert found is not None
    names = [each.institution for each in found.memberships]
    assert names == [make.the_school().name, "Alte Schule"]
    assert [each.institution for each in found.acts_now(MONDAY)] == names[:1]


def test_what_a_person_has_from_another_centre_is_not_told(make: Make, scope: Scope) -> None:
    person = make.person()
    ours = make.loan(person=person, days=-3, lent_on=MONDAY - 20 * DAY, due_on=MONDAY - 3 * DAY)
    foreign = make.centre()
    make.loan(make.copy(make.holding(centre=foreign)), person=person)
    (thing,) = open_things(make.session, scope, person.id)
    assert (thing.loan_id, thing.days_late(MONDAY)) == (ours.id, 3)


def test_bookings_holds_and_past_loans_are_those_of_the_own_centre(
    make: Make, scope: Scope
) -> None:
    person, foreign = make.person(), make.centre()
    week = Period(MONDAY + DAY, MONDAY + 5 * DAY)
    ours = make.booking(make.holding(copies=1), week, person=person)
    make.booking(make.holding(centre=foreign, copies=1), week, person=person)
    for holding in (make.holding(), make.holding(centre=foreign)):
        make.loan(
            make.copy(holding),
            person=person,
            lent_on=MONDAY - 9 * DAY,
            returned_on=MONDAY - 2 * DAY,
            state=CopyState.AVAILABLE,
        )
    assert list(open_bookings(make.session, scope, person.id)) == [ours]
    assert len(past_things(make.session, scope, person.id, MONDAY - 90 * DAY)) == 1
    assert past_things(make.session, scope, person.id, MONDAY) == ()
    assert count_waiting(make.session, scope, person.id) == 0


def test_a_foreign_centres_person_is_not_there(make: Make, by: Actor, scope: Scope) -> None:
    stranger = make.person(make.school(centre=make.centre()))
    assert person_within(make.session, scope, stranger.id) is None
    assert centres_of_person(make.session, scope, stranger.id) == frozenset()
    assert card_of(make.session, by, stranger.id) is None


@pytest.mark.lending("8.4", "10.1")
def test_what_was_received_in_time_is_not_late_before_it_is_looked_over(
    make: Make, scope: Scope
) -> None:
    person = make.person()
    make.loan(
        person=person,
        days=-3,
        due_on=MONDAY - 3 * DAY,
        lent_on=MONDAY - 20 * DAY,
        received_on=MONDAY - 4 * DAY,
        state=CopyState.RECEIVED,
    )
    (thing,) = open_things(make.session, scope, person.id)
    assert (thing.received_on, thing.days_late(MONDAY)) == (MONDAY - 4 * DAY, 0)
