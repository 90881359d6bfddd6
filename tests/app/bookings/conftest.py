"""Fixtures for the pages of bookings: a teacher's browser, and what a program sends."""

from datetime import timedelta
from typing import Any, TypeVar

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.base import Base
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import MONDAY, Make

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))
JSON = {"Accept": "application/json"}


Row = TypeVar("Row", bound=Base)


class Stored:
    """Rows as they are stored now, whatever the test read before."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def forget(self) -> None:
        """Let go of what was read, so that pages and makers can write."""
        self.session.rollback()
        self.session.expire_all()

    def __call__(self, kind: type[Row]) -> list[Row]:
        """Return every row of a kind in the order of their ids."""
        self.forget()
        return list(self.session.scalars(select(kind).order_by(text("id"))))


@pytest.fixture
def stored(session: Session) -> Stored:
    return Stored(session)


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.TEACHER, person=person))


@pytest.fixture
def staff(make: Make, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.STAFF))


def fields(holding: Holding, period: Period = DAYS, **more: Any) -> dict[str, Any]:
    """Return what a program posts to reserve one piece for a preview."""
    return {
        "holding": holding.id,
        "from": period.first.isoformat(),
        "until": period.last.isoformat(),
        "quantity": 1,
        "reason": "preview",
    } | more
