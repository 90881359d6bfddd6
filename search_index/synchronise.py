"""Bring a host's index up to date with the catalogue by working off its notes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.models.change import IndexHost, TitleChange
from database.unit_of_work import unit_of_work
from search_index.engine import Changes, SearchEngine
from search_index.projection import documents_of

NOTES_AT_ONCE = 500
ABSENCE = timedelta(days=7)
"""A host not seen for so long is dropped; when it returns it rebuilds."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Work for the index, read from the store and held by no transaction.

    Attributes:
        note_ids: the notes to strike when the work is done.
        changes: the titles they name, as they are now.
    """

    note_ids: tuple[int, ...] = ()
    changes: Changes = field(default_factory=Changes)

    @property
    def position(self) -> int:
        """Id of the last note, 0 without any."""
        return max(self.note_ids, default=0)


def work_off(session: Session, engine: SearchEngine, host_id: int) -> int:
    """Work off the oldest notes of a host; call again until nothing is left.

    Reads, writes the index with no transaction open, then strikes the notes in a unit of work of
    its own. Broken off anywhere, it is done again. One worker a host may do this at a time.

    Returns:
        The number of notes struck, at most `NOTES_AT_ONCE`.

    Raises:
        SearchIndexError: the index could not be written; the notes stay.
    """
    owed = read_changes(session, host_id)
    if not owed.note_ids:
        return 0
    engine.apply(owed.changes, owed.position)
    with unit_of_work(session):
        strike(session, owed)
    return len(owed.note_ids)


def read_changes(session: Session, host_id: int) -> Owed:
    """Read the oldest notes of a host and the titles they name, then let go of the store."""
    query = select(TitleChange.id, TitleChange.title_id).where(TitleChange.host_id == host_id)
    notes = session.execute(query.order_by(TitleChange.id).limit(NOTES_AT_ONCE)).all()
    changed = {title_id for _, title_id in notes}
    documents = documents_of(session, changed) if changed else ()
    session.rollback()
    present = {document.title_id for document in documents}
    return Owed(
        note_ids=tuple(note_id for note_id, _ in notes),
        changes=Changes(documents, frozenset(changed - present)),
    )


def strike(session: Session, owed: Owed) -> None:
    """Strike notes that were worked off; a change made meanwhile has a note of its own."""
    session.execute(delete(TitleChange).where(TitleChange.id.in_(owed.note_ids)))


def register_host(session: Session, name: str, now: datetime) -> tuple[int, bool]:
    """Make sure that changes are noted for this host from now on, and that it was seen.

    Returns:
        Its id, and whether it was unknown: then its index must be rebuilt after the commit.
    """
    host = session.scalar(select(IndexHost).where(IndexHost.name == name))
    if host is not None:
        host.seen_at = now
        return host.id, False
    host = IndexHost(name=name, seen_at=now)
    session.add(host)
    session.flush()
    return host.id, True


def drop_absent_hosts(session: Session, now: datetime) -> None:
    """Drop hosts not seen for `ABSENCE`, and with them their notes."""
    session.execute(delete(IndexHost).where(IndexHost.seen_at < now - ABSENCE))
