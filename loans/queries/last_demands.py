"""Letters on paper: what reached the last reminder level, by school."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from loans.models.loan import Loan, Reminder
from loans.queries.house import House
from loans.queries.overdue import OverdueLoan, OverdueWish, is_late, overdue_loans
from loans.rules.reminders import is_put_off
from schools.models.institution import Institution
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class LastDemand:
    """One letter to the head of a school: what people of it were reminded of for the last time.

    Attributes:
        written_on: the latest night on which one of them reached the level.
    """

    school: Institution
    loans: tuple[OverdueLoan, ...]
    written_on: date

    @property
    def value_cents(self) -> int:
        """What new copies would cost, as far as it is known."""
        return sum(loan.value_cents or 0 for loan in self.loans)


def last_demands(
    session: Session, scope: Scope, house: House, level: int, *, printed: bool = False
) -> Sequence[LastDemand]:
    """Return the letters on paper of a centre, by school, in five statements.

    What is put off is left out: it is printed once that is over.

    Args:
        session: the session.
        scope: must cover the centre.
        house: of the centre, on the day.
        level: the level that is put on paper.
        printed: those that were printed already, instead of those still to print.
    """
    wish = OverdueWish(house.centre_id)
    if not scope.covers_centre(house.centre_id):
        return ()
    mark = Reminder.printed_at.is_not(None) if printed else Reminder.printed_at.is_(None)
    query = (
        select(Reminder.loan_id, Reminder.written_on)
        .join(Loan, and_(Loan.id == Reminder.loan_id, Loan.due_on == Reminder.due_on))
        .where(*is_late(wish), Reminder.level == level, mark)
    )
    reached = {
        row.loan_id: row.written_on for row in session.execute(query, {"today": house.today})
    }
    wish = OverdueWish(house.centre_id, loan_ids=list(reached))
    late = overdue_loans(session, scope, wish, house) if reached else ()
    loans = [loan for loan in late if printed or not is_put_off(loan.case, house.today)]
    ids = {loan.institution_id for loan in loans}
    schools = session.scalars(
        select(Institution).where(Institution.id.in_(ids)).order_by(Institution.name)
    ).all()
    return [_demand(school, loans, reached) for school in schools]


def _demand(
    school: Institution, loans: Sequence[OverdueLoan], reached: dict[int, date]
) -> LastDemand:
    own = tuple(loan for loan in loans if loan.institution_id == school.id)
    return LastDemand(school, own, max(reached[loan.id] for loan in own))
