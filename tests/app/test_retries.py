"""Deadlocks and serialization failures are between the store and us; nobody else sees them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.retries import MOST_TRIES
from app.sessions import ENGINE
from loans.models.booking import Booking
from tests.app.conftest import SignIn
from tests.make import MONDAY, Make

INSERTED = "INSERT INTO booking "
CLAIMED = "idempotency_key"
"""Every unit of work of a view begins with its request's key."""


class StoreError(Exception):
    """What a driver raises; `sqlstate` says what it is."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


class Saboteur:
    """Lets the n-th statement of a unit of work fail, so many times; or that which writes."""

    def __init__(self, sqlstate: str, times: int, at: int | None = None) -> None:
        self.sqlstate, self.left, self.at, self.seen = sqlstate, times, at, 0

    def __call__(self, _conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.seen += bool(self.seen or CLAIMED in statement)
        hit = INSERTED in statement if self.at is None else self.seen == self.at
        if hit and self.left:
            self.left -= 1
            self.seen = 0
            raise OperationalError(statement, None, StoreError(self.sqlstate))


@pytest.fixture
def sabotage(app: Flask) -> Iterator[Any]:
    engine = app.extensions[ENGINE]
    hired: list[Saboteur] = []

    def hire(sqlstate: str, times: int, at: int | None = None) -> Saboteur:
        hired.append(Saboteur(sqlstate, times, at))
        event.listen(engine, "before_cursor_execute", hired[-1])
        return hired[-1]

    yield hire
    for each in hired:
        event.remove(engine, "before_cursor_execute", each)


@pytest.fixture
def wish(make: Make) -> dict[str, str]:
    day = MONDAY.replace(day=30).isoformat()
    holding = make.holding(copies=1)
    return {
        "holding": str(holding.id),
        "from": day,
        "until": day,
        "quantity": "1",
        "reason": "preview",
        "place": str(make.place().id),
        "idem": "one-wish",
    }


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_what_the_store_ended_for_anothers_sake_is_done_again(
    make: Make, sign_in: SignIn, sabotage: Any, wish: dict[str, str], sqlstate: str
) -> None:
    browser = sign_in(make.account())
    sabotage(sqlstate, MOST_TRIES - 1)
    answer = browser.post("/bookings", data=wish, headers={"Accept": "application/json"})
    assert answer.status_code == 201
    assert make.session.scalar(select(func.count(Booking.id))) == 1


def test_a_failure_at_any_statement_of_a_booking_is_mended(
    make: Make, sign_in: SignIn, session: Session, sabotage: Any, wish: dict[str, str]
) -> None:
    browser = sign_in(make.account())
    at, reached = 1, True
    while reached:
        saboteur = sabotage("40P01", 1, at)
        answer = browser.post(
            "/bookings", data=wish | {"idem": f"turn-{at}"}, headers={"Accept": "application/json"}
        )
        reached = not saboteur.left
        assert answer.status_code in {201, 409}, (at, answer.text)
        at += 1
    assert at > 10
    assert session.scalar(select(func.count(Booking.id))) == 1


def test_who_meets_others_every_time_is_asked_to_try_later(
    make: Make, sign_in: SignIn, session: Session, sabotage: Any, wish: dict[str, str]
) -> None:
    browser = sign_in(make.account())
    sabotage("40001", MOST_TRIES)
    answer = browser.post("/bookings", data=wish, headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert session.scalar(select(func.count(Booking.id))) == 0


def test_another_failure_of_the_store_is_not_tried_again(
    make: Make, sign_in: SignIn, sabotage: Any, wish: dict[str, str]
) -> None:
    browser = sign_in(make.account())
    saboteur = sabotage("53300", 2)
    answer = browser.post("/bookings", data=wish, headers={"Accept": "application/json"})
    assert (answer.status_code, saboteur.left) == (503, 1)
