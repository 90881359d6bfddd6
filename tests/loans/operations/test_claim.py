"""Claims about loans: returned, lost, damaged; settled by a decision, or by the thing itself."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.operations.withdraw import Withdrawal
from catalogue.rules.copy_states import CopyState
from catalogue.rules.stock import StockRefusal, WithdrawalReason
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.claim import ClaimKind, LoanClaim
from loans.models.loan import Loan
from loans.operations.claim import Claim, Settlement, claim, settle_claim
from loans.operations.withdraw import withdraw_from_stock
from loans.queries.invariants import breaches
from loans.rules.codes import LoanRefusal
from loans.rules.returns import ReturnNote
from schools.rules.roles import Role
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

Say = Callable[..., LoanClaim]


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make, Role.CENTRE_ADMIN)


@pytest.fixture
def say(desk: Counter, session: Session) -> Say:
    def say(loan: Loan, kind: ClaimKind, note: str = "") -> LoanClaim:
        with unit_of_work(session):
            return claim(session, Claim(loan.id, kind, note), desk.by, MONDAY, NOW)

    return say


def settle(desk: Counter, made: LoanClaim, **facts: Any) -> None:
    with unit_of_work(desk.session):
        settle_claim(desk.session, Settlement(made.id, **facts), desk.by, MONDAY, NOW)


@pytest.mark.lending("10.4", "12.2")
@pytest.mark.parametrize("kind", ClaimKind)
def test_a_claim_says_who_when_and_what(
    make: Make, desk: Counter, say: Say, kind: ClaimKind
) -> None:
    loan = make.loan()
    made = say(loan, kind, "lag im Fach vor der Theke")
    assert (made.made_by, made.made_at) == (desk.by.account_id, NOW)
    assert (made.note, made.billed_cents) == ("lag im Fach vor der Theke", None)
    assert (loan.returned_on, loan.person_id is None) == (None, False)
    entry = desk.session.scalars(select(AuditEntry).where(AuditEntry.act == "claim")).one()
    assert entry.subject_id == loan.id


@pytest.mark.lending("10.4", "4.2")
def test_what_is_lost_leaves_the_capacity_and_its_loan_stays_until_settled(
    make: Make, desk: Counter, say: Say, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    made = say(loan, ClaimKind.LOST)
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.LOST, 0)
    assert breaches(session) == []
    settle(desk, made, note="Rechnung 12", billed_cents=4900)
    desk.session.refresh(loan)
    assert (loan.returned_on, made.billed_cents) == (MONDAY, 4900)
    assert (loan.copy.state, made.settled_by) == (CopyState.LOST, desk.by.account_id)
    assert breaches(session) == []


@pytest.mark.lending("10.4", "8.4")
def test_what_was_received_is_not_lost(make: Make, desk: Counter, say: Say) -> None:
    make.choices(checks_returns=True)
    loan = make.loan()
    desk.take_back(loan.copy)
    with pytest.raises(RefusedError) as error:
        say(loan, ClaimKind.LOST)
    assert error.value.codes == (LoanRefusal.BACK,)
    say(loan, ClaimKind.DAMAGED)
    assert (loan.copy.state, breaches(desk.session)) == (CopyState.RECEIVED, [])


@pytest.mark.lending("10.4")
def test_a_loss_that_was_a_mistake_is_on_loan_as_before(
    make: Make, desk: Counter, say: Say
) -> None:
    loan = make.loan(make.copy(make.holding()))
    made = say(loan, ClaimKind.LOST)
    settle(desk, made, withdraw=True, billed_cents=100)
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.ON_LOAN, 1)
    assert (loan.returned_on, made.billed_cents) == (None, None)


@pytest.mark.lending("10.4", "8.5")
@pytest.mark.parametrize("kind", [ClaimKind.LOST, ClaimKind.RETURNED])
def test_found_again_the_loan_ends_and_the_claim_is_settled(
    make: Make, desk: Counter, say: Say, kind: ClaimKind
) -> None:
    loan = make.loan(make.copy(make.holding()))
    made = say(loan, kind)
    done = desk.take_back(loan.copy)
    expected = ReturnNote.FOUND if kind is ClaimKind.LOST else ReturnNote.RETURNED
    assert (done.note, loan.returned_on, made.settled_at) == (expected, MONDAY, NOW)
    assert (loan.copy.state, loan.holding.lendable) == (CopyState.AVAILABLE, 1)


@pytest.mark.lending("10.4")
def test_a_damage_is_not_settled_by_bringing_it_back(make: Make, desk: Counter, say: Say) -> None:
    loan = make.loan()
    made = say(loan, ClaimKind.DAMAGED)
    desk.take_back(loan.copy)
    assert made.settled_at is None
    settle(desk, made, billed_cents=1500)
    assert made.billed_cents == 1500


@pytest.mark.lending("8.2", "10.4")
def test_lost_and_scanned_to_be_lent_it_is_found_and_the_old_loan_ends(
    make: Make, desk: Counter, say: Say, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    made = say(loan, ClaimKind.LOST)
    person = make.person()
    assert desk.refused(loan.copy, person) == ["LOST"]
    desk.lend(loan.copy, person, reason="steht im Regal")
    assert (loan.returned_on, made.settled_at) == (MONDAY, NOW)
    assert breaches(session) == []


def test_the_same_is_claimed_once_and_settled_once(make: Make, desk: Counter, say: Say) -> None:
    loan = make.loan()
    made = say(loan, ClaimKind.RETURNED)
    with pytest.raises(RefusedError) as refused:
        say(loan, ClaimKind.RETURNED)
    assert refused.value.codes == ("CLAIMED_ALREADY",)
    settle(desk, made)
    with pytest.raises(RefusedError) as refused:
        settle(desk, made)
    assert refused.value.codes == ("CLAIM_SETTLED",)


def test_of_a_loan_that_is_over_nothing_is_claimed(make: Make, desk: Counter, say: Say) -> None:
    loan = make.loan()
    desk.take_back(loan.copy)
    with pytest.raises(RefusedError) as refused:
        say(loan, ClaimKind.LOST)
    assert refused.value.codes == ("LOAN_OVER",)


def test_loans_of_another_centre_are_out_of_reach(make: Make, desk: Counter, say: Say) -> None:
    foreign = make.loan(make.copy(make.holding(centre=make.centre())))
    with pytest.raises(NotFoundError):
        say(foreign, ClaimKind.LOST)


@pytest.mark.lending("10.4")
def test_what_is_claimed_lost_is_not_withdrawn_before_it_is_settled(
    make: Make, desk: Counter, say: Say, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    made = say(loan, ClaimKind.LOST)
    wish = Withdrawal(loan.copy_id, WithdrawalReason.LOST)
    with pytest.raises(ActRefusedError) as refused, unit_of_work(session):
        withdraw_from_stock(session, wish, desk.by, MONDAY, NOW)
    assert refused.value.reasons == (StockRefusal.COPY_ON_LOAN,)
    settle(desk, made)
    with unit_of_work(session):
        withdraw_from_stock(session, wish, desk.by, MONDAY, NOW)
    assert loan.copy.state is CopyState.WITHDRAWN
