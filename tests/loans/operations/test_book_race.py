"""Many want the last copy at once: one gets it, on every store."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import Refused, RefusedError
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.operations import book as booking
from loans.operations.book import book
from loans.queries import preview
from loans.queries.wishes import BookingWish, one_line
from loans.rules.booking_policy import BookingCase, booking_refusals
from loans.rules.codes import Refusal
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.effort import times
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.lending("5.2")

CLIENTS = 8
ROUNDS = times(ci=3, soak=50)
DAYS = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))


def race(engine: Engine, wishes: list[tuple[BookingWish, Actor]]) -> list[str]:
    """Let all wish at the same moment; each says what came of it."""
    together = Barrier(len(wishes))

    def one(wanted: tuple[BookingWish, Actor]) -> str:
        wish, by = wanted
        with Session(engine) as session:
            together.wait()
            try:
                with unit_of_work(session):
                    book(session, wish, by, MONDAY, NOW)
            except RefusedError as refused:
                return ",".join(refused.codes)
            return "booked"

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(one, wishes))


def wishes_for_last_copy(make: Make) -> list[tuple[BookingWish, Actor]]:
    holding = make.holding(copies=1)
    actors = [make.actor(Role.TEACHER) for _ in range(CLIENTS)]
    return [
        (
            BookingWish(
                lines=one_line(holding.id),
                person_id=actor.person_id or 0,
                period=DAYS,
                reason=OtherReason.PREVIEW,
            ),
            actor,
        )
        for actor in actors
    ]


def booked(session: Session, wishes: list[tuple[BookingWish, Actor]]) -> int:
    session.rollback()
    return (
        session.scalar(
            select(func.count(Booking.id)).where(
                Booking.person_id.in_([wish.person_id for wish, _ in wishes])
            )
        )
        or 0
    )


@pytest.mark.both_stores
def test_of_many_who_want_the_last_copy_one_gets_it(
    engine: Engine, session: Session, make: Make
) -> None:
    for _ in range(ROUNDS):
        wishes = wishes_for_last_copy(make)
        answers = race(engine, wishes)
        assert sorted(answers) == [Refusal.NOT_FREE] * (CLIENTS - 1) + ["booked"]
        assert booked(session, wishes) == 1


@pytest.mark.both_stores
def test_without_the_lock_the_last_copy_goes_to_several(
    store_url: str, session: Session, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the race above can be lost, and the lock is what wins it."""
    monkeypatch.setattr(booking, "lock", read_only)
    monkeypatch.setattr(preview, "booking_refusals", decide_slowly)
    wishes = wishes_for_last_copy(make)
    session.rollback()
    unlocked = create_engine(store_url, isolation_level="AUTOCOMMIT", pool_size=CLIENTS)
    race(unlocked, wishes)
    unlocked.dispose()
    assert booked(session, wishes) > 1


def read_only(session: Session, kind: Any, ids: Any) -> Any:
    """Read rows as `lock` does, but let everybody else read them too."""
    return session.scalars(select(kind).where(kind.id.in_(ids)).order_by(kind.id)).all()


def decide_slowly(case: BookingCase) -> tuple[Refused, ...]:
    """Decide as ever; between decision and writing there is time for others to decide."""
    found = booking_refusals(case)
    time.sleep(0.3)
    return found
