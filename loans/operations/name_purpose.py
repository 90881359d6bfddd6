"""Name what a loan is for, where nobody did when it went out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.operations.lock import lock
from loans.rules.codes import Refusal
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class NamedPurpose:
    """A loan and what it is for: a teaching unit of its school, or another reason."""

    loan_id: int
    unit_id: int | None = None
    reason: OtherReason | None = None


def name_purpose(session: Session, named: NamedPurpose, by: Actor, now: datetime) -> Loan:
    """Give a loan its purpose, or another one; locks the loan.

    Raises:
        NotFoundError: no such loan within the actor's reach, or no such unit of its school.
        RefusedError: neither a unit nor a reason is named, or both are.

    Source:
        docs/rules.md, Lending 6.1.
    """
    loan = _within_reach(session, named.loan_id, by)
    if (named.unit_id is None) == (named.reason is None):
        raise RefusedError((Refused(Refusal.NO_PURPOSE),))
    if named.unit_id is not None:
        unit = session.get(TeachingUnit, named.unit_id)
        own = unit is not None and unit.institution_id == loan.institution_id
        if unit is None or not own or unit.retired_on is not None:
            raise NotFoundError("unit", named.unit_id)
    before = _said(loan)
    loan.unit_id, loan.reason = named.unit_id, named.reason
    if _said(loan) != before:
        subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
        record(session, by, subject, Change("name_purpose", before, _said(loan)), now)
    return loan


def _within_reach(session: Session, loan_id: int, by: Actor) -> Loan:
    scope = by.scope(Right.BOOK)
    for loan in lock(session, Loan, {loan_id}):
        own = scope.person_id is not None and loan.person_id == scope.person_id
        near = scope.covers_institution(loan.institution_id, loan.centre_id)
        if (own or near) and not loan.placed and not loan.void:
            return loan
    raise NotFoundError("loan", loan_id)


def _said(loan: Loan) -> dict[str, Any]:
    reason = None if loan.reason is None else loan.reason.value
    return {"unit_id": loan.unit_id, "reason": reason}
