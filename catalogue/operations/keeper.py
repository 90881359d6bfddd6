"""Who keeps lists and saved searches: one's account, locked while they change."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.errors import NotFoundError
from schools.models.account import Account
from schools.rules.roles import Actor, Right


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
