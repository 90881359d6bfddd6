"""What staff say about a copy moves it only where it is free to move."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.models.copy import Copy
from catalogue.operations.edit_copy import facts_of
from catalogue.rules.copy_states import CopyState
from catalogue.rules.editions import edition_of
from database.unit_of_work import unit_of_work
from loans.models.booking import BookingPick
from loans.models.hold import HoldState
from loans.operations.edit_copy import CopyEdit, edit_copy_in_stock
from loans.operations.pick_copy import PickWish, pick_copy
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import OwedLetter
from schools.rules.periods import ONE_DAY, Period
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


def edit(desk: Counter, copy: Copy, **facts: Any) -> None:
    stored = facts_of(copy)
    wish = CopyEdit(copy.id, replace(stored, **facts), edition_of(asdict(stored)))
    with unit_of_work(desk.session):
        edit_copy_in_stock(desk.session, wish, desk.by, MONDAY, NOW)


@pytest.mark.lending("4.2", "7.2")
@pytest.mark.parametrize("elsewhere", [False, True], ids=["set aside", "under way"])
def test_a_copy_that_is_not_lent_any_more_is_kept_for_nobody(
    make: Make, desk: Counter, session: Session, *, elsewhere: bool
) -> None:
    loan = make.loan(make.copy(make.holding()))
    place = make.place_at(make.other_branch()) if elsewhere else make.place()
    hold = make.hold(loan.holding, place_id=place.id)
    desk.take_back(loan.copy)
    assert hold.copy_id is not None
    edit(desk, loan.copy, lendable=False, not_lendable_reason="Hülle fehlt")
    session.refresh(hold)
    assert hold.state is HoldState.WAITING
    assert (loan.copy.state, loan.copy.lendable) == (CopyState.AVAILABLE, False)
    assert loan.holding.lendable == 0
    assert breaches(session) == []
    kinds = {each.kind.value for each in session.scalars(select(OwedLetter))}
    assert "hold_ready" not in kinds


@pytest.mark.lending("5.6")
def test_a_picked_copy_that_is_not_lent_any_more_lies_ready_for_nobody(
    make: Make, desk: Counter, session: Session
) -> None:
    holding = make.holding(copies=2)
    tomorrow = MONDAY + ONE_DAY
    booking = make.booking(holding, Period(tomorrow, tomorrow))
    with unit_of_work(session):
        wish = PickWish(holding.copies[0].id, make.branch().id, tomorrow)
        pick_copy(session, wish, desk.by, MONDAY, NOW)
    session.refresh(booking)
    assert booking.state is BookingState.READY
    edit(desk, holding.copies[0], lendable=False, not_lendable_reason="Hülle fehlt")
    session.refresh(booking)
    assert booking.state.value == BookingState.CONFIRMED.value
    assert session.scalars(select(BookingPick)).all() == []


@pytest.mark.lending("4.2")
def test_a_copy_on_loan_stays_lent(make: Make, desk: Counter) -> None:
    loan = make.loan()
    with pytest.raises(ActRefusedError):
        edit(desk, loan.copy, lendable=False, not_lendable_reason="Hülle fehlt")
    assert loan.copy.lendable


@pytest.mark.lending("3.1")
def test_what_stands_at_its_home_moves_with_it(make: Make, desk: Counter) -> None:
    copy, other = make.copy(), make.other_branch()
    edit(desk, copy, home_branch_id=other.id)
    assert (copy.home_branch_id, copy.branch_id) == (other.id, other.id)


@pytest.mark.lending("3.1")
@pytest.mark.parametrize("how", ["set aside", "under way", "received", "on its way home"])
def test_what_is_somewhere_for_a_reason_stays_there_when_its_home_moves(
    make: Make, desk: Counter, how: str
) -> None:
    make.choices(checks_returns=how == "received")
    loan = make.loan(make.copy(make.holding()))
    other = make.other_branch()
    if how in {"set aside", "under way"}:
        make.hold(loan.holding, place_id=make.place_at(other).id)
    seen = make.branch().id if how in {"under way", "received"} else other.id
    desk.take_back(loan.copy, branch_id=seen)
    edit(desk, loan.copy, home_branch_id=make.other_branch().id)
    assert loan.copy.branch_id == seen
    assert breaches(desk.session) == []
