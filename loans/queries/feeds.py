"""Feeds: which somebody may have, which they have, and the one that a link names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from loans.models.feed import Feed, FeedKind
from loans.models.tour import CourierRoute
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre
from schools.rules.roles import Actor, Right

KEYS = {
    FeedKind.PERSON: Feed.person_id,
    FeedKind.SCHOOL: Feed.institution_id,
    FeedKind.DESK: Feed.branch_id,
    FeedKind.ROUTE: Feed.route_id,
}
"""The column that says whose days a feed of a kind shows."""


@dataclass(frozen=True, slots=True)
class FeedSubject:
    """Whose days a feed shows.

    Attributes:
        key: of the person, school, branch or route.
        name: of the school, branch or route; empty for oneself.
    """

    kind: FeedKind
    key: int
    name: str = ""


def subjects_of(session: Session, by: Actor) -> tuple[FeedSubject, ...]:
    """Return every feed that somebody may have, in at most three statements.

    One's own days belong to whoever borrows, a school's to its admins, those of a desk and of a
    route to the staff of the centre.
    """
    return tuple(_subjects(session, by))


def subject_of(session: Session, kind: FeedKind, key: int, by: Actor) -> FeedSubject | None:
    """Return whose days a feed shows; None if the actor may not have it (any more)."""
    found = (each for each in _of_kind(session, kind, by) if each.key == key)
    return next(found, None)


def feeds_of(session: Session, by: Actor) -> Sequence[Feed]:
    """Return the feeds that the actor has made and not ended, in one statement."""
    query = select(Feed).where(Feed.account_id == by.account_id, Feed.ended_at.is_(None))
    return session.scalars(query.order_by(Feed.id)).all()


def feed_of(session: Session, feed_id: int, by: Actor) -> Feed | None:
    """Return a feed of the actor's that is not ended."""
    return next((feed for feed in feeds_of(session, by) if feed.id == feed_id), None)


def feed_of_link(session: Session, feed_id: int) -> Feed | None:
    """Return the feed that a signed link names, unless it is ended."""
    return session.scalar(select(Feed).where(Feed.id == feed_id, Feed.ended_at.is_(None)))


def key_of(feed: Feed) -> int:
    """Return the key of whose days a feed shows."""
    return int(getattr(feed, KEYS[feed.kind].key))


def _subjects(session: Session, by: Actor) -> Iterator[FeedSubject]:
    for kind in FeedKind:
        yield from _of_kind(session, kind, by)


def _of_kind(session: Session, kind: FeedKind, by: Actor) -> Iterator[FeedSubject]:
    if kind is FeedKind.PERSON:
        if by.person_id is not None and by.may(Right.RESERVE):
            yield FeedSubject(kind, by.person_id)
        return
    query = _named(kind, by)
    if query is not None:
        yield from (FeedSubject(kind, row.key, row.name) for row in session.execute(query))


def _named(kind: FeedKind, by: Actor) -> Select[*tuple[int, str]] | None:
    """Return the keys and names within reach; None where there can be none."""
    schools = by.scope(Right.ORGANISE_SCHOOL).institution_ids
    centres = by.scope(Right.LEND).centre_ids
    if kind is FeedKind.SCHOOL:
        named = select(Institution.id.label("key"), Institution.name)
        return named.where(Institution.id.in_(schools)).order_by(Institution.name)
    if not centres:
        return None
    if kind is FeedKind.DESK:
        name = (MediaCentre.name + ", " + Branch.name).label("name")
        query = select(Branch.id.label("key"), name).join(Branch.centre)
        return query.where(Branch.centre_id.in_(centres)).order_by(name)
    routes = select(CourierRoute.id.label("key"), CourierRoute.name)
    mine = routes.where(CourierRoute.centre_id.in_(centres), CourierRoute.active)
    return mine.order_by(CourierRoute.name)
