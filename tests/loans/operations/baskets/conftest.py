"""A teacher with a basket."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.operations.basket import (
    Kept,
    put_in_basket,
)
from loans.operations.submit_basket import Submission, Submitted, submit_basket
from loans.queries.basket import basket_answers, basket_of
from loans.queries.wishes import BookingWish, LineWish
from schools.models.person import Person
from schools.rules.roles import Actor, Right, Role
from tests.loans.operations.baskets.basketing import DAYS, Puts, Shown, Submits
from tests.make import MONDAY, NOW, Make
from tests.statements import counted


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(Role.TEACHER, person=person)


@pytest.fixture
def puts(session: Session, teacher: Actor) -> Puts:
    """Put something into the teacher's basket."""

    def puts(*lines: LineWish, at: datetime = NOW, **facts: Any) -> tuple[Kept, ...]:
        by = facts.pop("by", teacher)
        values = {"person_id": teacher.person_id, "period": DAYS} | facts
        with unit_of_work(session):
            wish = BookingWish(lines=lines, **values)
            return put_in_basket(session, wish, by, MONDAY, at)

    return puts


@pytest.fixture
def submits(session: Session, teacher: Actor, person: Person) -> Submits:
    def submits(*, by: Actor = teacher, at: datetime = NOW, **how: Any) -> Submitted:
        with unit_of_work(session):
            return submit_basket(session, Submission(person.id, **how), by, MONDAY, at)

    return submits


@pytest.fixture
def shown(session: Session, engine: Engine, teacher: Actor) -> Shown:
    """Show the teacher's basket; how many statements that takes."""

    def shown() -> int:
        session.rollback()
        session.expire_all()
        with counted(engine) as sent:
            items = basket_of(session, teacher.scope(Right.BOOK), teacher.person_id or 0)
            basket_answers(session, items, teacher, MONDAY, NOW)
        return sent.count

    return shown
