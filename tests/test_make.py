"""The makers make what the store accepts, on every store."""

import pytest
from sqlalchemy.exc import IntegrityError

from schools.rules.periods import Period
from schools.rules.roles import Right, Role
from tests.make import MONDAY, Make

pytestmark = pytest.mark.both_stores


def test_a_chain_from_centre_to_loan_can_be_made(make: Make) -> None:
    holding = make.holding(copies=3)
    make.booking(holding, Period(MONDAY, MONDAY), unit_id=make.unit().id, reason=None)
    loan = make.loan(holding.copies[0])
    make.part(holding.copies[1])
    make.licence(holding.title)
    assert holding.lendable == 3
    assert loan.institution.centre_id == holding.centre_id


def test_the_store_itself_refuses_a_second_open_loan(make: Make) -> None:
    loan = make.loan()
    with pytest.raises(IntegrityError):
        make.loan(loan.copy)


def test_a_teacher_acts_for_one_school(make: Make) -> None:
    actor = make.actor(Role.TEACHER)
    assert actor.may(Right.RESERVE)
    assert not actor.may(Right.LEND)
