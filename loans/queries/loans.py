"""Open loans as their borrower sees them, each with its renewal: granted, or why not."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.queries.borrowers import within
from loans.rules.reminders import days_overdue
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """An open loan with everything its borrower's pages say.

    Attributes:
        due_on: its last day in time.
        received_on: since when it is back, though nobody has looked it over yet.
        unit: number and name of the teaching unit; empty for another purpose, or none yet.
        reason: another purpose.
        received_on: the day it was back in the house, though nobody looked it over yet.
        value_cents: what a new copy costs; None if unknown.
        recalled_on: since when it is called back; None if it is not.
    """

    id: int
    copy_id: int
    holding_id: int
    centre_id: int
    branch_id: int
    institution_id: int
    person_id: int | None
    title_id: int
    title: str
    type_code: str
    barcode: str
    class_name: str
    unit: str
    reason: OtherReason | None
    lent_on: date
    due_on: date
    renewals: int
    received_on: date | None = None
    value_cents: int | None = None
    recalled_on: date | None = None

    @property
    def has_purpose(self) -> bool:
        """Say whether anybody has named what it is for."""
        return bool(self.unit) or self.reason is not None

    def days_late(self, today: date) -> int:
        """Count the days past the due date, until it was received; 0 in time."""
        return days_overdue(self.due_on, self.received_on or today)


def loans_of_person(session: Session, person_id: int) -> tuple[LoanFacts, ...]:
    """Return a person's open loans, those due first on top, in one statement."""
    rows = session.scalars(
        select(Loan)
        .where(Loan.person_id == person_id, Loan.returned_on.is_(None), ~Loan.placed)
        .order_by(Loan.due_on, Loan.id)
        .options(*everything_of_a_loan())
    )
    return tuple(loan_facts(row) for row in rows)


def open_loan(session: Session, scope: Scope, loan_id: int) -> LoanFacts | None:
    """Return an open loan; None where the scope ends, or if it is back or placed."""
    own = [] if scope.person_id is None else [Loan.person_id == scope.person_id]
    row = session.scalar(
        select(Loan)
        .where(Loan.id == loan_id, Loan.returned_on.is_(None), ~Loan.placed)
        .where(or_(within(scope, Loan.centre_id, Loan.institution_id), *own))
        .options(*everything_of_a_loan())
    )
    return None if row is None else loan_facts(row)


def loan_facts(row: Loan) -> LoanFacts:
    """Return an open loan's row with its relations as a plain value."""
    unit = row.unit
    title = row.holding.title
    return LoanFacts(
        id=row.id,
        copy_id=row.copy_id,
        holding_id=row.holding_id,
        centre_id=row.centre_id,
        branch_id=row.branch_id,
        institution_id=row.institution_id,
        person_id=row.person_id,
        title_id=title.id,
        title=title.name,
        type_code=title.media_type,
        barcode=row.copy.barcode,
        class_name=row.class_name,
        unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
        reason=row.reason,
        lent_on=row.lent_on,
        due_on=row.due_on or row.lent_on,
        renewals=row.renewals,
        received_on=row.received_on,
        value_cents=row.copy.value_cents,
        recalled_on=row.recalled_on,
    )


@cache
def everything_of_a_loan() -> tuple[ORMOption, ...]:
    """Return how a loan is read for `loan_facts`.

    Made on first use: by then every model is imported, and the mappers know each other.
    """
    return (
        joinedload(Loan.copy).load_only(Copy.barcode, Copy.value_cents),
        joinedload(Loan.unit).load_only(TeachingUnit.number, TeachingUnit.name),
        joinedload(Loan.holding)
        .load_only(Holding.title_id)
        .joinedload(Holding.title)
        .load_only(Title.name, Title.media_type),
    )
