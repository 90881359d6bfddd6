"""Make an index anew from the store, or compare the two and have repaired what differs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.change import TitleChange
from catalogue.models.title import Title
from database.unit_of_work import unit_of_work
from search_index.engine import SearchEngine, digest
from search_index.projection import all_documents
from search_index.synchronise import note_for_host

PROGRESS_STEP = 200
"""Titles compared between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Differences:
    """How an index differs from the store; titles by id, ascending.

    Attributes:
        missing: in the store only.
        stale: in both, but not the same.
        surplus: in the index only.
    """

    missing: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """Titles that differ."""
        return len(self.missing) + len(self.stale) + len(self.surplus)


def rebuild(
    session: Session,
    engine: SearchEngine,
    progress: Callable[[int], None] = lambda _written: None,
) -> None:
    """Fill a new index from the store beside the live one, then switch.

    What changes meanwhile has notes, which stay and are worked off afterwards. Lets go of what
    the session holds; no transaction is open while the index is written.

    Raises:
        SearchIndexError: the new index could not be written; the live one stays.
    """
    position = session.scalar(select(func.max(TitleChange.id))) or 0
    engine.rebuild(all_documents(session), position, progress)


def count_titles(session: Session) -> int:
    """Return how many documents a rebuild writes."""
    return session.scalar(select(func.count()).where(Title.withdrawn_at.is_(None))) or 0


def verify(
    session: Session,
    engine: SearchEngine,
    progress: Callable[[int], None] = lambda _compared: None,
) -> Differences:
    """Compare ids and digests of the index with the store.

    Titles changed since the last note was worked off differ too: work off the notes first.
    Lets go of what the session holds, batch by batch.

    Args:
        session: with nothing pending.
        engine: the index to compare.
        progress: told the number compared so far, now and then.

    Returns:
        The differences; `repair` mends them.

    Raises:
        SearchIndexError: the index cannot be read.
    """
    indexed = dict(engine.digests())
    missing: list[int] = []
    stale: list[int] = []
    for number, document in enumerate(all_documents(session), start=1):
        known = indexed.pop(document.title_id, None)
        if known != digest(document):
            (missing if known is None else stale).append(document.title_id)
        if number % PROGRESS_STEP == 0:
            progress(number)
    return Differences(tuple(missing), tuple(stale), tuple(sorted(indexed)))


def repair(session: Session, host_id: int, found: Differences, now: datetime) -> None:
    """Have the titles that differ indexed anew: as notes, so that no older state is written.

    Opens a unit of work; whoever works off the host's notes does the rest.
    """
    if found.count:
        with unit_of_work(session):
            title_ids = (*found.missing, *found.stale, *found.surplus)
            note_for_host(session, host_id, title_ids, now)
