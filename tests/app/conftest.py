"""Fixtures for pages: the whole application on the test's store, and visitors of each role."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.factory import create_app
from app.idle import SEEN
from app.sessions import ENGINE
from app.settings import Settings, read_settings
from schools.models.account import Account, SignInSession
from schools.rules.roles import Role
from schools.rules.tokens import hash_of
from tests.make import MONDAY, NOW, Make

SignIn = Callable[[Account], FlaskClient]
AsRole = Callable[[Role], FlaskClient]


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    return read_settings(
        {
            "MEDIENBRUECKE_DATA": str(tmp_path / "data"),
            "MEDIENBRUECKE_DATABASE_URL": store_url,
            "MEDIENBRUECKE_TODAY": MONDAY.isoformat(),
        }
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings, testing=True)
    yield app
    app.extensions[ENGINE].dispose()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Session) -> SignIn:
    """Gives the browser of somebody with this account, signed in by a row of their own."""

    def sign_in(account: Account) -> FlaskClient:
        token = token_urlsafe(16)
        row = SignInSession(
            account_id=account.id,
            token_hash=hash_of(token),
            created_at=NOW,
            expires_at=NOW + timedelta(days=2),
        )
        session.add(row)
        session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
            cookie[SEEN] = int(time.time())
            cookie["seen"] = int(time.time())
        return client

    return sign_in


@pytest.fixture
def as_role(make: Make, sign_in: SignIn) -> AsRole:
    """Gives the browser of a new account that holds this role."""
    return lambda role: sign_in(make.account(role))
