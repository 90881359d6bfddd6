"""What the engines promise before anything is built on them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from tests.make import NOW, Make


def test_sqlite_writes_ahead_fully_and_checks_foreign_keys(engine: Engine) -> None:
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


@pytest.mark.both_stores
def test_an_instant_comes_back_aware(session: Session, make: Make) -> None:
    title_id = make.title(created_at=NOW).id
    session.expire_all()
    assert session.get_one(Title, title_id).created_at == NOW


@pytest.mark.both_stores
def test_an_instant_without_a_zone_is_refused(make: Make) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        make.title(created_at=datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None))
