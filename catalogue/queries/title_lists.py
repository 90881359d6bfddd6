"""Lists of titles and saved searches, as their owners and readers see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from catalogue.models.title_list import ListEntry, SavedSearch, TitleList
from schools.models.account import Account, AccountState
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class OwnList:
    """A list as its owner sees it among others; `titles` counts its entries."""

    id: int
    name: str
    remark: str
    shared: bool
    titles: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ListChoice:
    """A list a title may be put on; `holds` if it is on it."""

    id: int
    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A title on a list, by the name it has now."""

    title_id: int
    name: str
    added_at: datetime


def lists_of(session: Session, who: Actor) -> tuple[OwnList, ...]:
    """Return the actor's own lists, the one changed last first, in one statement."""
    titles = (
        select(func.count(ListEntry.id)).where(ListEntry.list_id == TitleList.id).scalar_subquery()
    )
    rows = session.execute(
        select(
            TitleList.id,
            TitleList.name,
            TitleList.remark,
            TitleList.share_nonce.is_not(None),
            titles,
            TitleList.changed_at,
        )
        .where(TitleList.account_id == who.account_id)
        .order_by(TitleList.changed_at.desc(), TitleList.id.desc())
    )
    return tuple(OwnList(*row) for row in rows)


def list_choices(session: Session, who: Actor, title_id: int) -> tuple[ListChoice, ...]:
    """Return the actor's own lists for a title, the one changed last first, in one statement."""
    holds = exists().where(ListEntry.list_id == TitleList.id, ListEntry.title_id == title_id)
    rows = session.execute(
        select(TitleList.id, TitleList.name, holds)
        .where(TitleList.account_id == who.account_id)
        .order_by(TitleList.changed_at.desc(), TitleList.id.desc())
    )
    return tuple(ListChoice(*row) for row in rows)


def lists_holding(
    session: Session, who: Actor, title_ids: Collection[int]
) -> dict[int, ListChoice]:
    """Return, for each title on lists of the actor's, the one changed last, in one statement."""
    rows = session.execute(
        select(ListEntry.title_id, TitleList.id, TitleList.name)
        .join(TitleList, TitleList.id == ListEntry.list_id)
        .where(TitleList.account_id == who.account_id, ListEntry.title_id.in_(title_ids))
        .order_by(TitleList.changed_at, TitleList.id)
    )
    return {title_id: ListChoice(list_id, name, holds=True) for title_id, list_id, name in rows}


def list_within(session: Session, who: Actor, list_id: int) -> TitleList | None:
    """Return a list if it is the actor's own."""
    query = select(TitleList).where(
        TitleList.id == list_id, TitleList.account_id == who.account_id
    )
    return session.scalar(query)


def shared_list(session: Session, list_id: int) -> TitleList | None:
    """Return a list that is shared; the caller holds the link's nonce against it.

    One whose owner's account is no longer active is shared no more.
    """
    query = (
        select(TitleList)
        .join(Account, Account.id == TitleList.account_id)
        .where(TitleList.id == list_id, TitleList.share_nonce.is_not(None))
        .where(Account.state == AccountState.ACTIVE)
    )
    return session.scalar(query)


def entries_of(session: Session, list_id: int) -> tuple[Entry, ...]:
    """Return what is on a list found before, in the order it was put there."""
    rows = session.execute(
        select(ListEntry.title_id, Title.name, ListEntry.added_at)
        .join(Title, Title.id == ListEntry.title_id)
        .where(ListEntry.list_id == list_id)
        .order_by(ListEntry.id)
    )
    return tuple(Entry(*row) for row in rows)


def searches_of(session: Session, who: Actor) -> Sequence[SavedSearch]:
    """Return the actor's own saved searches by name."""
    query = select(SavedSearch).where(SavedSearch.account_id == who.account_id)
    return session.scalars(query.order_by(SavedSearch.name, SavedSearch.id)).all()


def search_within(session: Session, who: Actor, search_id: int) -> SavedSearch | None:
    """Return a saved search if it is the actor's own."""
    query = select(SavedSearch).where(
        SavedSearch.id == search_id, SavedSearch.account_id == who.account_id
    )
    return session.scalar(query)


def accounts_with_alerts(session: Session) -> tuple[int, ...]:
    """Return the accounts that want letters about new findings, in ascending order."""
    query = select(SavedSearch.account_id).where(SavedSearch.alert).distinct()
    return tuple(session.scalars(query.order_by(SavedSearch.account_id)))
