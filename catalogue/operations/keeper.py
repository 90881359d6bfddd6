"""Who keeps lists, saved searches and codes: one's account, locked while they change."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import DuplicateError, NotFoundError
from catalogue.models.class_code import ClassCode
from catalogue.models.title_list import SavedSearch, TitleList
from schools.models.account import Account
from schools.rules.roles import Actor, Right

Kept = TypeVar("Kept", TitleList, SavedSearch, ClassCode)
Named = TypeVar("Named", TitleList, SavedSearch)


def lock_keeper(session: Session, by: Actor) -> int:
    """Lock the actor's account, so that limits and names hold for whatever comes at once.

    Raises:
        NotFoundError: the actor has no account, or none that keeps anything.
    """
    query = select(Account.id).where(Account.id == by.account_id)
    found = session.scalar(query.with_for_update(key_share=True))
    if found is None or not by.may(Right.KEEP_LISTS):
        raise NotFoundError("account", by.account_id)
    return found


def own(session: Session, kind: type[Kept], key: int, by: Actor) -> Kept:
    """Return a list, saved search or code of the actor's, its account locked.

    Raises:
        NotFoundError: there is none, or it is somebody else's.
    """
    account_id = lock_keeper(session, by)
    found = session.get(kind, key)
    if found is None or found.account_id != account_id:
        raise NotFoundError(_named(kind), key)
    return found


def check_name(
    session: Session, kind: type[Named], account_id: int, name: str, except_id: int | None = None
) -> None:
    """See that no other one of the account has this name; the account is locked.

    Raises:
        DuplicateError: one has.
    """
    same = select(kind.id).where(kind.account_id == account_id, kind.name == name)
    if session.scalar(same) not in {None, except_id}:
        raise DuplicateError(_named(kind), name)


def _named(kind: type[Kept]) -> str:
    return kind.__tablename__.replace("_", " ")
