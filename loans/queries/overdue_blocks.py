"""Who is blocked by what is overdue: for one at the desk, or for many at night."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.loan import Loan, Reminder
from loans.queries.house import NOTHING_LENT
from loans.queries.scopes import beside
from loans.queries.viewpoint import Viewpoint
from loans.rules.reminders import LateLoan, WrittenLevel, blocks, is_blocked
from schools.models.institution import Institution


def overdue_blocked(
    session: Session, view: Viewpoint, person_ids: Collection[int]
) -> frozenset[int]:
    """Return who of these people is blocked at the viewpoint's centre, in one statement.

    Each by the terms of the school the overdue loan is for.

    Source:
        docs/rules.md, Lending 10.1.
    """
    asked = {
        "person_ids": list(person_ids),
        "today": view.today,
        "centre_id": view.centre_id,
    }
    by_person: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(_late(), asked):
        by_person[row.person_id].append(row)
    return frozenset(
        person_id
        for person_id, rows in by_person.items()
        if any(row.level for row in rows) and is_blocked(_loans(view, rows))
    )


def _loans(view: Viewpoint, rows: Iterable[Row[Any]]) -> Iterable[LateLoan]:
    by_loan: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_loan[row.id].append(row)
    for same in by_loan.values():
        first = same[0]
        written = [WrittenLevel(row.level, row.written_on) for row in same if row.level]
        reached = blocks(written, _block_level(view, first))
        yield LateLoan(first.due_on, first.back_on, reached=reached)


@cache
def _late() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    back_on = func.coalesce(Loan.received_on, Loan.returned_on)
    own = Loan.person_id.in_(bindparam("person_ids", expanding=True))
    return (
        select(
            Loan.person_id,
            Loan.id,
            Loan.due_on,
            back_on.label("back_on"),
            Title.media_type,
            Institution.customer_class,
            Reminder.level,
            Reminder.written_on,
        )
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Reminder, and_(Reminder.loan_id == Loan.id, Reminder.due_on == Loan.due_on))
        .where(own, beside(Loan.centre_id) == bindparam("centre_id"), ~Loan.placed, ~Loan.void)
        .where(beside(Loan.due_on) < bindparam("today", type_=Date()))
        .where(or_(back_on.is_(None), back_on > Loan.due_on))
    )


def _block_level(view: Viewpoint, row: Row[Any]) -> int:
    terms = view.effective(row.media_type, row.customer_class).terms or NOTHING_LENT
    return terms.block_level
