"""What happened since a scan was made that comes late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from database.types import UtcDateTime
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.loan import Loan
from schools.models.media_centre import Branch
from schools.rules.roles import Scope

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Entered:
    """A scan of another time that stands in the log already."""

    scanned_at: datetime
    code: str


def moved_since(session: Session, copy_id: int, instant: datetime) -> bool:
    """Say whether a copy was lent, received or taken back after an instant."""
    return session.scalar(_moved(), {"copy_id": copy_id, "instant": instant}) is not None


@cache
def _moved() -> Select[int]:
    """Build the statement once: building it costs more than asking."""
    instant = bindparam("instant", type_=UtcDateTime())
    moves = (Loan.lent_at, Loan.received_at, Loan.returned_at)
    return (
        select(Loan.id)
        .where(Loan.copy_id == bindparam("copy_id"), ~Loan.void)
        .where(or_(*(at > instant for at in moves)))
        .limit(1)
    )


def entered_at(session: Session, scope: Scope, branch_id: int, since: datetime) -> set[Entered]:
    """Return the late scans of a branch within the scope that were made since an instant."""
    rows = session.execute(
        _late(scope)
        .where(DeskSession.branch_id == branch_id, DeskScan.scanned_at >= since)
        .with_only_columns(DeskScan.scanned_at, DeskScan.scanned)
    )
    return {Entered(scanned_at, code) for scanned_at, code in rows if scanned_at is not None}


def late_lines(
    session: Session, scope: Scope, account_id: int | None, since: datetime
) -> Sequence[DeskScan]:
    """Return what an account scanned late and what was not done of it, the latest first.

    What was answered since is done, be it by a count, a reason or a no.
    """
    undone = (ScanOutcome.REFUSED, ScanOutcome.QUESTION)
    rows = session.scalars(
        _late(scope)
        .where(DeskSession.account_id == account_id, DeskScan.scanned_at >= since)
        .where(DeskScan.outcome.in_(undone))
        .order_by(DeskScan.id.desc())
        .limit(MOST_LISTED)
    )
    return [row for row in rows if not row.facts.get("answered")]


def _late(scope: Scope) -> Select[DeskScan]:
    return (
        select(DeskScan)
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .join(Branch, Branch.id == DeskSession.branch_id)
        .where(DeskScan.scanned_at.is_not(None), Branch.centre_id.in_(scope.centre_ids))
    )
