"""Fixtures every test may use: a store on disk, its session, and makers of rows in it.

A test marked `both_stores` runs on SQLite and on PostgreSQL, any other on SQLite. Where a server
or a browser is missing the test is left out and the run says so; named in
MEDIENBRUECKE_TEST_REQUIRE (comma-separated: postgres, browser, faketime) it fails instead.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalogue.changes import watch_titles
from database.engine import make_engine
from tests.browser import CHROMIUM, launched
from tests.make import Make
from tests.quicker import spare_repetition
from tests.stores import POSTGRES_URL, Stores

spare_repetition()
settings.register_profile("house", deadline=None)
settings.load_profile("house")

REQUIRED = frozenset(os.environ.get("MEDIENBRUECKE_TEST_REQUIRE", "").split(","))
LEFT_OUT = "LEFT OUT: "
"""Begins the reason of a test that is left out; several workers tell it by their reports."""


def leave_out(what: str, how: str) -> None:
    """Skip the test, or fail it where `what` is required."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required here, but {how}", pytrace=False)
    pytest.skip(f"{LEFT_OUT}tests of {what}: {how}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `both_stores` on each kind of store."""
    if "store_kind" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_stores") is not None
        postgres = pytest.param("postgres", marks=pytest.mark.postgres)
        metafunc.parametrize("store_kind", ["sqlite", postgres] if both else ["sqlite"])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, so that nobody takes silence for success."""
    reasons = Counter(
        str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())
    )
    for reason, number in sorted(reasons.items()):
        if LEFT_OUT in reason:
            line = reason[reason.index(LEFT_OUT) :]
            terminalreporter.write_line(f"{line} ({number} tests)", yellow=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The run's browser; its windows are each test's own."""
    if not CHROMIUM:
        leave_out("browser", "Chromium is not installed (apt install chromium)")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    stores = Stores(tmp_path_factory.mktemp("stores"))
    yield stores
    stores.close()


@pytest.fixture
def store_url(stores: Stores, store_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh store, on disk, so that several processes can open it."""
    if store_kind == "postgres" and not POSTGRES_URL:
        leave_out("postgres", "MEDIENBRUECKE_TEST_POSTGRES names no server")
    with stores.fresh(store_kind, tmp_path) as url:
        yield url


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = make_engine(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    watch_titles(Session)
    with Session(engine) as session:
        yield session


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)
