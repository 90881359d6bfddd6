"""Renew: a loan gets a later due date, unless something stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, RefusedError
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.tell import tell_about_renewal
from loans.queries.loans import LoanFacts, loans_of_person, open_loan
from loans.queries.renewals import renewals
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.renewals import Renewal
from schools.models.person import Person
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of the wish to renew one of several loans: a new due date, or every reason."""

    loan: LoanFacts
    answer: Renewal


def renew(session: Session, loan_id: int, by: Actor, today: date, now: datetime) -> Loan:
    """Renew one loan.

    Locks its holding, copy, person and itself. The borrower is told by one letter.

    Returns:
        The loan with its new due date.

    Raises:
        NotFoundError: no such open loan within the actor's reach.
        RefusedError: every reason; `BOOKED` says in `until` how far it could be renewed.

    Source:
        docs/rules.md, Lending 9.1 and 9.2.
    """
    found = open_loan(session, by.scope(Right.BOOK), loan_id)
    if found is None or found.person_id is None:
        raise NotFoundError("loan", loan_id)
    rows = _locked(session, [found], found.person_id)
    answer = _answer(session, loan_id, found.person_id, (by, today, now))
    if answer.due_on is None:
        raise RefusedError(answer.refused)
    return _renewed(session, rows[loan_id], answer.due_on, by, now)


def renew_all(
    session: Session, person_id: int, by: Actor, today: date, now: datetime
) -> tuple[Renewed, ...]:
    """Renew every open loan of a person that can be renewed, those due first before others.

    Each loan says done, or why not and until when; one that is refused stops no other. Each is
    judged after those before it, for two copies of a holding may not both be kept on.

    Raises:
        NotFoundError: the person's loans lie out of the actor's reach.

    Source:
        docs/rules.md, Lending 9.2.
    """
    scope = by.scope(Right.BOOK)
    loans = [
        each
        for each in loans_of_person(session, person_id)
        if scope.covers_centre(each.centre_id) or scope.person_id == person_id
    ]
    if not loans and scope.person_id != person_id:
        raise NotFoundError("person", person_id)
    rows = _locked(session, loans, person_id)
    result = []
    for loan in loans:
        answer = _answer(session, loan.id, person_id, (by, today, now))
        if answer.due_on is not None:
            _renewed(session, rows[loan.id], answer.due_on, by, now)
        result.append(Renewed(loan, answer))
    return tuple(result)


def _locked(session: Session, loans: Sequence[LoanFacts], person_id: int) -> dict[int, Loan]:
    lock(session, Holding, {loan.holding_id for loan in loans})
    lock(session, Copy, {loan.copy_id for loan in loans})
    lock(session, Person, {person_id})
    return {row.id: row for row in lock(session, Loan, {loan.id for loan in loans})}


def _answer(
    session: Session, loan_id: int, person_id: int, asked: tuple[Actor, date, datetime]
) -> Renewal:
    """Decide about one loan among all of the person's, as they are now."""
    by, today, now = asked
    every = loans_of_person(session, person_id)
    loan = next((each for each in every if each.id == loan_id), None)
    if loan is None:
        raise NotFoundError("loan", loan_id)
    where = Where(loan.centre_id, institution_id=loan.institution_id)
    view = viewpoint_of(session, by.scope(Right.BOOK), where, today, now)
    together = [
        each
        for each in every
        if (each.centre_id, each.institution_id) == (loan.centre_id, loan.institution_id)
    ]
    person = session.get_one(Person, person_id)
    return renewals(session, view, person, together)[loan_id]


def _renewed(session: Session, loan: Loan, due_on: date, by: Actor, now: datetime) -> Loan:
    before = None if loan.due_on is None else loan.due_on.isoformat()
    change = Change("renew", before={"due_on": before}, after={"due_on": due_on.isoformat()})
    loan.due_on = due_on
    loan.renewals += 1
    session.flush()
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    record(session, by, subject, change, now)
    tell_about_renewal(session, loan, now)
    return loan
