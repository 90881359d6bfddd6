"""Fixtures for pages about what is overdue: the desk's browser, and late loans."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.job_kinds import JOB_KINDS
from app.jobs import run_next_job
from app.sessions import session as app_session
from database.job_runs import JobRun
from loans.models.loan import Loan
from schools.models.account import Account
from schools.rules.roles import Role
from tests.app.conftest import SignIn
from tests.make import MONDAY, Make

JSON = {"Accept": "application/json"}
Work = Callable[[], JobRun]


@pytest.fixture
def account(make: Make) -> Account:
    return make.account(Role.STAFF)


@pytest.fixture
def staff(account: Account, sign_in: SignIn) -> FlaskClient:
    return sign_in(account)


@pytest.fixture
def head(make: Make, sign_in: SignIn) -> FlaskClient:
    return sign_in(make.account(Role.CENTRE_ADMIN))


@pytest.fixture
def work(app: Flask) -> Work:
    """Does what the worker does with the oldest job that waits."""

    def work() -> JobRun:
        with app.app_context():
            assert run_next_job(JOB_KINDS)
            run = app_session().scalars(select(JobRun).order_by(JobRun.id.desc())).first()
            assert run is not None
            app_session().expunge(run)
            app_session().rollback()
        return run

    return work


def overdue(make: Make, days: int = 3, **facts: Any) -> Loan:
    """A loan that should have been back so many days ago."""
    return make.loan(lent_on=MONDAY - timedelta(days=days + 14), **facts)


def page_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.status
    return answer.get_data(as_text=True)
