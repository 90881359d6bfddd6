"""Fixtures for the pages of holds: a title whose only copy is out, and people who want it."""

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.models.holding import Holding
from schools.models.person import Person
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import Make

JSON = {"Accept": "application/json"}


@pytest.fixture
def lent(make: Make) -> Holding:
    """A title whose only copy is out."""
    return make.loan(make.copy(make.holding(make.title("Mendel im Klostergarten")))).holding


@pytest.fixture
def person(make: Make) -> Person:
    return make.person(family_name="Brinkmann")


@pytest.fixture
def teacher(make: Make, person: Person, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.TEACHER, person=person))


@pytest.fixture
def staff(make: Make, sign_in: SignIn) -> FlaskClient:
    make.the_centre()
    return sign_in(make.account(Role.STAFF))


def send(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    """Post as a program does."""
    values = {"idem": uuid4().hex, **fields}
    return client.post(path, data=values, headers=JSON)


def text(answer: TestResponse, status: int = 200) -> str:
    """Return a page's text, if it came with the status."""
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)


def codes(answer: TestResponse) -> list[str]:
    """Return the codes of a refusal."""
    assert answer.status_code == 409, answer.status
    return [each["code"] for each in (answer.get_json() or {})["refusals"]]
