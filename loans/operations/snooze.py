"""Put the reminders of a loan off until a day, with a reason; or let them come again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.queries.loans import open_loan
from loans.rules.codes import DayReason
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Snooze:
    """A wish of staff: no reminder of a loan until a day, included; None ends it at once."""

    loan_id: int
    until: date | None
    reason: str = ""


def snooze(session: Session, wish: Snooze, by: Actor, today: date, now: datetime) -> Loan:
    """Put off what a loan's borrower is told of it: reminders, and the letter before the due date.

    Levels written before stay, with what they block; the next one comes in its turn afterwards.

    Raises:
        NotFoundError: no such open loan at a centre of the actor.
        RefusedError: the day is past.

    Source:
        docs/rules.md, Lending 10.1.
    """
    found = open_loan(session, by.scope(Right.LEND), wish.loan_id)
    if found is None or not by.scope(Right.LEND).covers_centre(found.centre_id):
        raise NotFoundError("loan", wish.loan_id)
    if wish.until is not None and wish.until < today:
        raise RefusedError((Refused(DayReason.PAST, {"day": wish.until}),))
    (loan,) = lock(session, Loan, {wish.loan_id})
    change = Change(
        "snooze_reminders",
        before={"until": _said(loan.snoozed_until)},
        after={"until": _said(wish.until)},
        reason=wish.reason,
    )
    loan.snoozed_until = wish.until
    loan.snooze_reason = "" if wish.until is None else wish.reason.strip()
    session.flush()
    subject = Subject("loan", loan.id, loan.centre_id, loan.institution_id)
    record(session, by, subject, change, now)
    return loan


def _said(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
