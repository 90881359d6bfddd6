"""Repair and blocking take a copy out of lending; putting it back gives it back."""

import pytest
from sqlalchemy import select

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError
from loans.operations.take_off_shelf import ShelfStep, ShelfWish, steps_from, take_off_shelf
from schools.rules.roles import Actor, Role
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.fixture
def staff(make: Make) -> Actor:
    return make.actor(Role.STAFF)


def taken(make: Make, copy: Copy, step: ShelfStep, by: Actor, reason: str = "") -> Copy:
    with unit_of_work(make.session):
        return take_off_shelf(make.session, ShelfWish(copy.id, step, reason), by, NOW)


def test_a_copy_in_repair_leaves_the_capacity_and_comes_back(make: Make, staff: Actor) -> None:
    holding = make.holding(copies=2)
    copy = holding.copies[0]
    assert taken(make, copy, ShelfStep.REPAIR, staff, "Akku").state is CopyState.IN_REPAIR
    assert holding.lendable == 1
    assert taken(make, copy, ShelfStep.PUT_BACK, staff).state is CopyState.AVAILABLE
    assert holding.lendable == 2
    acts = [entry.act for entry in make.session.scalars(select(AuditEntry))]
    assert acts == ["repair", "put_back"]


def test_a_copy_on_loan_is_neither_repaired_nor_put_back(make: Make, staff: Actor) -> None:
    copy = make.loan().copy
    for step in (ShelfStep.REPAIR, ShelfStep.PUT_BACK):
        with pytest.raises(ImpossibleStepError):
            taken(make, copy, step, staff)
    assert copy.state is CopyState.ON_LOAN


def test_a_blocked_copy_is_not_lent_until_it_is_unblocked(make: Make, staff: Actor) -> None:
    holding = make.holding(copies=1)
    copy = holding.copies[0]
    taken(make, copy, ShelfStep.BLOCK, staff, "Rückruf")
    taken(make, copy, ShelfStep.BLOCK, staff, "Rückruf")
    assert (holding.lendable, copy.lendable, copy.not_lendable_reason) == (0, False, "Rückruf")
    taken(make, copy, ShelfStep.UNBLOCK, staff)
    assert (holding.lendable, copy.lendable, copy.not_lendable_reason) == (1, True, "")


def test_a_blocked_copy_in_repair_counts_only_when_both_are_over(make: Make, staff: Actor) -> None:
    holding = make.holding(copies=1)
    copy = holding.copies[0]
    for step in (ShelfStep.REPAIR, ShelfStep.BLOCK, ShelfStep.PUT_BACK):
        taken(make, copy, step, staff)
        assert holding.lendable == 0
    taken(make, copy, ShelfStep.UNBLOCK, staff)
    assert holding.lendable == 1


def test_a_placed_copy_is_outside_the_capacity_blocked_or_not(make: Make, staff: Actor) -> None:
    loan = make.loan(placed=True, due_on=None)
    loan.holding.lendable = 0
    make.session.commit()
    taken(make, loan.copy, ShelfStep.BLOCK, staff)
    assert loan.holding.lendable == 0
    taken(make, loan.copy, ShelfStep.UNBLOCK, staff)
    assert loan.holding.lendable == 0


def test_a_withdrawn_copy_stays_withdrawn(make: Make, staff: Actor) -> None:
    copy = make.copy(state=CopyState.WITHDRAWN)
    for step in ShelfStep:
        with pytest.raises(ImpossibleStepError):
            taken(make, copy, step, staff)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN])
def test_schools_take_nothing_off_the_shelf(make: Make, role: Role) -> None:
    with pytest.raises(NotFoundError):
        taken(make, make.copy(), ShelfStep.REPAIR, make.actor(role))


def test_staff_of_another_centre_take_nothing_off_the_shelf(make: Make) -> None:
    copy = make.copy()
    stranger = make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError):
        taken(make, copy, ShelfStep.REPAIR, stranger)


@pytest.mark.parametrize("state", list(CopyState))
def test_only_possible_steps_are_offered(make: Make, staff: Actor, state: CopyState) -> None:
    for step in steps_from(state):
        copy = make.copy(state=state)
        copy.holding.lendable = 1
        make.session.commit()
        taken(make, copy, step, staff)
