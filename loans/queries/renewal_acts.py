"""Renewals of today, for whoever may take them back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from loans.queries.loans import LoanFacts
from schools.rules.roles import Actor

RENEW, UNDO = "renew", "undo_renewal"


@dataclass(frozen=True, slots=True)
class RenewalAct:
    """A renewal as the log has it; `before` is the due date it had, as ISO text."""

    at: datetime
    before: str


def own_renewals(
    session: Session, by: Actor, loans: Collection[LoanFacts], since: datetime
) -> dict[int, RenewalAct]:
    """Return by loan the actor's last renewal that still holds, in one statement.

    Args:
        session: the session.
        by: only renewals by this account; nobody's without one.
        loans: those shown.
        since: the beginning of the day: older renewals stand.
    """
    if by.account_id is None or not loans:
        return {}
    due = {loan.id: loan.due_on.isoformat() for loan in loans}
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "loan", AuditEntry.subject_id.in_(due))
        .where(AuditEntry.account_id == by.account_id, AuditEntry.at >= since)
        .where(AuditEntry.act.in_({RENEW, UNDO}))
        .order_by(AuditEntry.id)
    )
    found: dict[int, RenewalAct] = {}
    for entry in entries:
        found.pop(entry.subject_id, None)
        fits = entry.act == RENEW and entry.after.get("due_on") == due[entry.subject_id]
        if fits and entry.before.get("due_on"):
            found[entry.subject_id] = RenewalAct(entry.at, entry.before["due_on"])
    return found
