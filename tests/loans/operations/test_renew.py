"""Renewing gives a loan a later due date, or says every reason why not."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.operations.renew import renew, renew_all
from loans.queries.loans import loans_of_person
from loans.queries.renewals import renewals
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.codes import LoanRefusal, RenewalRefusal
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.lending("9.1", "9.2"), pytest.mark.both_stores]

DUE = MONDAY + timedelta(days=14)


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(Role.TEACHER, person=person)


def renewed(session: Session, loan: Loan, by: Actor, today: date = MONDAY) -> Loan:
    with unit_of_work(session):
        return renew(session, loan.id, by, today, NOW)


def codes(session: Session, loan: Loan, by: Actor, today: date = MONDAY) -> set[str]:
    with pytest.raises(RefusedError) as refused:
        renewed(session, loan, by, today)
    return set(refused.value.codes)


def test_the_new_period_counts_from_the_due_date(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = renewed(session, make.loan(person=person), teacher)
    assert (loan.due_on, loan.renewals) == (DUE + timedelta(days=7), 1)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.LOAN_RENEWED
    assert letter.facts["due_on"] == "2026-12-14"


def test_the_limit_ends_renewing(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person, renewals=2)
    assert codes(session, loan, teacher) == {RenewalRefusal.RENEWAL_LIMIT}


def test_what_is_back_and_being_checked_is_not_renewed(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person, received_on=MONDAY)
    where = Where(loan.centre_id, institution_id=loan.institution_id)
    view = viewpoint_of(session, teacher.scope(Right.BOOK), where, MONDAY, NOW)
    told = renewals(session, view, person, loans_of_person(session, person.id))[loan.id]
    assert (told.due_on, [each.code for each in told.refused]) == (None, [LoanRefusal.BACK])
    with pytest.raises(NotFoundError):
        renewed(session, loan, teacher)


def test_others_bookings_refuse_and_say_until_when(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person)
    holding = loan.holding
    days = Period(DUE + timedelta(days=3), DUE + timedelta(days=4))
    make.booking(holding, days)
    with pytest.raises(RefusedError) as refused:
        renewed(session, loan, teacher)
    (reason,) = refused.value.refusals
    assert reason.code is RenewalRefusal.BOOKED
    assert reason.facts["until"] == DUE + timedelta(days=2)


def test_who_waits_refuses_unless_another_copy_serves_them(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person)
    waiting = make.person()
    session.add(
        Hold(
            holding_id=loan.holding_id,
            person_id=waiting.id,
            institution_id=make.the_school().id,
            place_id=make.place().id,
            rank=1,
            created_at=NOW,
        )
    )
    session.commit()
    assert codes(session, loan, teacher) == {RenewalRefusal.WAITED_FOR}
    make.copy(loan.holding)
    assert renewed(session, loan, teacher).renewals == 1


def test_an_overdue_loan_and_a_blocked_person_are_refused(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    person.blocked = True
    loan = make.loan(person=person)
    late = DUE + timedelta(days=1)
    assert codes(session, loan, teacher, late) == {
        RenewalRefusal.BLOCKED,
        RenewalRefusal.OVERDUE,
    }


def test_a_colleagues_loan_is_not_found(session: Session, make: Make, teacher: Actor) -> None:
    with pytest.raises(NotFoundError):
        renewed(session, make.loan(), teacher)


def test_renewing_all_says_of_each_done_or_why_not(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    first, second = make.loan(person=person), make.loan(person=person, renewals=2)
    with unit_of_work(session):
        done = renew_all(session, person.id, teacher, MONDAY, NOW)
    assert [(each.loan.id, each.answer.due_on) for each in done] == [
        (first.id, DUE + timedelta(days=7)),
        (second.id, None),
    ]
    assert session.get_one(Loan, second.id).due_on == DUE


def test_two_copies_of_a_holding_are_not_both_renewed_against_one_booking(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    holding = make.holding(copies=2)
    for copy in holding.copies:
        make.loan(copy, person=person)
    make.booking(holding, Period(DUE + timedelta(days=1), DUE + timedelta(days=2)))
    with unit_of_work(session):
        done = renew_all(session, person.id, teacher, MONDAY, NOW)
    assert [each.answer.due_on is None for each in done] == [False, True]


def test_a_page_of_loans_takes_the_same_statements_for_one_and_for_twenty(
    engine: Engine, session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    make.loan(person=person)
    sent = []
    for _ in range(2):
        session.expire_all()
        with counted(engine) as statements:
            loans = loans_of_person(session, person.id)
            where = Where(loans[0].centre_id, institution_id=loans[0].institution_id)
            view = viewpoint_of(session, teacher.scope(Right.BOOK), where, MONDAY, NOW)
            renewals(session, view, session.get_one(Person, loans[0].person_id), loans)
        sent.append(statements.count)
        for _ in range(19):
            make.loan(person=person)
    assert sent[0] == sent[1]
