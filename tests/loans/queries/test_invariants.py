"""What must hold between rows is recounted, and each breach is found."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from loans.models.booking import BookingLine, BookingPick
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.models.tour import Tour, TourBox, TourLoad, TourStop
from loans.models.transit import Transit
from loans.queries.invariants import Invariant, breaches
from schools.rules.periods import Period
from tests.make import MONDAY, NOW, Make

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
    loan = make.loan(make.copy(holding), line_id=booking.lines[0].id)
    _packed(make, loan)
    picked = make.copy(make.holding(make.title("Vulkane")))
    line = make.booking(picked.holding, Period(MONDAY, MONDAY)).lines[0]
    make.session.add(BookingPick(line_id=line.id, copy_id=picked.id, first=MONDAY, picked_at=NOW))
    _more(make)
    make.session.commit()


def _packed(make: Make, loan: Loan) -> None:
    """Lay a loan into a box for its school."""
    place = make.courier_stop(loan.institution)
    tour = Tour(route_id=make.route(place).id, day=MONDAY)
    tour.stops.append(TourStop(place_id=place.id, position=0))
    tour.stops[0].boxes.append(TourBox(number="B-1"))
    tour.stops[0].boxes[0].loads.append(TourLoad(loan_id=loan.id, packed_at=NOW))
    make.session.add(tour)


def _more(make: Make) -> None:
    """Something received, lost, set aside and under way, each as it should be."""
    make.loan(make.copy(), state=CopyState.RECEIVED, received_on=MONDAY)
    lost = make.loan(make.copy(), state=CopyState.LOST)
    lost.holding.lendable = 0
    make.session.add(LoanClaim(loan_id=lost.id, kind=ClaimKind.LOST, made_at=NOW))
    _kept(make, CopyState.SET_ASIDE, HoldState.SET_ASIDE)
    copy, branch = _kept(make, CopyState.IN_TRANSIT, HoldState.IN_TRANSIT), make.branch()
    make.session.add(
        Transit(copy_id=copy.id, from_branch_id=branch.id, to_branch_id=branch.id, sent_at=NOW)
    )


def _kept(make: Make, state: CopyState, served: HoldState) -> Copy:
    """A copy kept for the first of two who wait."""
    copy = make.copy(make.holding(), state=state)
    make.hold(copy.holding, state=served, copy_id=copy.id)
    make.hold(copy.holding)
    return copy


@pytest.mark.usefixtures("_house")
def test_a_house_in_order_has_no_breach(session: Session) -> None:
    assert breaches(session) == []


BREAK: dict[Invariant, Callable[[], Any]] = {
    Invariant.LENDABLE_MISCOUNTED: lambda: update(Holding).values(lendable=Holding.lendable + 1),
    Invariant.ON_LOAN_WITHOUT_LOAN: lambda: (
        update(Copy)
        .where(Copy.state == CopyState.AVAILABLE, Copy.lendable)
        .where(Copy.id.not_in(select(BookingPick.copy_id)))
        .values(state=CopyState.ON_LOAN)
    ),
    Invariant.LOAN_WITHOUT_ON_LOAN: lambda: (
        update(Copy).where(Copy.state == CopyState.ON_LOAN).values(state=CopyState.AVAILABLE)
    ),
    Invariant.PICK_NOT_IN_HOUSE: lambda: update(BookingPick).values(
        copy_id=select(func.min(Copy.id))
        .where(Copy.state == CopyState.IN_TRANSIT)
        .scalar_subquery()
    ),
    Invariant.RECEIVED_WITHOUT_LOAN: lambda: (
        update(Loan).where(Loan.received_on.is_not(None)).values(received_on=None)
    ),
    Invariant.LOAN_RECEIVED_WITHOUT_COPY: lambda: (
        update(Copy).where(Copy.state == CopyState.RECEIVED).values(state=CopyState.ON_LOAN)
    ),
    Invariant.LOST_WITHOUT_CLAIM: lambda: update(LoanClaim).values(settled_at=NOW),
    Invariant.HOLD_WITHOUT_COPY: lambda: (
        update(Hold).where(Hold.state == HoldState.IN_TRANSIT).values(copy_id=None)
    ),
    Invariant.SET_ASIDE_WITHOUT_HOLD: lambda: (
        update(Hold).where(Hold.state == HoldState.SET_ASIDE).values(state=HoldState.WAITING)
    ),
    Invariant.IN_TRANSIT_WITHOUT_TRANSIT: lambda: update(Transit).values(ended_at=NOW),
    Invariant.RANKS_NOT_DENSE: lambda: update(Hold).values(rank=1),
    Invariant.LINE_MISCOUNTED: lambda: update(BookingLine).values(handed_out=0),
}


@pytest.mark.usefixtures("_house")
@pytest.mark.parametrize("invariant", list(BREAK))
def test_each_breach_is_found(session: Session, invariant: Invariant) -> None:
    session.execute(BREAK[invariant]())
    session.commit()
    assert {breach.invariant for breach in breaches(session)} == {invariant}


@pytest.mark.usefixtures("_house")
@pytest.mark.lending("11.2")
@pytest.mark.parametrize("how", ["void", "another school's"])
def test_a_load_whose_loan_never_was_or_is_another_schools_is_found(
    session: Session, make: Make, how: str
) -> None:
    if how == "void":
        broken = {"void": True, "returned_on": MONDAY}
    else:
        broken = {"institution_id": make.school().id}
    packed = Loan.id.in_(select(TourLoad.loan_id))
    session.execute(update(Loan).where(packed).values(broken))
    session.commit()
    found = {breach.invariant for breach in breaches(session)}
    assert Invariant.LOAD_ELSEWHERE in found


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


@pytest.mark.usefixtures("_house")
def test_a_transit_of_a_copy_that_is_not_under_way_is_found(session: Session) -> None:
    session.execute(
        update(Copy).where(Copy.state == CopyState.IN_TRANSIT).values(state=CopyState.AVAILABLE)
    )
    session.commit()
    assert {breach.invariant for breach in breaches(session)} == {
        Invariant.TRANSIT_WITHOUT_COPY,
        Invariant.HOLD_WITHOUT_COPY,
    }
