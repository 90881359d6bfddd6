"""What all acts of cataloguing share: reach, locks, and telling a second editor."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, ChangedMeanwhileError, NotFoundError
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.editions import edition_of
from catalogue.rules.stock import StockRefusal
from database.audit import AuditEntry, Subject
from schools.models.account import Account
from schools.rules.roles import Actor, Right, Scope

Values = Mapping[str, Any]


def lock_title(session: Session, title_id: int, by: Actor) -> Title:
    """Return a title that the actor may describe, locked.

    Raises:
        NotFoundError: it is gone, or neither kept nor offered by a centre of the actor's.
        ActRefusedError: another centre keeps it.
    """
    scope = by.scope(Right.CATALOGUE)
    query = select(Title).where(Title.id == title_id).with_for_update(key_share=True)
    title = session.scalar(query.execution_options(populate_existing=True))
    if title is None or not in_reach(session, title, scope):
        raise NotFoundError("title", title_id)
    if not may_describe(title, scope):
        raise ActRefusedError((StockRefusal.NOT_KEEPER,))
    return title


def in_reach(session: Session, title: Title, scope: Scope) -> bool:
    """Say whether a centre of the scope keeps or offers a title that is not withdrawn."""
    if title.withdrawn_at is not None:
        return False
    if title.keeper_id is not None and scope.covers_centre(title.keeper_id):
        return True
    offered = exists().where(Holding.title_id == title.id, Holding.centre_id.in_(scope.centre_ids))
    return bool(session.scalar(select(offered)))


def may_describe(title: Title, scope: Scope) -> bool:
    """Say whether staff in reach of a title may edit what is said of it.

    Its keeper's may; where nobody keeps it, everybody's who offers it.
    """
    return title.keeper_id is None or scope.covers_centre(title.keeper_id)


def lock_holding(session: Session, holding_id: int, by: Actor) -> Holding:
    """Return a holding of a centre of the actor's, locked.

    Raises:
        NotFoundError: there is none, it is another centre's, or its title is withdrawn.
    """
    query = select(Holding).where(Holding.id == holding_id).with_for_update(key_share=True)
    holding = session.scalar(query.execution_options(populate_existing=True))
    if holding is None or not by.scope(Right.CATALOGUE).covers_centre(holding.centre_id):
        raise NotFoundError("holding", holding_id)
    withdrawn = select(Title.withdrawn_at).where(Title.id == holding.title_id)
    if session.scalar(withdrawn) is not None:  # read after the lock, which a withdrawal takes too
        raise NotFoundError("holding", holding_id)
    return holding


def lock_copy(session: Session, copy_id: int, by: Actor) -> Copy:
    """Return a copy of a centre of the actor's, locked behind its holding.

    Raises:
        NotFoundError: there is none, or it is another centre's.
    """
    holding_id = session.scalar(select(Copy.holding_id).where(Copy.id == copy_id))
    if holding_id is None:
        raise NotFoundError("copy", copy_id)
    lock_holding(session, holding_id, by)
    query = select(Copy).where(Copy.id == copy_id).with_for_update(key_share=True, of=Copy)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def check_edition(
    session: Session, subject: Subject, edition: str, stored: Values, wished: Values
) -> None:
    """Make sure that nobody saved the thing since it was opened.

    Args:
        session: inside a unit of work, the thing locked.
        subject: the thing, as the audit log names it.
        edition: of the values that were opened.
        stored: the values as they stand.
        wished: the values to be saved.

    Raises:
        ChangedMeanwhileError: somebody did, and it now differs from what is wished.
    """
    current = {name: value for name, value in stored.items() if wished.get(name) != value}
    if not current or edition == edition_of(stored):
        return
    entry = session.scalar(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == subject.kind, AuditEntry.subject_id == subject.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    account = session.get(Account, entry.account_id) if entry and entry.account_id else None
    raise ChangedMeanwhileError(
        current,
        changed_by=account.person.name if account else "",
        changed_at=entry.at if entry else None,
    )


def take_over(row: object, values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set what differs; return the old and the new values of it, as the audit log takes them."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    before = {name: plain(getattr(row, name)) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    return before, {name: plain(value) for name, value in changed.items()}


def plain(value: object) -> object:
    """Return a value as JSON takes it."""
    return value.isoformat() if isinstance(value, date) else value
