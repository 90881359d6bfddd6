"""One setting chooses where the search index lies."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.index_keeper import IndexKeeper
from app.search_engine import SHARED_INDEX, search_engine
from app.sessions import ENGINE
from app.settings import SearchEngineKind, Settings, SettingsError, read_settings
from catalogue.models.change import IndexHost, TitleChange
from search_index.engine import Question
from search_index.postgres_engine import PostgresEngine
from search_index.whoosh_engine import WhooshEngine
from tests.conftest import leave_out
from tests.make import Make
from tests.stores import POSTGRES_URL, Stores

POSTGRES = "postgresql+psycopg://reader@127.0.0.1/none"


@pytest.fixture(autouse=True)
def _midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    """No nightly tidying, which would mend what a test looks for."""
    monkeypatch.setattr("app.index_keeper.hour_of_day", lambda: 0)


@pytest.fixture
def postgres_url(stores: Stores, tmp_path: Path) -> Iterator[str]:
    if not POSTGRES_URL:
        leave_out("postgres", "MEDIENBRUECKE_TEST_POSTGRES names no server")
    with stores.fresh("postgres", tmp_path) as url:
        yield url


@pytest.fixture
def session(hosts: tuple[Flask, Flask]) -> Iterator[Session]:
    """On the store that the hosts share."""
    with Session(hosts[0].extensions[ENGINE]) as session:
        yield session


@pytest.fixture
def hosts(postgres_url: str, tmp_path: Path) -> Iterator[tuple[Flask, Flask]]:
    """Two hosts with data folders of their own and one store, which has the index."""
    apps = []
    for name in ("first", "second"):
        variables = {
            "MEDIENBRUECKE_DATA": str(tmp_path / name),
            "MEDIENBRUECKE_DATABASE_URL": postgres_url,
            "MEDIENBRUECKE_SEARCH_ENGINE": "postgres",
        }
        apps.append(create_app(read_settings(variables), testing=True))
    first, second = apps
    yield first, second
    for app in apps:
        app.extensions[ENGINE].dispose()


def work(app: Flask, keeper: IndexKeeper) -> None:
    """All that waits."""
    busy = True
    while busy:
        with app.app_context():
            busy = keeper.step()


def total(app: Flask) -> int:
    with app.app_context():
        return search_engine().search(Question(words="Vulkane")).total


def chosen(settings: Settings) -> object:
    app = create_app(settings, testing=True)
    with app.app_context():
        return type(search_engine())


def faults_of(tmp_path: Path, **variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        read_settings({"MEDIENBRUECKE_DATA": str(tmp_path / "data"), **variables})
    return refused.value.faults


def test_the_setting_chooses_the_engine(settings: Settings) -> None:
    in_postgres = replace(settings, search_engine=SearchEngineKind.POSTGRES, database_url=POSTGRES)

    assert chosen(settings) is WhooshEngine
    assert chosen(in_postgres) is PostgresEngine


def test_an_index_in_postgres_needs_a_store_in_postgres(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, MEDIENBRUECKE_SEARCH_ENGINE="postgres")

    assert "MEDIENBRUECKE_DATABASE_URL" in fault
    settings = read_settings(
        {
            "MEDIENBRUECKE_DATA": str(tmp_path / "data"),
            "MEDIENBRUECKE_SEARCH_ENGINE": "postgres",
            "MEDIENBRUECKE_DATABASE_URL": POSTGRES,
        }
    )
    assert settings.search_engine is SearchEngineKind.POSTGRES


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, MEDIENBRUECKE_SEARCH_ENGINE="tantivy")

    assert fault == "MEDIENBRUECKE_SEARCH_ENGINE is neither whoosh nor postgres."


@pytest.mark.postgres
def test_hosts_share_one_index_and_one_set_of_notes(
    hosts: tuple[Flask, Flask], session: Session
) -> None:
    first, second = hosts
    make = Make(session)
    keepers = {app: IndexKeeper() for app in hosts}
    make.holding(make.title("Vulkane der Eifel"))
    for app, keeper in keepers.items():
        work(app, keeper)
    assert total(first) == total(second) == 1

    make.holding(make.title("Vulkane Islands"))
    session.rollback()
    assert session.scalars(select(IndexHost.name)).all() == [SHARED_INDEX]
    assert session.scalar(select(TitleChange.id)) is not None

    session.rollback()
    work(second, keepers[second])
    assert total(first) == total(second) == 2
    assert not session.scalars(select(TitleChange.id)).all()
