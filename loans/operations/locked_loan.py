"""Find a running loan for an act of staff, behind its copy's lock."""

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.loan import Loan
from loans.operations.journal import Act
from loans.operations.lock import lock
from loans.operations.lock_copy import lock_copy
from loans.rules.codes import LoanRefusal
from schools.rules.roles import Actor, Right


def locked_loan(
    session: Session, loan_id: int, by: Actor, right: Right = Right.LEND
) -> tuple[Loan, Copy]:
    """Return an open loan of the actor's centre with its copy; locks holding, copy and loan.

    Raises:
        loans.errors.NotFoundError: no such loan at a centre where the actor holds the right.
        loans.errors.RefusedError: `LOAN_OVER`.
    """
    found = session.get(Loan, loan_id)
    if found is None or not by.scope(right).covers_centre(found.centre_id):
        raise NotFoundError("loan", loan_id)
    copy = lock_copy(session, found.copy_id)
    (loan,) = lock(session, Loan, [loan_id])
    if loan.returned_on is not None:
        raise RefusedError((Refused(LoanRefusal.LOAN_OVER),))
    return loan, copy


def record_loan(act: Act, loan: Loan, change: Change) -> None:
    """Write an act on a loan into the audit log."""
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    record(act.session, act.by, subject, change, act.now)
