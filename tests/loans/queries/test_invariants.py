"""What must hold between rows is recounted, and each breach is found."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from loans.models.booking import BookingLine
from loans.models.loan import Loan
from loans.queries.invariants import Invariant, breaches
from schools.rules.periods import Period
from tests.make import MONDAY, Make

pytestmark = pytest.mark.both_stores


@pytest.fixture
def _house(make: Make) -> None:
    """A shelf with something of everything that is allowed."""
    holding = make.holding(copies=3)
    make.loan(make.copy(holding))
    make.loan(make.copy(holding), returned_on=MONDAY, state=CopyState.AVAILABLE)
    make.copy(holding, lendable=False)
    withdrawn = make.copy(holding, state=CopyState.WITHDRAWN)
    assert withdrawn.holding.lendable == 5
    booking = make.booking(holding, Period(MONDAY, MONDAY))
    booking.lines[0].handed_out = 1
    make.loan(make.copy(holding), line_id=booking.lines[0].id)
    make.session.commit()


@pytest.mark.usefixtures("_house")
def test_a_house_in_order_has_no_breach(session: Session) -> None:
    assert breaches(session) == []


BREAK: dict[Invariant, Callable[[], Any]] = {
    Invariant.LENDABLE_MISCOUNTED: lambda: update(Holding).values(lendable=Holding.lendable + 1),
    Invariant.ON_LOAN_WITHOUT_LOAN: lambda: (
        update(Copy)
        .where(Copy.state == CopyState.AVAILABLE, Copy.lendable)
        .values(state=CopyState.ON_LOAN)
    ),
    Invariant.LOAN_WITHOUT_ON_LOAN: lambda: (
        update(Copy).where(Copy.state == CopyState.ON_LOAN).values(state=CopyState.AVAILABLE)
    ),
    Invariant.LINE_MISCOUNTED: lambda: update(BookingLine).values(handed_out=0),
}


@pytest.mark.usefixtures("_house")
@pytest.mark.parametrize("invariant", list(BREAK))
def test_each_breach_is_found(session: Session, invariant: Invariant) -> None:
    session.execute(BREAK[invariant]())
    session.commit()
    assert {breach.invariant for breach in breaches(session)} == {invariant}


@pytest.mark.usefixtures("_house")
def test_a_loan_in_another_house_than_its_copy_is_found(session: Session, make: Make) -> None:
    other = make.holding(make.title("Vulkane"), centre=make.centre())
    session.execute(update(Loan).values(holding_id=other.id))
    session.commit()
    assert {breach.invariant for breach in breaches(session)} == {Invariant.LOAN_ELSEWHERE}


@pytest.mark.usefixtures("_house")
def test_a_copy_in_another_centre_than_its_holding_is_found(session: Session, make: Make) -> None:
    centre_id = make.centre().id
    session.execute(update(Loan).values(centre_id=centre_id))
    session.execute(update(Copy).values(centre_id=centre_id))
    session.commit()
    assert {breach.invariant for breach in breaches(session)} == {Invariant.COPY_ELSEWHERE}
