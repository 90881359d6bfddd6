"""Cheap hashes, since these tests sign in hundreds of times."""

import pytest
from argon2 import PasswordHasher

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.passwords.HASHER", CHEAP)


@pytest.fixture(scope="session")
def password_hash() -> str:
    return CHEAP.hash("drei-kleine-wolken")
