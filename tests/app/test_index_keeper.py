"""The index follows the store, and comes back when it is lost."""

import shutil
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import index_keeper
from app.index_keeper import IndexKeeper
from app.search_engine import index_host, search_engine
from app.settings import Settings
from catalogue.models.change import IndexHost, TitleChange
from search_index.engine import HealthState, Question
from tests.make import Make

Total = Callable[[], int]


@pytest.fixture
def total(app: Flask) -> Total:
    """How many titles a search for volcanoes finds."""

    def total() -> int:
        with app.app_context():
            return search_engine().search(Question(words="Vulkane")).total

    return total


def work(app: Flask, keeper: IndexKeeper) -> None:
    """All that waits."""
    busy = True
    while busy:
        with app.app_context():
            busy = keeper.step()


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


def test_a_lost_index_is_built_anew(
    app: Flask,
    settings: Settings,
    make: Make,
    total: Total,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make.holding(make.title("Vulkane der Eifel"))
    keeper = IndexKeeper()
    work(app, keeper)
    shutil.rmtree(settings.index_folder)
    settings.index_folder.mkdir(mode=0o700)
    with app.app_context():
        assert search_engine().health().state is not HealthState.READY
    monkeypatch.setattr(index_keeper, "SECONDS_BETWEEN_LOOKS", 0.0)
    work(app, keeper)
    assert total() == 1


def test_a_host_the_store_forgot_starts_again(
    app: Flask, session: Session, make: Make, total: Total, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = IndexKeeper()
    work(app, keeper)
    session.execute(delete(IndexHost))
    session.commit()
    make.holding(make.title("Vulkane der Eifel"))
    monkeypatch.setattr(index_keeper, "SECONDS_BETWEEN_CHECKS", 0.0)
    with app.app_context():
        keeper.step()
    assert total() == 1


def test_a_host_keeps_its_name(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        name = index_host()
        monkeypatch.setattr("app.search_engine.socket.gethostname", lambda: "renamed")
        assert index_host() == name
