"""Bring a host's index up to date with the catalogue by working off its notes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalogue.models.change import TitleChange
from database.unit_of_work import unit_of_work
from search_index.engine import Changes, SearchEngine
from search_index.projection import documents_of

NOTES_AT_ONCE = 500
"""A step's worth: written and searchable within a moment."""


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

    Reads, writes the index with no transaction open, strikes the notes in a unit of work of its
    own, then lets the index settle. Broken off anywhere, it is done again. Only one may do this
    at a time on a host: what another one read earlier must not be written later.

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
    engine.settle()
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


def note_for_host(session: Session, host_id: int, title_ids: Iterable[int], now: datetime) -> None:
    """Let one host index titles anew, inside a unit of work; their changes are not told to others.

    Its worker reads them when it comes to the note, so nothing older can follow.
    """
    session.add_all(
        TitleChange(host_id=host_id, title_id=title_id, noted_at=now)
        for title_id in sorted(set(title_ids))
    )
