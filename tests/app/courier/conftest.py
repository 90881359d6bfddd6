"""What the pages of the courier share: a stop on a route, and somebody at the packing table."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from loans.models.tour import Tour
from schools.models.media_centre import PickupPlace
from schools.rules.roles import Role
from tests.app.conftest import AsRole
from tests.loans.operations.courier import TUESDAY, Table, di_nord, table
from tests.make import MONDAY, Make

Send = Callable[..., TestResponse]

__all__ = ["MONDAY", "TUESDAY", "timedelta"]


@pytest.fixture
def staff(make: Make) -> Table:
    """Who packs in the store itself, besides whoever looks at the page."""
    return table(make)


@pytest.fixture
def stop(make: Make, staff: Table) -> PickupPlace:
    del staff
    return di_nord(make)


@pytest.fixture
def browser(as_role: AsRole, staff: Table) -> FlaskClient:
    """Staff of the first centre at a browser."""
    del staff
    return as_role(Role.STAFF)


@pytest.fixture
def tour_id(browser: FlaskClient, stop: PickupPlace, session: Session) -> int:
    """Tuesday's tour, opened on its page."""
    del stop
    fields = {"route": 1, "day": TUESDAY.isoformat(), "idem": uuid4().hex}
    answer = browser.post("/tours", data=fields)
    assert answer.status_code == 303
    found = session.scalars(select(Tour.id)).one()
    assert answer.headers["Location"] == f"/tours/{found}"
    session.rollback()
    return found


def said(answer: TestResponse) -> str:
    """What the status line says, without marks."""
    found = re.search(r'<p class="say[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def scan(browser: FlaskClient, path: str, code: str, **fields: Any) -> TestResponse:
    """Scan without script: the answer leads to the page that says what came of it."""
    sent = {"code": code, "idem": uuid4().hex} | fields
    return browser.post(path, data=sent, follow_redirects=True)
