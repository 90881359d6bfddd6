"""Renewing gives a loan a later due date, or says every reason why not."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.closure import Closure
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.operations.renew import renew, renew_all
from loans.queries.loans import loans_of_person
from loans.queries.renewals import renewals
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.booking_states import BookingState
from loans.rules.codes import LoanRefusal, RenewalRefusal
from loans.rules.renewals import OverduePolicy
from schools.models.media_centre import Branch
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
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


@pytest.mark.lending("7.1")
@pytest.mark.parametrize("why", ["blocked", "left", "suspended", "too late", "begun"])
def test_who_is_passed_over_keeps_nobody_from_renewing(
    session: Session, make: Make, person: Person, teacher: Actor, why: str
) -> None:
    loan = make.loan(person=person)
    facts: dict[str, dict[str, Any]] = {
        "suspended": {"suspended_until": MONDAY},
        "too late": {"not_after": MONDAY - timedelta(days=1)},
        "begun": {"first": MONDAY, "last": DUE},
    }
    hold = make.hold(loan.holding, **facts.get(why, {}))
    hold.person.blocked = why == "blocked"
    if why == "left":
        hold.person.memberships[0].last = MONDAY - timedelta(days=1)
    session.commit()
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
    third = make.loan(person=person, received_on=MONDAY, state=CopyState.RECEIVED)
    with unit_of_work(session):
        done = renew_all(session, person.id, teacher, MONDAY, NOW)
    assert [(each.loan.id, each.answer.due_on) for each in done] == [
        (first.id, DUE + timedelta(days=7)),
        (second.id, None),
        (third.id, None),
    ]
    assert [each.code for each in done[2].answer.refused] == [LoanRefusal.BACK]
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


def after_due(first: int, last: int) -> Period:
    return Period(DUE + timedelta(days=first), DUE + timedelta(days=last))


@pytest.mark.lending("3.3")
@pytest.mark.parametrize("named", ["own", "other"])
def test_a_numbered_copy_is_kept_on_unless_somebody_booked_that_very_copy(
    session: Session, make: Make, person: Person, teacher: Actor, named: str
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    own, other = (make.copy(holding, numbered=True) for _ in range(2))
    loan = make.loan(own, person=person)
    booking = make.booking(holding, after_due(2, 4))
    booking.lines[0].copy_id = own.id if named == "own" else other.id
    session.commit()
    if named == "own":
        assert codes(session, loan, teacher) == {RenewalRefusal.BOOKED}
    else:
        assert renewed(session, loan, teacher).due_on == DUE + timedelta(days=7)


@pytest.mark.lending("3.3", "7.2")
def test_of_numbered_copies_the_others_serve_who_waits(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    own, other = (make.copy(holding, numbered=True) for _ in range(2))
    loan = make.loan(own, person=person)
    make.hold(holding)
    assert renewed(session, loan, teacher).renewals == 1
    make.loan(other)
    assert codes(session, loan, teacher) == {RenewalRefusal.WAITED_FOR}


@pytest.mark.lending("4.2")
def test_a_copy_that_left_the_pool_takes_nothing_from_anybody(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    holding = make.holding(copies=2)
    loan = make.loan(holding.copies[0], person=person)
    loan.copy.lendable, loan.copy.not_lendable_reason = False, "danach in die Werkstatt"
    holding.lendable = 1
    make.booking(holding, after_due(2, 4))
    make.hold(holding)
    assert renewed(session, loan, teacher).due_on == DUE + timedelta(days=7)


@pytest.mark.lending("4.3", "4.4")
def test_a_delivered_loan_keeps_its_courier_days(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    holding = make.holding(copies=1)
    own = make.booking(
        holding,
        Period(MONDAY, DUE),
        person=person,
        place_id=make.courier_stop().id,
        state=BookingState.COLLECTED,
    )
    own.lines[0].handed_out = 1
    loan = make.loan(holding.copies[0], person=person, line_id=own.lines[0].id)
    make.booking(holding, after_due(8, 10))
    assert codes(session, loan, teacher) == {RenewalRefusal.BOOKED}


@pytest.mark.lending("7.2")
def test_a_copy_that_is_booked_soon_serves_nobody_who_waits(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    holding = make.holding(copies=2)
    loan = make.loan(holding.copies[0], person=person, days=7)
    make.hold(holding)
    make.booking(holding, Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=6)))
    assert codes(session, loan, teacher) == {RenewalRefusal.WAITED_FOR}


def test_where_all_must_be_back_a_loan_for_another_school_counts_too(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    other = make.school()
    loan = make.loan(person=person)
    make.loan(person=person, lent_on=MONDAY - timedelta(days=16), institution_id=other.id)
    assert renewed(session, loan, teacher).renewals == 1
    make.choices(overdue_policy=OverduePolicy.ALL)
    assert codes(session, loan, teacher) == {RenewalRefusal.OVERDUE}


@pytest.mark.lending("10.3")
def test_what_is_called_back_is_not_renewed_by_its_borrower(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person, recalled_on=MONDAY)
    assert codes(session, loan, teacher) == {RenewalRefusal.RECALLED}


@pytest.mark.lending("2.4")
def test_terms_at_a_school_that_follow_each_other_are_one_entitlement(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loan = make.loan(person=person)
    ends = DUE + timedelta(days=2)
    person.memberships[0].last = ends
    follow_on(session, person, ends + timedelta(days=1))
    assert renewed(session, loan, teacher).due_on == DUE + timedelta(days=7)


def follow_on(session: Session, person: Person, first: date) -> None:
    school = person.memberships[0].institution_id
    session.add(Membership(person_id=person.id, institution_id=school, first=first))
    session.commit()


@pytest.mark.lending("1.4")
def test_one_branch_that_never_opens_stops_no_other_loan(
    session: Session, make: Make, person: Person, teacher: Actor
) -> None:
    loans = [make.loan(person=person), make.loan(person=person)]
    close_for_long(session, make.other_branch(), loans[1])
    with unit_of_work(session):
        done = renew_all(session, person.id, teacher, MONDAY, NOW)
    assert [each.answer.due_on for each in done] == [DUE + timedelta(days=7), None]
    (reason,) = done[1].answer.refused
    assert reason.code is RenewalRefusal.NO_OPEN_DAY


def close_for_long(session: Session, branch: Branch, loan: Loan) -> None:
    """Bind a loan to a branch that closes before it is due, for more than a year."""
    first, last = DUE - timedelta(days=1), DUE + timedelta(days=400)
    session.add(
        Closure(
            centre_id=branch.centre_id, branch_id=branch.id, name="Umbau", first=first, last=last
        )
    )
    loan.branch_id = branch.id
    session.commit()
