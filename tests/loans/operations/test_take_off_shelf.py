"""Off the shelf a copy is out of lending; putting it back gives it back."""

import pytest
from sqlalchemy import select

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.hold import HoldState
from loans.operations.take_off_shelf import ShelfStep, ShelfWish, steps_from, take_off_shelf
from loans.queries.invariants import breaches
from loans.rules.returns import ReturnNote
from schools.rules.roles import Actor, Role
from tests.loans.operations.desks import counter
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


@pytest.mark.lending("3.2", "4.2")
def test_a_box_without_a_part_it_needs_does_not_go_back_on_the_shelf(
    make: Make, staff: Actor
) -> None:
    copy = make.part(critical=True, missing=1).copy
    copy.state, copy.holding.lendable = CopyState.INCOMPLETE, 0
    make.session.commit()
    with pytest.raises(ImpossibleStepError):
        taken(make, copy, ShelfStep.PUT_BACK, staff)
    taken(make, copy, ShelfStep.REPAIR, staff, "Netzteil")
    assert taken(make, copy, ShelfStep.PUT_BACK, staff).state is CopyState.INCOMPLETE
    assert copy.holding.lendable == 0


@pytest.mark.lending("3.1", "8.5")
def test_what_nobody_finds_is_missing_until_a_scan_finds_it(make: Make, staff: Actor) -> None:
    desk = counter(make)
    loan = make.loan(make.copy(make.holding()))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    missing = taken(make, loan.copy, ShelfStep.MISSING, staff, "nicht im Regal")
    assert (missing.state, missing.holding.lendable) == (CopyState.MISSING, 0)
    assert hold.state is HoldState.WAITING
    entry = make.session.scalars(select(AuditEntry).where(AuditEntry.act == "missing")).one()
    assert (entry.after, entry.reason) == ({"state": "missing"}, "nicht im Regal")
    assert breaches(make.session) == []
    assert desk.take_back(loan.copy).note is ReturnNote.FOUND
    assert (hold.copy_id, loan.holding.lendable) == (loan.copy_id, 1)


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


@pytest.mark.parametrize("lacks", [False, True], ids=["whole", "lacking"])
@pytest.mark.parametrize("state", list(CopyState))
def test_only_possible_steps_are_offered(
    make: Make, staff: Actor, state: CopyState, *, lacks: bool
) -> None:
    for step in steps_from(state, lacks=lacks):
        copy = make.copy(state=state)
        make.part(copy, critical=True, missing=int(lacks))
        copy.holding.lendable = 1
        make.session.commit()
        taken(make, copy, step, staff)
