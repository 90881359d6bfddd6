"""Keep the desk's log: one turn after another, each leaving its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from loans.errors import NotFoundError, Refused
from loans.models.desk_session import DeskMode, DeskScan, DeskSession, ScanOutcome
from loans.operations.tell_receipt import tell_receipt
from loans.rules.desk import SESSION_LASTS, DeskAct
from schools.models.media_centre import Branch
from schools.rules.roles import Actor, Right

Facts = dict[str, Any]

OLDEST_RECEIPT = timedelta(days=7)
"""Later nobody waits for the receipt of a customer who was never finished with."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One scan or answer at a desk.

    Attributes:
        session: within a unit of work.
        branch: the counter.
        desk: the desk's session, locked first of all.
        by: who stands behind it.
        today: the day.
        now: the instant; of a scan that comes late from a desk without connection, that of
            the scan itself.
        scanned: the code as it came, for the log.
        idem: the key of the request; its main line carries it.
        late_at: the instant it came in, where it comes late; None otherwise.
    """

    session: Session
    branch: Branch
    desk: DeskSession
    by: Actor
    today: date
    now: datetime
    scanned: str = ""
    idem: str = field(default_factory=lambda: uuid4().hex)
    late_at: datetime | None = None

    @property
    def came_at(self) -> datetime:
        """The instant it came in; the log and its sessions go by it."""
        return self.late_at or self.now


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log before it is written; `facts` are what its sentence is made from.

    `effects` are what undoing it needs.
    """

    act: DeskAct
    outcome: ScanOutcome
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: Sequence[Refused] = ()
    copy_id: int | None = None
    loan_id: int | None = None
    effects: Mapping[str, Any] = field(default_factory=dict)


def reached_branch(session: Session, by: Actor, branch_id: int) -> Branch:
    """Return a branch whose desk the actor may serve.

    Raises:
        loans.errors.NotFoundError: it lies out of reach.
    """
    branch = session.get(Branch, branch_id)
    if branch is None or not by.scope(Right.LEND).covers_centre(branch.centre_id):
        raise NotFoundError("branch", branch_id)
    return branch


def open_desk(session: Session, by: Actor, branch: Branch, now: datetime) -> DeskSession:
    """Return the account's session at a branch under its lock; a new one if none is in use.

    The first lock of every turn, before holding and copy: scans of one desk follow each other.
    Whoever was forgotten there the day before is finished with first.
    """
    asked = {"account_id": by.account_id, "branch_id": branch.id, "since": now - SESSION_LASTS}
    found = session.scalar(_in_use(), asked)
    if found is not None:
        return found
    for desk in session.scalars(_forgotten(), asked).all():
        _end_forgotten(session, desk, now)
    return new_desk(session, by, branch.id, now)


