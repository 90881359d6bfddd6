"""The index follows the store, and comes back when it is lost."""

import errno
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.factory import create_app
from app.index_keeper import IndexKeeper
from app.index_work import enlist_host
from app.search_engine import EXTENSION, index_host, search_engine
from app.sessions import ENGINE
from app.settings import Settings, current_settings
from catalogue.models.change import IndexHost, TitleChange
from search_index.engine import HealthState, Question
from search_index.errors import IndexUnavailableError, IndexWriteError
from search_index.index_root import IndexRoot
from search_index.whoosh_engine import WhooshEngine
from tests.make import MONDAY, Make

Total = Callable[[], int]


@pytest.fixture(autouse=True)
def _midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    """No nightly tidying, which would mend what a test looks for."""
    monkeypatch.setattr("app.index_keeper.hour_of_day", lambda: 0)


@pytest.fixture
def total(app: Flask) -> Total:
    """How many titles a search for volcanoes finds."""

    def total() -> int:
        with app.app_context():
            return search_engine().search(Question(words="Vulkane")).total

    return total


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An application whose keeper looks for damage at every step."""
    app = create_app(replace(settings, index_check_seconds=0), testing=True)
    yield app
    app.extensions[ENGINE].dispose()


def work(app: Flask, keeper: IndexKeeper) -> None:
    """All that waits."""
    busy = True
    while busy:
        with app.app_context():
            busy = keeper.step()


def app_settings(app: Flask) -> Settings:
    with app.app_context():
        return current_settings()


def told(session: Session) -> IndexHost:
    """What the office reads of the one host."""
    session.rollback()
    return session.scalars(select(IndexHost)).one()


def lose(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)


def withdraw(folder: Path) -> None:
    IndexRoot(folder).withdraw("It is broken.")


def flip(folder: Path) -> None:
    (path,) = IndexRoot(folder).live_folder().glob("*.pst")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def test_a_new_host_builds_its_index_and_follows_changes(
    app: Flask, session: Session, make: Make, total: Total
) -> None:
    make.holding(make.title("Vulkane der Eifel"))
    keeper = IndexKeeper()
    work(app, keeper)
    assert total() == 1
    make.holding(make.title("Vulkane Islands"))
    work(app, keeper)
    assert total() == 2
    session.rollback()
    assert session.scalar(select(TitleChange.id)) is None


@pytest.mark.parametrize("damage", [lose, withdraw, flip], ids=["lost", "withdrawn", "flipped"])
def test_a_broken_index_is_built_anew_at_the_next_look(
    app: Flask, session: Session, make: Make, total: Total, damage: Callable[[Path], None]
) -> None:
    make.holding(make.title("Vulkane der Eifel"))
    keeper = IndexKeeper()
    work(app, keeper)
    damage(app_settings(app).index_folder)
    work(app, keeper)
    with app.app_context():
        assert search_engine().check().state is HealthState.READY
    assert total() == 1
    assert told(session).state == "ready"


def test_nothing_is_looked_at_between_two_looks(
    settings: Settings, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings, testing=True)
    keeper = IndexKeeper()
    work(app, keeper)
    lose(settings.index_folder)
    work(app, keeper)
    with app.app_context():
        assert search_engine().health().state is HealthState.MISSING
    seconds = time.monotonic() + settings.index_check_seconds
    monkeypatch.setattr("app.index_keeper.time.monotonic", lambda: seconds)
    work(app, keeper)
    with app.app_context():
        assert search_engine().health().state is HealthState.READY
    app.extensions[ENGINE].dispose()


def test_an_index_found_broken_by_a_change_is_built_anew_at_once(
    settings: Settings, make: Make
) -> None:
    app = create_app(settings, testing=True)
    keeper = IndexKeeper()
    work(app, keeper)
    lose(settings.index_folder)
    make.holding(make.title("Vulkane der Eifel"))
    work(app, keeper)
    with app.app_context():
        assert search_engine().search(Question(words="Vulkane")).total == 1
    app.extensions[ENGINE].dispose()


def test_a_host_the_store_forgot_starts_again(
    app: Flask, session: Session, make: Make, total: Total
) -> None:
    keeper = IndexKeeper()
    work(app, keeper)
    session.execute(delete(IndexHost))
    session.commit()
    make.holding(make.title("Vulkane der Eifel"))
    work(app, keeper)
    assert total() == 1


def test_a_host_killed_between_registering_and_rebuilding_rebuilds_when_it_returns(
    app: Flask, session: Session, make: Make, total: Total
) -> None:
    work(app, IndexKeeper())
    session.execute(delete(IndexHost))
    session.commit()
    make.holding(make.title("Vulkane der Eifel"))
    with app.app_context():
        enlist_host()
    work(app, IndexKeeper())
    assert total() == 1


def test_notes_wait_while_another_process_writes(
    app: Flask,
    settings: Settings,
    session: Session,
    make: Make,
    total: Total,
) -> None:
    keeper = IndexKeeper()
    work(app, keeper)
    make.holding(make.title("Vulkane der Eifel"))
    app.extensions[EXTENSION] = WhooshEngine(settings.index_folder, lock_wait=0.1)
    with IndexRoot(settings.index_folder).writing(0), app.app_context():
        assert not keeper.step()
    assert told(session).fault
    work(app, keeper)
    assert total() == 1
    assert not told(session).fault


def test_notes_wait_while_the_disk_is_full(
    app: Flask, session: Session, make: Make, total: Total, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    keeper = IndexKeeper()
    work(app, keeper)
    make.holding(make.title("Vulkane der Eifel"))
    with monkeypatch.context() as patched, app.app_context():
        patched.setattr("search_index.whoosh_files.row", full)
        with pytest.raises(IndexWriteError):
            keeper.step()
    assert "No space left" in told(session).fault
    work(app, keeper)
    assert total() == 1
    assert not told(session).fault


def test_a_title_that_cannot_be_indexed_costs_nobody_the_index(
    app: Flask, make: Make, total: Total, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_arguments: object) -> NoReturn:
        raise ZeroDivisionError

    make.holding(make.title("Vulkane der Eifel"))
    keeper = IndexKeeper()
    work(app, keeper)
    make.holding(make.title("Vulkane Islands"))
    with monkeypatch.context() as patched, app.app_context():
        patched.setattr("search_index.whoosh_files.row", stumble)
        with pytest.raises(IndexUnavailableError):
            keeper.step()
    assert total() == 1


class TestNight:
    """The index is tidied once a day, by each host for itself."""

    @pytest.fixture(autouse=True)
    def _last_night(self, app: Flask, session: Session, make: Make) -> None:
        keeper = IndexKeeper()
        work(app, keeper)
        for number in range(3):
            make.holding(make.title(f"Vulkane {number}"))
            work(app, keeper)
        session.execute(update(IndexHost).values(tidied_on=MONDAY - timedelta(days=1)))
        session.commit()

    @pytest.fixture
    def hour(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        return lambda hour: monkeypatch.setattr("app.index_keeper.hour_of_day", lambda: hour)

    def test_small_segments_are_made_one(
        self, app: Flask, session: Session, total: Total, hour: Callable[[int], None]
    ) -> None:
        hour(2)
        work(app, IndexKeeper())
        assert told(session).tidied_on == MONDAY - timedelta(days=1)
        hour(3)
        work(app, IndexKeeper())
        live = IndexRoot(app_settings(app).index_folder).live_folder()
        assert len(list(live.glob("*.trm"))) == 1
        assert total() == 3
        assert told(session).tidied_on == MONDAY

    def test_what_differs_from_the_store_is_mended(
        self, app: Flask, session: Session, make: Make, total: Total, hour: Callable[[int], None]
    ) -> None:
        make.holding(make.title("Vulkane Islands"))
        session.execute(delete(TitleChange))
        session.commit()
        hour(4)
        work(app, IndexKeeper())
        assert total() == 4


def test_a_host_keeps_its_name(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        name = index_host()
        monkeypatch.setattr("app.search_engine.socket.gethostname", lambda: "renamed")
        assert index_host() == name
