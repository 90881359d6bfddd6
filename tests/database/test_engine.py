"""What the engines promise before anything is built on them."""

import time
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from catalogue.models.title import Title
from database.engine import BUSY_TIMEOUT_MS, empty_log
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


def test_a_writer_waits_for_the_one_before_and_then_for_readers_as_long_as_ever(
    engine: Engine,
) -> None:
    writing = engine.execution_options(writes=True)
    with writing.connect() as first:
        first.execute(text("SELECT 1"))
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(_write, writing)
            assert not wait([second], timeout=0.05).done
            first.rollback()
            assert second.result(timeout=5) == BUSY_TIMEOUT_MS


def _write(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("PRAGMA busy_timeout")).scalar_one())


def test_a_writer_that_waits_too_long_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.engine.BUSY_TIMEOUT_MS", 20)
    writing = engine.execution_options(writes=True)
    with writing.connect() as first, writing.connect() as second:
        first.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="locked"):
            second.execute(text("SELECT 1"))


def test_the_log_is_emptied_unless_somebody_reads_and_nobody_waits_for_it(engine: Engine) -> None:
    reading, writing = engine.connect(), engine.execution_options(writes=True)
    reading.execute(text("SELECT count(*) FROM title"))
    with writing.begin() as connection:
        connection.execute(text("CREATE TABLE first (id INTEGER)"))
    started = time.monotonic()
    assert not empty_log(engine)
    with writing.begin() as connection:
        connection.execute(text("CREATE TABLE second (id INTEGER)"))
    assert time.monotonic() - started < BUSY_TIMEOUT_MS / 2_000
    reading.close()
    assert empty_log(engine)
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == BUSY_TIMEOUT_MS


@pytest.mark.both_stores
def test_an_instant_comes_back_aware(session: Session, make: Make) -> None:
    title_id = make.title(created_at=NOW).id
    session.expire_all()
    assert session.get_one(Title, title_id).created_at == NOW


@pytest.mark.both_stores
def test_an_instant_without_a_zone_is_refused(make: Make) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        make.title(created_at=datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None))
