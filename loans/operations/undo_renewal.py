"""Undo a renewal: the loan gets its old due date back, on the day on which it was renewed."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import ChangedMeanwhileError, NotFoundError
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.tell_renewal import tell_about_undoing
from loans.queries.loans import loan_facts, open_loan
from loans.queries.renewal_acts import UNDO, own_renewals
from schools.models.person import Person
from schools.rules.roles import Actor, Right


def undo_renewal(
    session: Session, loan_id: int, by: Actor, since: datetime, now: datetime
) -> Loan:
    """Take back the actor's own renewal; its letter goes with it, or is followed by another.

    Locks holding, copy, person and loan, as renewing does.

    Args:
        session: within a unit of work.
        loan_id: the loan.
        by: whoever renewed it.
        since: the beginning of the day: older renewals stand.
        now: the instant.

    Raises:
        NotFoundError: no such open loan within the actor's reach.
        ChangedMeanwhileError: the actor did not renew it today, or it has another date by now.

    Source:
        docs/rules.md, Lending 8.6, and docs/decisions/0016-nights.md.
    """
    found = open_loan(session, by.scope(Right.BOOK), loan_id)
    if found is None or found.person_id is None:
        raise NotFoundError("loan", loan_id)
    lock(session, Holding, {found.holding_id})
    lock(session, Copy, {found.copy_id})
    lock(session, Person, {found.person_id})
    (loan,) = lock(session, Loan, {loan_id})
    if loan.returned_on is not None or loan.received_on is not None:
        raise ChangedMeanwhileError("loan", loan_id)
    act = own_renewals(session, by, [loan_facts(loan)], since).get(loan_id)
    if act is None:
        raise ChangedMeanwhileError("loan", loan_id)
    return _undone(session, loan, date.fromisoformat(act.before), (by, act.at, now))


def _undone(
    session: Session, loan: Loan, due_on: date, said: tuple[Actor, datetime, datetime]
) -> Loan:
    by, renewed_at, now = said
    before = None if loan.due_on is None else loan.due_on.isoformat()
    change = Change(UNDO, before={"due_on": before}, after={"due_on": due_on.isoformat()})
    loan.due_on = due_on
    loan.renewals = max(0, loan.renewals - 1)
    session.flush()
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    record(session, by, subject, change, now)
    tell_about_undoing(session, loan, by, renewed_at, now)
    return loan
