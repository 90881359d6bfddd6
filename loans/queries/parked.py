"""Customers who wait at a counter while somebody else is served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.rules.desk import SESSION_LASTS, DeskAct
from schools.models.institution import Institution
from schools.models.person import Person


@dataclass(frozen=True, slots=True)
class Parked:
    """A session that waits.

    Attributes:
        number: from 1, the one parked first; `CMD-1` takes it up.
        name: the person's; empty where only returns were scanned.
        count: copies lent and taken back in it.
    """

    session_id: int
    number: int
    name: str
    institution: str
    count: int


def parked_at(
    session: Session, account_id: int | None, branch_id: int, now: datetime
) -> tuple[Parked, ...]:
    """Return an account's parked sessions at a branch, in one statement."""
    asked = {"account_id": account_id, "branch_id": branch_id, "since": now - SESSION_LASTS}
    return tuple(
        Parked(
            row.id,
            number,
            f"{row.given_name or ''} {row.family_name or ''}".strip(),
            row.short_name or row.name or "",
            row.things,
        )
        for number, row in enumerate(session.execute(_parked(), asked), start=1)
    )


def parked_keys(session: Session, desk: DeskSession, now: datetime) -> Sequence[int]:
    """Return the ids of the sessions parked at the desk of a session, the first one first."""
    asked = {
        "account_id": desk.account_id,
        "branch_id": desk.branch_id,
        "since": now - SESSION_LASTS,
    }
    return session.scalars(_keys(), asked).all()


def parked_for(session: Session, desk: DeskSession, person_id: int, now: datetime) -> int | None:
    """Return the session at this desk in which a person was parked; None if there is none."""
    asked = {
        "account_id": desk.account_id,
        "branch_id": desk.branch_id,
        "since": now - SESSION_LASTS,
        "person_id": person_id,
    }
    return session.scalar(_of_person(), asked)


def is_in_use(session: Session, desk: DeskSession) -> bool:
    """Say whether a session has anything that must not be lost: a person, or scans of copies."""
    if desk.person_id is not None:
        return True
    return session.scalar(_things(), {"session_id": desk.id}) is not None


@cache
def _keys() -> Select[int]:
    """Build the statement once, as those below: building costs more than asking."""
    return (
        select(DeskSession.id)
        .where(DeskSession.account_id == bindparam("account_id"))
        .where(DeskSession.branch_id == bindparam("branch_id"))
        .where(DeskSession.ended_at.is_(None), DeskSession.parked)
        .where(DeskSession.started_at > bindparam("since"))
        .order_by(DeskSession.id)
    )


@cache
def _of_person() -> Select[int]:
    return _keys().where(DeskSession.person_id == bindparam("person_id")).limit(1)


@cache
def _parked() -> Select[*tuple[Any, ...]]:
    done = (DeskScan.outcome == ScanOutcome.DONE) & ~DeskScan.void
    acts = DeskScan.act.in_((DeskAct.LEND.value, DeskAct.RETURN.value))
    counted = (
        select(func.coalesce(func.sum(case((done & acts, 1), else_=0)), 0))
        .where(DeskScan.session_id == DeskSession.id)
        .correlate(DeskSession)
        .scalar_subquery()
    )
    return (
        _keys()
        .outerjoin(Person, Person.id == DeskSession.person_id)
        .outerjoin(Institution, Institution.id == DeskSession.institution_id)
        .with_only_columns(
            DeskSession.id,
            Person.given_name,
            Person.family_name,
            Institution.name,
            Institution.short_name,
            counted.label("things"),
        )
    )


@cache
def _things() -> Select[int]:
    open_or_done = or_(
        DeskScan.outcome == ScanOutcome.DONE, DeskScan.outcome == ScanOutcome.QUESTION
    )
    return (
        select(DeskScan.id)
        .where(DeskScan.session_id == bindparam("session_id"), open_or_done)
        .where(DeskScan.copy_id.is_not(None))
        .limit(1)
    )
