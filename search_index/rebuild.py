"""Make an index anew from the store, or compare the two and repair what differs."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.change import TitleChange
from search_index.engine import Changes, Document, SearchEngine, digest
from search_index.projection import all_documents

REPAIRED_AT_ONCE = 500


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


def verify(session: Session, engine: SearchEngine, *, repair: bool) -> Differences:
    """Compare ids and digests of the index with the store.

    Titles changed since the last note was worked off differ too: work off the notes first.
    Lets go of what the session holds, batch by batch.

    Args:
        session: with nothing pending.
        engine: the index to compare.
        repair: write what differs into the index.

    Returns:
        The differences found, repaired or not.

    Raises:
        SearchIndexError: the index cannot be read, or not be repaired.
    """
    indexed = dict(engine.digests())
    missing: list[int] = []
    stale: list[int] = []
    wrong: list[Document] = []
    for document in all_documents(session):
        known = indexed.pop(document.title_id, None)
        if known == digest(document):
            continue
        (missing if known is None else stale).append(document.title_id)
        wrong.append(document)
    if repair:
        _repair(engine, wrong, frozenset(indexed))
    return Differences(tuple(missing), tuple(stale), tuple(sorted(indexed)))


def _repair(engine: SearchEngine, documents: list[Document], surplus: frozenset[int]) -> None:
    position = engine.position()
    if surplus:
        engine.apply(Changes(gone=surplus), position)
    for start in range(0, len(documents), REPAIRED_AT_ONCE):
        engine.apply(Changes(tuple(documents[start : start + REPAIRED_AT_ONCE])), position)
