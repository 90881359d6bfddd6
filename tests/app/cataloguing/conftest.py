"""Someone who keeps a centre's catalogue, and what their pages send."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from schools.models.account import Account
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import Make

EDITION = re.compile(r'name="edition"[^>]*value="([0-9a-f]{16})"')

Send = Callable[..., TestResponse]


@pytest.fixture
def keeper(make: Make) -> Account:
    """Staff of the first centre."""
    return make.account(Role.STAFF)


@pytest.fixture
def browser(keeper: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(keeper)


@pytest.fixture
def send(browser: FlaskClient) -> Send:
    """Posts fields with a fresh key."""

    def send(path: str, client: FlaskClient = browser, **fields: Any) -> TestResponse:
        return client.post(path, data={"idem": uuid4().hex} | fields)

    return send


def edition_in(page: TestResponse, nth: int = 0) -> str:
    """The edition a page's form was opened with."""
    found = EDITION.findall(page.text)
    assert found, page.text[:500]
    return str(found[nth])
