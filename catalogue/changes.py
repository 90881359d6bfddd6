"""Notes which titles changed, in the transaction that changes them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history

from catalogue.models.change import IndexHost, TitleChange
from catalogue.models.copy import Copy
from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title

LENDING_ONLY = frozenset({"state", "branch_id", "version", "lendable"})
"""Columns of copies and holdings that lending changes all day and the index does not hold."""


def watch_titles(session_class: type[Session]) -> None:
    """Note every title whose document a flush may have changed, for each index host.

    A title's document also depends on its links, licences, holdings and copies' numbers.
    Bulk statements (``update(Title)``) pass by unseen: follow them with `note_titles`.
    """
    if not event.contains(session_class, "after_flush", _note_flushed):
        event.listen(session_class, "after_flush", _note_flushed)


def note_titles(session: Session, title_ids: Iterable[int]) -> None:
    """Note titles for every registered index host; several notes of one title do no harm."""
    now = datetime.now(UTC)
    hosts = session.scalars(select(IndexHost.id)).all()
    notes = [
        {"host_id": host_id, "title_id": title_id, "noted_at": now}
        for host_id in hosts
        for title_id in sorted(set(title_ids))
    ]
    if notes:
        session.execute(insert(TitleChange), notes)


def _note_flushed(session: Session, _context: UOWTransaction) -> None:
    touched = [*session.new, *session.deleted, *filter(session.is_modified, session.dirty)]
    title_ids = {title_id for row in touched for title_id in _title_ids(row)}
    holding_ids = {row.holding_id for row in touched if isinstance(row, Copy) and _matters(row)}
    if holding_ids:
        query = select(Holding.title_id).where(Holding.id.in_(holding_ids))
        title_ids.update(session.scalars(query))
    if title_ids:
        note_titles(session, title_ids)


def _title_ids(row: object) -> Iterable[int]:
    if isinstance(row, Title):
        yield row.id
    elif isinstance(row, CurriculumLink | Licence) or (isinstance(row, Holding) and _matters(row)):
        yield row.title_id


def _matters(row: Holding | Copy) -> bool:
    columns = type(row).__table__.columns
    changed = {column.name for column in columns if get_history(row, column.name).has_changes()}
    return not changed or not changed <= LENDING_ONLY
