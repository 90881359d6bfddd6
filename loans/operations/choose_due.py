"""Choose until when this customer's things are lent, whatever the booking or the terms say."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.errors import Refused, RefusedError
from loans.models.desk_session import DeskScan, ScanOutcome
from loans.operations.keep_log import Line, Turn, note, open_desk, reached_branch
from loans.rules.codes import Refusal
from loans.rules.desk import DeskAct
from loans.rules.loan_dates import LONGEST_LOAN
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class DueWish:
    """What is lent at a counter goes until `due_on`; None for as long as the terms say."""

    branch_id: int
    due_on: date | None
    idem: str


def choose_due(session: Session, wish: DueWish, by: Actor, today: date, now: datetime) -> DeskScan:
    """Lend what is scanned from now on for this customer until a day; the next one begins anew.

    Whether a copy may go so long is decided when it is scanned.

    Raises:
        loans.errors.NotFoundError: the branch lies out of reach.
        loans.errors.RefusedError: `TOO_EARLY`, or `TOO_LONG` for a day beyond `LONGEST_LOAN`.

    Source:
        docs/rules.md, Lending 1.6 and 8.2.
    """
    if wish.due_on is not None and wish.due_on < today:
        raise RefusedError((Refused(Refusal.TOO_EARLY, {"from_day": today}),))
    if wish.due_on is not None and wish.due_on - today > LONGEST_LOAN:
        raise RefusedError((Refused(Refusal.TOO_LONG, {"until": today + LONGEST_LOAN}),))
    branch = reached_branch(session, by, wish.branch_id)
    desk = open_desk(session, by, branch, now)
    desk.due_on = wish.due_on
    facts = {"due_on": "" if wish.due_on is None else wish.due_on.isoformat()}
    turn = Turn(session, branch, desk, by, today, now, idem=wish.idem)
    return note(turn, Line(DeskAct.DUE, ScanOutcome.DONE, facts))
