"""What a loan is for, named later."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.operations.name_purpose import NamedPurpose, name_purpose
from loans.rules.codes import Refusal
from schools.models.person import Person
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("6.1")]


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def loan(session: Session, make: Make, teacher: Actor) -> Loan:
    return make.loan(person=session.get_one(Person, teacher.person_id))


def names(session: Session, loan_id: int, by: Actor, **purpose: Any) -> Loan:
    with unit_of_work(session):
        return name_purpose(session, NamedPurpose(loan_id, **purpose), by, NOW)


def test_a_teacher_names_a_unit_and_it_is_written_down(
    session: Session, make: Make, teacher: Actor, loan: Loan
) -> None:
    unit = make.unit()
    names(session, loan.id, teacher, unit_id=unit.id)
    session.refresh(loan)
    assert (loan.unit_id, loan.reason) == (unit.id, None)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_kind, entry.subject_id) == ("name_purpose", "loan", loan.id)
    assert entry.before == {"unit_id": None, "reason": None}
    assert entry.after == {"unit_id": unit.id, "reason": None}


def test_naming_the_same_again_writes_nothing_down(
    session: Session, teacher: Actor, loan: Loan
) -> None:
    for _ in range(2):
        names(session, loan.id, teacher, reason=OtherReason.PREVIEW)
    assert len(session.scalars(select(AuditEntry)).all()) == 1


def test_another_purpose_takes_the_place_of_the_first(
    session: Session, make: Make, teacher: Actor, loan: Loan
) -> None:
    names(session, loan.id, teacher, unit_id=make.unit().id)
    names(session, loan.id, teacher, reason=OtherReason.PROJECT)
    session.refresh(loan)
    assert (loan.unit_id, loan.reason) == (None, OtherReason.PROJECT)


def test_staff_name_it_for_a_loan_of_their_centre_only(
    session: Session, make: Make, loan: Loan
) -> None:
    names(session, loan.id, make.actor(Role.STAFF), reason=OtherReason.TEST)
    stranger = make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError):
        names(session, loan.id, stranger, reason=OtherReason.TEST)


def test_no_colleague_names_it(session: Session, make: Make, loan: Loan) -> None:
    with pytest.raises(NotFoundError):
        names(session, loan.id, make.actor(Role.TEACHER), reason=OtherReason.TEST)


def test_a_unit_of_another_school_or_one_that_is_retired_is_not_found(
    session: Session, make: Make, teacher: Actor, loan: Loan
) -> None:
    for unit in (make.unit(make.school()), make.unit(retired_on=MONDAY)):
        with pytest.raises(NotFoundError):
            names(session, loan.id, teacher, unit_id=unit.id)


def test_exactly_one_purpose_is_named(
    session: Session, make: Make, teacher: Actor, loan: Loan
) -> None:
    for purpose in ({}, {"unit_id": make.unit().id, "reason": OtherReason.TEST}):
        with pytest.raises(RefusedError) as refused:
            names(session, loan.id, teacher, **purpose)
        assert refused.value.codes == (Refusal.NO_PURPOSE,)


@pytest.mark.parametrize("facts", [{"placed": True}, {"void": True, "returned_on": MONDAY}])
def test_placements_and_what_was_undone_have_none(
    session: Session, make: Make, teacher: Actor, facts: dict[str, Any]
) -> None:
    person = session.get_one(Person, teacher.person_id)
    loan = make.loan(person=person, **facts)
    with pytest.raises(NotFoundError):
        names(session, loan.id, teacher, reason=OtherReason.TEST)