@cache
def _in_use() -> Select[DeskSession]:
    """Build the statement once, as those below: building costs more than asking."""
    return (
        select(DeskSession)
        .where(DeskSession.account_id == bindparam("account_id"))
        .where(DeskSession.branch_id == bindparam("branch_id"))
        .where(DeskSession.ended_at.is_(None), ~DeskSession.parked)
        .where(DeskSession.started_at > bindparam("since"))
        .order_by(DeskSession.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )


@cache
def _forgotten() -> Select[DeskSession]:
    return (
        select(DeskSession)
        .where(DeskSession.account_id == bindparam("account_id"))
        .where(DeskSession.branch_id == bindparam("branch_id"))
        .where(DeskSession.ended_at.is_(None), DeskSession.started_at <= bindparam("since"))
        .order_by(DeskSession.id)
        .with_for_update(key_share=True)
    )


def _end_forgotten(session: Session, desk: DeskSession, now: datetime) -> None:
    """End a session with its last scan, and owe its receipt while that is of use."""
    last = session.scalar(select(func.max(DeskScan.at)).where(DeskScan.session_id == desk.id))
    desk.ended_at, desk.parked = last or desk.started_at, False
    if now - desk.ended_at <= OLDEST_RECEIPT:
        tell_receipt(session, desk, now)


def new_desk(
    session: Session,
    by: Actor,
    branch_id: int,
    now: datetime,
    mode: DeskMode = DeskMode.LEND,
) -> DeskSession:
    """Open a session for the next customer."""
    if by.account_id is None:
        raise NotFoundError("account", 0)
    desk = DeskSession(account_id=by.account_id, branch_id=branch_id, mode=mode, started_at=now)
    session.add(desk)
    session.flush()
    return desk


def note(turn: Turn, line: Line, *, main: bool = True) -> DeskScan:
    """Write a line into the log; the main line of a turn carries the request's key."""
    row = DeskScan(
        session_id=turn.desk.id,
        idem=turn.idem if main else uuid4().hex,
        at=turn.came_at,
        scanned_at=None if turn.late_at is None else turn.now,
        scanned=turn.scanned[:80],
        act=line.act,
        outcome=line.outcome,
        codes=[str(refused.code) for refused in line.refused],
        facts={**line.facts, **_reasons(line.refused)},
        copy_id=line.copy_id,
        loan_id=line.loan_id,
        effects=dict(line.effects),
    )
    turn.session.add(row)
    turn.session.flush()
    return row


def close_question(row: DeskScan) -> None:
    """Note that a question was answered; its line leaves the log."""
    row.facts = {**row.facts, "answered": True}


def open_questions(turn: Turn) -> list[DeskScan]:
    """Return the questions of this session that nobody answered, the oldest first."""
    return [row for row in newest_and_questions(turn) if is_open(row)]


def newest_and_questions(turn: Turn) -> list[DeskScan]:
    """Return every question of this session and its newest line, the newest last."""
    return list(turn.session.scalars(_newest_and_questions(), {"session_id": turn.desk.id}))


@cache
def _newest_and_questions() -> Select[DeskScan]:
    in_session = DeskScan.session_id == bindparam("session_id")
    newest = select(func.max(DeskScan.id)).where(in_session)
    asked = DeskScan.outcome == ScanOutcome.QUESTION
    return (
        select(DeskScan)
        .where(in_session, or_(asked, DeskScan.id == newest.scalar_subquery()))
        .order_by(DeskScan.id)
    )


def is_open(row: DeskScan) -> bool:
    """Say whether a line is a question that nobody answered."""
    return row.outcome is ScanOutcome.QUESTION and not row.facts.get("answered")


def done_in(turn: Turn) -> Facts:
    """Return how many copies this session lent and took back."""
    return {"lent": count_done(turn, DeskAct.LEND), "returned": count_done(turn, DeskAct.RETURN)}


def count_done(turn: Turn, act: DeskAct) -> int:
    """Return how many copies this session lent, or took back; received and looked over is one."""
    return turn.session.scalar(_done(), {"session_id": turn.desk.id, "act": act}) or 0


@cache
def _done() -> Select[int]:
    loan = func.coalesce(DeskScan.loan_id, -DeskScan.id)
    return select(func.count(loan.distinct())).where(
        DeskScan.session_id == bindparam("session_id"),
        DeskScan.act == bindparam("act"),
        DeskScan.outcome == ScanOutcome.DONE,
        ~DeskScan.void,
    )


def was_seen(turn: Turn) -> bool:
    """Say whether the person served showed a card, or was chosen by name, in this session.

    Who only brought the slip of a booking fetches it for somebody else, as far as anybody knows.

    Source:
        docs/rules.md, Lending 2.1.
    """
    return turn.session.scalar(_seen(), {"session_id": turn.desk.id}) is not None


@cache
def _seen() -> Select[int]:
    return (
        select(DeskScan.id)
        .where(DeskScan.session_id == bindparam("session_id"))
        .where(DeskScan.act == DeskAct.PERSON.value)
        .limit(1)
    )


def _reasons(refused: Sequence[Refused]) -> Facts:
    if not refused:
        return {}
    return {
        "refusals": [
            {
                "code": str(reason.code),
                "facts": {k: v for k, v in reason.facts.items() if not isinstance(v, date)},
                "days": {k: v.isoformat() for k, v in reason.facts.items() if isinstance(v, date)},
            }
            for reason in refused
        ]
    }
