"""One loan as staff see it, and a borrower's loans, open and past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.models.loan import Loan, Reminder
from loans.queries.loans import LoanFacts, everything_of_a_loan, loan_facts
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.rules.roles import Scope


def loan_within(session: Session, scope: Scope, loan_id: int) -> Loan | None:
    """Return a loan of a centre within the scope, open or not, with all that its page shows."""
    row = session.scalar(
        select(Loan)
        .where(Loan.id == loan_id)
        .options(
            joinedload(Loan.copy),
            joinedload(Loan.person),
            joinedload(Loan.institution),
            joinedload(Loan.unit),
            joinedload(Loan.holding).joinedload(Holding.title),
        )
    )
    return row if row is not None and scope.covers_centre(row.centre_id) else None


def reminders_of(session: Session, scope: Scope, loan: Loan) -> Sequence[Reminder]:
    """Return every reminder written for a loan, the oldest first; for any of its due dates."""
    if not scope.covers_centre(loan.centre_id):
        return ()
    query = select(Reminder).where(Reminder.loan_id == loan.id)
    return session.scalars(query.order_by(Reminder.written_on, Reminder.level)).all()


def borrower_within(session: Session, scope: Scope, person_id: int) -> Person | None:
    """Return a person of a school within the scope, or who has something of its centres."""
    member = (
        select(Membership.person_id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Institution.centre_id.in_(scope.centre_ids))
    )
    lent = select(Loan.person_id).where(
        Loan.centre_id.in_(scope.centre_ids), Loan.person_id == person_id
    )
    query = select(Person).where(
        Person.id == person_id, or_(Person.id.in_(member), Person.id.in_(lent))
    )
    schools = joinedload(Person.memberships).joinedload(Membership.institution)
    return session.scalars(query.options(schools)).unique().one_or_none()


@dataclass(frozen=True, slots=True)
class PastLoan:
    """A loan that is over, as its borrower's history shows it."""

    id: int
    title_id: int
    title: str
    type_code: str
    barcode: str
    institution: str
    unit: str
    class_name: str
    lent_on: date
    due_on: date
    returned_on: date

    @property
    def days_late(self) -> int:
        """Calendar days past the due date."""
        return max(0, (self.returned_on - self.due_on).days)


def open_loans_at(session: Session, scope: Scope, person_id: int) -> tuple[LoanFacts, ...]:
    """Return what a person has of centres within the scope, those due first on top."""
    query = (
        select(Loan)
        .where(Loan.person_id == person_id, Loan.returned_on.is_(None), ~Loan.placed)
        .where(Loan.centre_id.in_(scope.centre_ids))
        .order_by(Loan.due_on, Loan.id)
    )
    return tuple(
        loan_facts(row) for row in session.scalars(query.options(*everything_of_a_loan()))
    )


def past_loans(
    session: Session, scope: Scope, person_id: int, page: int, size: int
) -> tuple[tuple[PastLoan, ...], int]:
    """Return a page of what a person gave back, the latest first, and how much there is.

    One's own whatever the centre; others' only of centres within the scope.
    """
    where = [Loan.person_id == person_id, Loan.returned_on.is_not(None), ~Loan.void, ~Loan.placed]
    if scope.person_id != person_id:
        where.append(Loan.centre_id.in_(scope.centre_ids))
    total = session.scalar(select(func.count(Loan.id)).where(*where)) or 0
    rows = session.scalars(
        select(Loan)
        .where(*where)
        .order_by(Loan.returned_on.desc(), Loan.id.desc())
        .limit(size)
        .offset((page - 1) * size)
        .options(
            joinedload(Loan.institution),
            joinedload(Loan.unit),
            joinedload(Loan.copy).load_only(Copy.barcode),
            joinedload(Loan.holding).joinedload(Holding.title),
        )
    )
    return tuple(_past(row) for row in rows), total


def _past(row: Loan) -> PastLoan:
    unit, title = row.unit, row.holding.title
    return PastLoan(
        id=row.id,
        title_id=title.id,
        title=title.name,
        type_code=title.media_type,
        barcode=row.copy.barcode,
        institution=row.institution.short_name or row.institution.name,
        unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
        class_name=row.class_name,
        lent_on=row.lent_on,
        due_on=row.due_on or row.lent_on,
        returned_on=row.returned_on or row.lent_on,
    )
