"""An empty index of each kind of engine we have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from database.engine import make_engine
from search_index.engine import SearchEngine
from search_index.postgres_engine import PostgresEngine
from search_index.whoosh_engine import WhooshEngine
from tests.conftest import leave_out
from tests.stores import POSTGRES_URL, Stores

ENGINES = ["whoosh", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def index_folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, index_folder: Path) -> SearchEngine:
    """An empty index of each engine."""
    index: SearchEngine
    if request.param == "postgres":
        index = request.getfixturevalue("postgres_index")
    else:
        index = WhooshEngine(index_folder, lock_wait=1.0)
    index.rebuild([], 0)
    return index


@pytest.fixture(scope="session")
def index_database_url(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL database for indexes, one after another."""
    if not POSTGRES_URL:
        leave_out("postgres", "MEDIENBRUECKE_TEST_POSTGRES names no server")
    with stores.fresh("postgres", tmp_path_factory.mktemp("index")) as url:
        yield url


@pytest.fixture
def postgres_index(index_database_url: str) -> Iterator[PostgresEngine]:
    """The PostgreSQL engine, on a database that may hold the index of an earlier test."""
    engine = make_engine(index_database_url)
    yield PostgresEngine(engine, lock_wait=1.0)
    engine.dispose()
