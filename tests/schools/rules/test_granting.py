"""Who may give which role where; the numbers on cards."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.rules.cards import ALPHABET, BITS, card_number
from schools.rules.granting import (
    AT_SCHOOL,
    MAY_GIVE,
    GrantFault,
    may_give,
    may_manage,
    place_fault,
)
from schools.rules.roles import RIGHTS, Actor, Grant, Reach, Role

HERE, THERE = 1, 2
OUR_SCHOOL, OTHER_SCHOOL = 11, 12


def holder(role: Role) -> Actor:
    at_school = role in AT_SCHOOL
    return Actor(7, 8, "A", (Grant(role, HERE, OUR_SCHOOL if at_school else None),))


@pytest.mark.parametrize(("giver", "given_role"), list(product(Role, Role)))
def test_nobody_gives_a_right_they_lack_or_further_than_they_reach(
    giver: Role, given_role: Role
) -> None:
    far = list(Reach)
    for right, reach in RIGHTS[given_role].items():
        if not may_give(holder(giver), given_role, HERE, OUR_SCHOOL):
            return
        if giver is Role.SYSTEM_ADMIN or reach is Reach.OWN:
            continue
        held = RIGHTS[giver].get(right)
        assert held is not None or given_role in AT_SCHOOL
        assert held is None or far.index(reach) <= far.index(held)


@pytest.mark.parametrize("role", list(MAY_GIVE))
def test_nobody_gives_away_from_their_place(role: Role) -> None:
    for given_role in Role:
        given_there = may_give(holder(role), given_role, THERE, OTHER_SCHOOL)
        assert given_there == (role is Role.SYSTEM_ADMIN)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.STAFF, Role.ADVISER, Role.PLANNER])
def test_most_give_nothing(role: Role) -> None:
    assert not any(may_give(holder(role), each, HERE, OUR_SCHOOL) for each in Role)


def test_a_place_that_is_missing_is_nobodys() -> None:
    nowhere = Actor(7, 8, "A", (Grant(Role.CENTRE_ADMIN),))
    assert not may_give(nowhere, Role.STAFF, None, None)


@pytest.mark.parametrize(
    ("role", "centre_id", "institution_id", "fault"),
    [
        (Role.TEACHER, None, 11, None),
        (Role.TEACHER, 1, None, GrantFault.PLACE_MISSING),
        (Role.TEACHER, 1, 11, GrantFault.PLACE_DOES_NOT_FIT),
        (Role.STAFF, 1, None, None),
        (Role.STAFF, None, None, GrantFault.PLACE_MISSING),
        (Role.SYSTEM_ADMIN, None, None, None),
        (Role.SYSTEM_ADMIN, 1, None, GrantFault.PLACE_DOES_NOT_FIT),
    ],
)
def test_a_role_is_held_at_its_kind_of_place(
    role: Role, centre_id: int | None, institution_id: int | None, fault: GrantFault | None
) -> None:
    assert place_fault(role, centre_id, institution_id) == fault


def test_who_holds_more_than_one_gives_is_not_managed() -> None:
    office = holder(Role.CENTRE_ADMIN)
    assert may_manage(office, (Grant(Role.STAFF, HERE), Grant(Role.TEACHER, HERE, OUR_SCHOOL)))
    assert not may_manage(office, (Grant(Role.STAFF, HERE), Grant(Role.STAFF, THERE)))
    assert not may_manage(office, (Grant(Role.SYSTEM_ADMIN),))


@given(st.integers(0, 2**BITS - 1), st.integers(0, 2**BITS - 1))
def test_different_numbers_make_different_cards(one: int, other: int) -> None:
    cards = card_number(one), card_number(other)
    assert (cards[0] == cards[1]) == (one == other)
    assert all(len(card) == 15 and set(card[2:]) <= set(ALPHABET) for card in cards)
