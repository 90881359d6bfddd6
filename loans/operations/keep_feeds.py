"""Feeds: make one, give it another link, end it; note that it was read."""

from datetime import date, datetime
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.feed import Feed, FeedKind
from loans.queries.feeds import KEYS, subject_of
from schools.models.account import Account
from schools.rules.roles import Actor

NONCE_BYTES = 16


def make_feed(session: Session, kind: FeedKind, key: int, by: Actor, now: datetime) -> Feed:
    """Make a feed of the actor's; the one that is there already stays as it is.

    Locks the account, so that two clicks make one.

    Args:
        session: inside a unit of work.
        kind: whose days it shows.
        key: of the person, school, branch or route.
        by: whose feed it will be.
        now: the instant.

    Raises:
        NotFoundError: there is no such feed for the actor.
    """
    if subject_of(session, kind, key, by) is None:
        raise NotFoundError(kind.value, key)
    session.scalar(select(Account.id).where(Account.id == by.account_id).with_for_update())
    present = select(Feed).where(Feed.account_id == by.account_id, Feed.ended_at.is_(None))
    found = session.scalar(present.where(Feed.kind == kind, KEYS[kind] == key))
    if found is not None:
        return found
    made = Feed(
        kind=kind,
        account_id=by.account_id or 0,
        nonce=token_hex(NONCE_BYTES),
        created_at=now,
        **{KEYS[kind].key: key},
    )
    session.add(made)
    session.flush()
    _note(session, made, "make_feed", by, now)
    return made


def renew_feed(session: Session, feed_id: int, by: Actor, now: datetime) -> Feed:
    """Give a feed another link; the one before is dead at once.

    Raises:
        NotFoundError: it is not there, ended, or not the actor's.
    """
    found = _own(session, feed_id, by)
    found.nonce = token_hex(NONCE_BYTES)
    found.last_read_on = None
    _note(session, found, "renew_feed", by, now)
    return found


def end_feed(session: Session, feed_id: int, by: Actor, now: datetime) -> Feed:
    """End a feed; its link is dead at once, for good.

    Raises:
        NotFoundError: it is not there, ended, or not the actor's.
    """
    found = _own(session, feed_id, by)
    found.ended_at = now
    _note(session, found, "end_feed", by, now)
    return found


def note_read(session: Session, feed_id: int, today: date) -> None:
    """Note on which day a feed was last read, so that its owner sees whether anybody does."""
    found = session.get(Feed, feed_id)
    if found is not None:
        found.last_read_on = today


def _own(session: Session, feed_id: int, by: Actor) -> Feed:
    query = select(Feed).where(
        Feed.id == feed_id, Feed.account_id == by.account_id, Feed.ended_at.is_(None)
    )
    found = session.scalar(query.with_for_update())
    if found is None:
        raise NotFoundError("feed", feed_id)
    return found


def _note(session: Session, feed: Feed, act: str, by: Actor, now: datetime) -> None:
    subject = Subject("feed", feed.id, institution_id=feed.institution_id)
    record(session, by, subject, Change(act, after={"kind": feed.kind.value}), now)
