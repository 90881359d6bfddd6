"""Abort a transit: the copy did not leave, or came to light where it was."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules.copy_states import CopyState
from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.transit import Transit
from loans.operations.journal import Act
from loans.operations.lock_copy import lock_copy, move_copy
from loans.operations.route import end_transit
from loans.operations.serve_hold import put_back
from loans.queries.hand_out import hold_on
from loans.rules.codes import LoanRefusal
from schools.rules.roles import Actor, Right


def abort_transit(
    session: Session, transit_id: int, by: Actor, today: date, now: datetime
) -> Copy:
    """End a transit where it began: the copy stands there again, whoever waited waits again.

    Scanned there once more, it is sent again. A copy that was lent meanwhile stays lent.

    Raises:
        loans.errors.NotFoundError: no such transit at a centre of the actor.
        loans.errors.RefusedError: it has ended already.

    Source:
        docs/rules.md, Lending 8.5.
    """
    act = Act(session, by, today, now)
    found = session.get(Transit, transit_id)
    if found is None:
        raise NotFoundError("transit", transit_id)
    copy = lock_copy(session, found.copy_id)
    if not by.scope(Right.LEND).covers_centre(copy.centre_id):
        raise NotFoundError("transit", transit_id)
    session.refresh(found)
    if found.ended_at is not None or copy.state is not CopyState.IN_TRANSIT:
        raise RefusedError((Refused(LoanRefusal.NOT_UNDER_WAY),))
    end_transit(act, found, arrived=False)
    hold = hold_on(session, copy.id)
    if hold is not None:
        put_back(act, hold)
    move_copy(copy, CopyState.AVAILABLE)
    copy.branch_id = found.from_branch_id
    after = {"copy": copy.barcode, "branch_id": found.from_branch_id}
    subject = Subject("copy", copy.id, copy.centre_id)
    record(session, by, subject, Change("abort_transit", after=after), now)
    session.flush()
    return copy
