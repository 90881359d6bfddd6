"""Mark printed: the letters on paper went to the schools."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.loan import Loan, Reminder
from loans.operations.tell_overdue import PRINTED_LEVEL
from schools.rules.roles import Actor, Right


def mark_printed(
    session: Session, centre_id: int, loan_ids: Collection[int], by: Actor, now: datetime
) -> int:
    """Note that the last reminders of some loans were printed; returns how many.

    Those that were printed before, came back or got another due date meanwhile are left alone.

    Raises:
        NotFoundError: the centre lies out of the actor's reach.

    Source:
        docs/rules.md, Lending 10.1.
    """
    if not by.scope(Right.LEND).covers_centre(centre_id):
        raise NotFoundError("centre", centre_id)
    rows = session.scalars(
        select(Reminder)
        .join(Loan, and_(Loan.id == Reminder.loan_id, Loan.due_on == Reminder.due_on))
        .where(Loan.centre_id == centre_id, Loan.returned_on.is_(None), Loan.id.in_(loan_ids))
        .where(Reminder.level == PRINTED_LEVEL, Reminder.printed_at.is_(None))
        .order_by(Reminder.loan_id)
        .with_for_update(of=Reminder)
    ).all()
    for row in rows:
        row.printed_at = now
    if rows:
        change = Change("print_reminders", after={"letters": len(rows)})
        record(session, by, Subject("media_centre", centre_id, centre_id), change, now)
    return len(rows)
