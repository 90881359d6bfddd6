"""Lists of titles (Merklisten): make, describe, fill, share and drop one's own."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError
from catalogue.models.title_list import ListEntry, TitleList
from catalogue.operations.keeper import check_name, lock_keeper, own
from catalogue.rules.title_lists import MOST_LISTS, MOST_TITLES_ON_A_LIST, KeepingRefusal
from database.audit import Change, Subject, record
from schools.rules.roles import Actor

NONCE_BYTES = 16


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What its owner says of a list; no two lists of one owner share a name."""

    name: str
    remark: str = ""


def make_list(session: Session, facts: ListFacts, by: Actor, now: datetime) -> TitleList:
    """Make an empty list of the actor's; locks the account.

    Raises:
        ActRefusedError: there are as many lists as one may have.
        DuplicateError: the actor has a list of that name.
    """
    account_id = lock_keeper(session, by)
    owned = select(func.count(TitleList.id)).where(TitleList.account_id == account_id)
    if (session.scalar(owned) or 0) >= MOST_LISTS:
        raise ActRefusedError((KeepingRefusal.TOO_MANY_LISTS,))
    check_name(session, TitleList, account_id, facts.name)
    made = TitleList(
        account_id=account_id,
        name=facts.name,
        remark=facts.remark,
        created_at=now,
        changed_at=now,
    )
    session.add(made)
    session.flush()
    return made


def describe_list(
    session: Session, list_id: int, facts: ListFacts, by: Actor, now: datetime
) -> TitleList:
    """Give a list of the actor's another name and remark.

    Raises:
        NotFoundError: it is not there, or not the actor's.
        DuplicateError: the actor has another list of that name.
    """
    found = own(session, TitleList, list_id, by)
    check_name(session, TitleList, found.account_id, facts.name, found.id)
    found.name, found.remark, found.changed_at = facts.name, facts.remark, now
    return found


def drop_list(session: Session, list_id: int, by: Actor, now: datetime) -> str:
    """Delete a list of the actor's with its entries; returns its name.

    Raises:
        NotFoundError: it is not there, or not the actor's.
    """
    found = own(session, TitleList, list_id, by)
    name, titles = found.name, len(found.entries)
    session.delete(found)
    before = {"titles": titles, "shared": found.share_nonce is not None}
    record(session, by, Subject("title_list", list_id), Change("drop_list", before=before), now)
    return name


def put_on_list(
    session: Session, list_id: int, title_id: int, by: Actor, now: datetime
) -> TitleList:
    """Put a title on a list of the actor's; one that is on it stays, and nothing changes.

    Whether the actor may see the title is for the caller to ask
    (`catalogue.queries.shown_titles`).

    Raises:
        NotFoundError: the list is not there, or not the actor's.
        ActRefusedError: the list holds as many titles as one may.
    """
    found = own(session, TitleList, list_id, by)
    if any(entry.title_id == title_id for entry in found.entries):
        return found
    if len(found.entries) >= MOST_TITLES_ON_A_LIST:
        raise ActRefusedError((KeepingRefusal.LIST_FULL,))
    found.entries.append(ListEntry(title_id=title_id, added_at=now))
    found.changed_at = now
    session.flush()
    return found


def put_on_latest_list(
    session: Session, name: str, title_id: int, by: Actor, now: datetime
) -> TitleList:
    """Put a title on the list the actor changed last; without any, on a first one of that name.

    Raises:
        ActRefusedError: the list holds as many titles as one may.
    """
    account_id = lock_keeper(session, by)
    latest = (
        select(TitleList.id)
        .where(TitleList.account_id == account_id)
        .order_by(TitleList.changed_at.desc(), TitleList.id.desc())
        .limit(1)
    )
    list_id = session.scalar(latest)
    if list_id is None:
        list_id = make_list(session, ListFacts(name), by, now).id
    return put_on_list(session, list_id, title_id, by, now)


def take_off_list(
    session: Session, list_id: int, title_id: int, by: Actor, now: datetime
) -> TitleList:
    """Take a title off a list of the actor's; one that is not on it is passed over.

    Raises:
        NotFoundError: the list is not there, or not the actor's.
    """
    found = own(session, TitleList, list_id, by)
    for entry in found.entries:
        if entry.title_id == title_id:
            found.entries.remove(entry)
            found.changed_at = now
            break
    return found


def share_list(session: Session, list_id: int, by: Actor, now: datetime) -> TitleList:
    """Let whoever has the new link read a list of the actor's; the link before it dies.

    Raises:
        NotFoundError: it is not there, or not the actor's.
    """
    return _set_nonce(session, list_id, token_hex(NONCE_BYTES), by, now)


def unshare_list(session: Session, list_id: int, by: Actor, now: datetime) -> TitleList:
    """Let nobody but its owner read a list any more; its link dies.

    Raises:
        NotFoundError: it is not there, or not the actor's.
    """
    return _set_nonce(session, list_id, None, by, now)


def _set_nonce(
    session: Session, list_id: int, nonce: str | None, by: Actor, now: datetime
) -> TitleList:
    found = own(session, TitleList, list_id, by)
    before = {"shared": found.share_nonce is not None}
    found.share_nonce = nonce
    change = Change("share_list", before, {"shared": nonce is not None})
    record(session, by, Subject("title_list", found.id), change, now)
    return found
