"""Who has the copies of a title, for staff."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from loans.models.loan import Loan
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever has a copy; `person` is empty where it is placed at the institution.

    `due_on` is None of a placement, and of what is back and only waits to be looked over.
    """

    person: str
    institution: str
    due_on: date | None
    loan_id: int


def holders_of(session: Session, scope: Scope, title_id: int) -> dict[int, Holder]:
    """Return by copy who has it now, at the scope's centres, in one statement."""
    query = (
        select(
            Loan.copy_id,
            Person.given_name,
            Person.family_name,
            Institution.short_name,
            Institution.name,
            case((Loan.received_on.is_(None), Loan.due_on)),
            Loan.id,
        )
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .where(Holding.title_id == title_id, Loan.returned_on.is_(None))
    )
    if not scope.everything:
        query = query.where(Loan.centre_id.in_(scope.centre_ids))
    return {
        copy_id: Holder(f"{given or ''} {family or ''}".strip(), short or name, due_on, loan_id)
        for copy_id, given, family, short, name, due_on, loan_id in session.execute(query)
    }
