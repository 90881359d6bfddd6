"""Replay: what was noted by hand without connection is entered as if it were scanned now."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.models.desk_session import DeskMode, DeskScan, DeskSession, ScanOutcome
from loans.operations.keep_log import new_desk, open_desk, reached_branch
from loans.operations.scan import Scan, scan
from loans.queries.people import card_of
from loans.rules.desk import DeskAct
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of a list: a copy lent or taken back at an instant.

    Attributes:
        at: the instant, by which it counts.
        day: that instant's day at the centre.
        person: the card of whoever took it; empty for a return.
        code: what stands on the label.
        mode: lent or taken back.
    """

    at: datetime
    day: date
    person: str
    code: str
    mode: DeskMode


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a list is entered, and when."""

    branch_id: int
    by: Actor
    now: datetime


def begin_replay(session: Session, counter: Counter) -> DeskSession:
    """Open a session of its own for a list, so that whoever is served now is left alone.

    Raises:
        loans.errors.NotFoundError: the branch lies out of reach.
    """
    branch = reached_branch(session, counter.by, counter.branch_id)
    return new_desk(session, counter.by, branch.id, counter.now)


def replay(session: Session, noted: Noted, counter: Counter) -> DeskScan:
    """Enter one line in the account's newest session at the branch.

    Returns:
        The line of the log; that of the card where nobody could be served by it, so that no
        copy goes to whoever was served before.

    Source:
        docs/rules.md, Lending 8.7.
    """
    if noted.mode is DeskMode.LEND:
        served = _served(session, noted, counter)
        if served is not None:
            return served
    return _scan(session, noted, noted.code, counter)


def end_replay(session: Session, counter: Counter) -> None:
    """Finish with the last person of a list; the receipts are owed."""
    wish = Scan("CMD-DONE", _key("end", counter.now.isoformat()), counter.branch_id)
    scan(session, wish, counter.by, counter.now.date(), counter.now)


def _served(session: Session, noted: Noted, counter: Counter) -> DeskScan | None:
    """Serve the person of a line; returns what stands against it, None if all is well."""
    branch = reached_branch(session, counter.by, counter.branch_id)
    desk = open_desk(session, counter.by, branch, counter.now)
    known = desk.institution_id is not None and desk.person_id is not None
    if known and card_of(session, counter.by, desk.person_id or 0) == noted.person.upper():
        return None
    row = _scan(session, noted, noted.person, counter)
    is_person = row.act == DeskAct.PERSON
    return None if is_person and row.outcome is not ScanOutcome.QUESTION else row


def _scan(session: Session, noted: Noted, code: str, counter: Counter) -> DeskScan:
    key = _key(code, noted.at.isoformat(), noted.mode.value, noted.code)
    wish = Scan(code, key, counter.branch_id, noted.mode, late_at=counter.now)
    return scan(session, wish, counter.by, noted.day, noted.at)


def _key(*pieces: str) -> str:
    """Return a key of the log for a line and what is scanned of it."""
    return f"list-{hashlib.sha256('|'.join(pieces).encode()).hexdigest()[:32]}"
