"""Copies under way: aborted, sent again, or lent meanwhile."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.hold import HoldState
from loans.models.loan import Loan
from loans.models.transit import Transit
from loans.operations.abort_transit import abort_transit
from loans.queries.invariants import breaches
from schools.models.media_centre import Branch
from schools.rules.roles import Actor, Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


@pytest.fixture
def other(make: Make, desk: Counter) -> Branch:
    return make.other_branch()


@pytest.fixture
def loan(make: Make, desk: Counter) -> Loan:
    return make.loan(make.copy(make.holding()))


def under_way(session: Session) -> Transit:
    return session.scalars(select(Transit).where(Transit.ended_at.is_(None))).one()


def abort(session: Session, transit: Transit, by: Actor) -> None:
    with unit_of_work(session):
        abort_transit(session, transit.id, by, MONDAY, NOW)


@pytest.mark.lending("8.5")
def test_an_aborted_way_leaves_the_copy_where_it_was_and_a_scan_sends_it_again(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    hold, behind = make.hold(loan.holding, place_id=make.place_at(other).id), None
    behind = make.hold(loan.holding)
    desk.take_back(loan.copy)
    aborted = under_way(session)
    abort(session, aborted, desk.by)
    assert (aborted.arrived, aborted.ended_at) == (False, NOW)
    assert (hold.state, hold.rank, behind.rank) == (HoldState.WAITING, 1, 2)
    assert (loan.copy.state, loan.copy.branch_id) == (CopyState.AVAILABLE, make.branch().id)
    assert breaches(session) == []
    desk.take_back(loan.copy)
    assert (hold.state, under_way(session).to_branch_id) == (HoldState.IN_TRANSIT, other.id)


@pytest.mark.lending("8.5")
def test_what_was_lent_meanwhile_stays_lent(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    desk.take_back(loan.copy, branch_id=other.id)
    transit = under_way(session)
    desk.lend(loan.copy, make.person())
    with pytest.raises(RefusedError) as refused:
        abort(session, transit, desk.by)
    assert refused.value.codes == ("NOT_UNDER_WAY",)
    assert loan.copy.state is CopyState.ON_LOAN
    assert session.scalars(select(Transit).where(Transit.ended_at.is_(None))).all() == []


def test_ways_of_another_centre_are_out_of_reach(
    make: Make, desk: Counter, loan: Loan, other: Branch, session: Session
) -> None:
    desk.take_back(loan.copy, branch_id=other.id)
    stranger = make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError):
        abort(session, under_way(session), stranger)
    with pytest.raises(NotFoundError), unit_of_work(session):
        abort_transit(session, 999, desk.by, MONDAY, NOW)
