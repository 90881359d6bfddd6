"""The hosts that keep an index: each is told of changes by notes, and tells how its index is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, exists, func, select, text, update
from sqlalchemy.orm import Session

from catalogue.models.change import LONGEST_FAULT, IndexHost, TitleChange
from database.unit_of_work import unit_of_work
from search_index.engine import Health, HealthState, SearchEngine

ABSENCE = timedelta(days=7)
"""A host not seen for so long is dropped; when it returns it rebuilds."""


def enlist(session: Session, engine: SearchEngine, name: str, now: datetime) -> int:
    """Make sure that changes are noted for this host from now on, and that it was seen.

    An unknown host, or one dropped while it was away, has missed changes: its index is withdrawn
    before the first change is noted for it, so that whatever ends this process it is rebuilt.

    Returns:
        The host's id.
    """
    host_id = _seen(session, name, now)
    if host_id is None:
        engine.withdraw("This host's index has missed changes.")
        host_id = register_host(session, name, now)
    return host_id


def register_host(session: Session, name: str, now: datetime) -> int:
    """Note changes for a new host from now on; returns its id.

    Transactions that looked for hosts before are waited for, so that none of them commits a
    change of which the host is told by no note and by no title it reads afterwards.
    """
    with unit_of_work(session):
        _keep_noters_out(session)
        host = IndexHost(name=name, seen_at=now)
        session.add(host)
        session.flush()
        return host.id


def drop_absent_hosts(session: Session, now: datetime) -> int:
    """Drop hosts not seen for `ABSENCE`, and with them their notes; returns how many."""
    absent = IndexHost.seen_at < now - ABSENCE
    if not session.scalar(select(exists().where(absent))):
        return 0
    with unit_of_work(session):
        _keep_noters_out(session)
        dropped = session.execute(delete(IndexHost).where(absent))
    return dropped.rowcount if isinstance(dropped, CursorResult) else 0


def _seen(session: Session, name: str, now: datetime) -> int | None:
    with unit_of_work(session):
        host = session.scalar(select(IndexHost).where(IndexHost.name == name))
        if host is None:
            return None
        host.seen_at = now
        return host.id


def _keep_noters_out(session: Session) -> None:
    """Wait for every transaction that has read the hosts, and let none read them until we end.

    SQLite's writers wait for one another anyway. PostgreSQL: a reader's lock on the table lasts
    until its transaction ends, and only this lock waits for those.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE index_host IN ACCESS EXCLUSIVE MODE"))


@dataclass(frozen=True, slots=True)
class HostCondition:
    """What is known in the store of one host's index.

    Attributes:
        state: as last told; None before its first look.
        fault: one sentence for the operator, or empty.
        documents: titles that can be found.
        position: id of the last note worked off.
        waiting: notes not worked off yet.
        waiting_since: of the oldest of them.
        written: titles that a rebuild under way has written.
    """

    id: int
    name: str
    seen_at: datetime
    state: HealthState | None
    fault: str
    documents: int
    position: int
    waiting: int
    waiting_since: datetime | None
    written: int | None
    checked_at: datetime | None
    rebuilt_at: datetime | None


def conditions(session: Session) -> tuple[HostCondition, ...]:
    """Return every host by name, in one statement."""
    waiting = func.count(TitleChange.id)
    since = func.min(TitleChange.noted_at)
    query = (
        select(IndexHost, waiting, since)
        .outerjoin(TitleChange, TitleChange.host_id == IndexHost.id)
        .group_by(IndexHost.id)
        .order_by(IndexHost.name)
    )
    return tuple(
        HostCondition(
            id=host.id,
            name=host.name,
            seen_at=host.seen_at,
            state=HealthState(host.state) if host.state else None,
            fault=host.fault,
            documents=host.documents,
            position=host.position,
            waiting=count,
            waiting_since=oldest,
            written=host.written,
            checked_at=host.checked_at,
            rebuilt_at=host.rebuilt_at,
        )
        for host, count, oldest in session.execute(query)
    )


def host_name(session: Session, host_id: int) -> str | None:
    """Return the name of a host; None if there is none of this id."""
    return session.scalar(select(IndexHost.name).where(IndexHost.id == host_id))


def tell_health(session: Session, host_id: int, health: Health, now: datetime) -> None:
    """Write down, in a unit of work, how the index of a host was found by a check."""
    values: dict[str, Any] = {
        "state": health.state.value,
        "fault": health.fault[:LONGEST_FAULT],
        "checked_at": now,
        "seen_at": now,
        "written": None,
    }
    if health.state is HealthState.READY:
        values |= {"documents": health.documents, "position": health.position}
    _tell(session, host_id, values)


def tell_fault(session: Session, host_id: int, fault: str) -> None:
    """Write down, in a unit of work, what keeps the index of a host from following."""
    _tell(session, host_id, {"fault": fault[:LONGEST_FAULT]})


def tell_written(session: Session, host_id: int, written: int, now: datetime) -> None:
    """Write down, in a unit of work, how many titles a rebuild has written so far."""
    _tell(session, host_id, {"written": written, "seen_at": now})


def tell_rebuilt(session: Session, host_id: int, now: datetime) -> None:
    """Write down, in a unit of work, that the index of a host was made anew."""
    _tell(session, host_id, {"written": None, "rebuilt_at": now, "seen_at": now})


def tell_tidied(session: Session, host_id: int, day: date) -> None:
    """Write down, in a unit of work, that a day's tidying is done."""
    _tell(session, host_id, {"tidied_on": day})


def _tell(session: Session, host_id: int, values: dict[str, Any]) -> None:
    with unit_of_work(session):
        session.execute(update(IndexHost).where(IndexHost.id == host_id).values(values))
