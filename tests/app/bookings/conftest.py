"""Fixtures for the pages of bookings: a teacher's browser, and what a program sends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.models.holding import Holding
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import MONDAY, Make

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))
JSON = {"Accept": "application/json"}

Reserve = Callable[..., TestResponse]


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
