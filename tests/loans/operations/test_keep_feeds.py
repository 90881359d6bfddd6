"""Feeds are made once, renewed and ended by whoever made them, and each act is in the log."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.feed import Feed, FeedKind
from loans.operations.keep_feeds import end_feed, make_feed, renew_feed
from schools.rules.roles import Actor, Role
from tests.make import NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


def made(session: Session, by: Actor) -> int:
    with unit_of_work(session):
        return make_feed(session, FeedKind.PERSON, by.person_id or 0, by, NOW).id


def nonces(session: Session) -> list[str]:
    found = list(session.scalars(select(Feed.nonce).order_by(Feed.id)))
    session.rollback()
    return found


def test_a_feed_is_made_once_and_anew_after_its_end(session: Session, teacher: Actor) -> None:
    first = made(session, teacher)
    assert made(session, teacher) == first
    with unit_of_work(session):
        end_feed(session, first, teacher, NOW)
    assert made(session, teacher) != first
    assert len(set(nonces(session))) == 2


def test_each_link_is_another(session: Session, teacher: Actor) -> None:
    feed_id = made(session, teacher)
    seen = set(nonces(session))
    for _ in range(3):
        with unit_of_work(session):
            renew_feed(session, feed_id, teacher, NOW)
        seen |= set(nonces(session))
    assert len(seen) == 4
    assert all(len(nonce) == 32 for nonce in seen)


def test_an_ended_feed_and_that_of_another_are_not_there(
    session: Session, make: Make, teacher: Actor
) -> None:
    feed_id, other = made(session, teacher), make.actor(Role.TEACHER)
    for act in (renew_feed, end_feed):
        with pytest.raises(NotFoundError), unit_of_work(session):
            act(session, feed_id, other, NOW)
    with unit_of_work(session):
        end_feed(session, feed_id, teacher, NOW)
    for act in (renew_feed, end_feed):
        with pytest.raises(NotFoundError), unit_of_work(session):
            act(session, feed_id, teacher, NOW)


def test_the_log_says_what_was_done_and_holds_no_secret(session: Session, teacher: Actor) -> None:
    feed_id = made(session, teacher)
    with unit_of_work(session):
        renew_feed(session, feed_id, teacher, NOW)
    with unit_of_work(session):
        end_feed(session, feed_id, teacher, NOW)
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.act for entry in entries] == ["make_feed", "renew_feed", "end_feed"]
    assert {entry.account_id for entry in entries} == {teacher.account_id}
    (nonce,) = nonces(session)
    assert all(nonce not in str((entry.before, entry.after)) for entry in entries)


def test_two_clicks_at_once_make_one_feed(
    session: Session, engine: Engine, teacher: Actor
) -> None:
    session.rollback()
    both = Barrier(2)

    def click() -> None:
        with Session(engine) as own:
            both.wait(10)
            made(own, teacher)

    clicks = [Thread(target=click) for _ in range(2)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join(30)
    assert len(nonces(session)) == 1
