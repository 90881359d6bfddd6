"""A change is searchable a moment after its commit: one process, a worker apart, several hosts."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalogue.models.change import IndexHost, TitleChange
from database.unit_of_work import unit_of_work
from search_index.hosts import ABSENCE
from search_index.rebuild import verify
from search_index.whoosh_engine import WhooshEngine
from tests.effort import SOAK, times
from tests.make import Make
from tests.searching import rename, search, seconds_until_found, wait_for_the_index
from tests.serving import Client, serving, working

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("in_step")]

MOST_SECONDS = 1.0 if SOAK else 5.0
"""From the commit to the first search that finds it; a busy machine of CI is given longer."""

ROUNDS = times(ci=2, soak=30)
PATIENCE = 30.0
SETTINGS = {"index_check_seconds": "1"}

log = logging.getLogger(__name__)


@pytest.fixture
def title_id(make: Make) -> int:
    """A title that a centre holds."""
    title = make.title("Vulkane")
    make.holding(title)
    title_id = title.id
    make.session.rollback()
    return title_id


def measure(client: Client, session: Session, title_id: int) -> None:
    """Change a title over and over; every change must be found in time, and stay found."""
    taken = []
    for number in range(ROUNDS):
        word = f"Gipfel{number:03}"
        rename(session, title_id, f"Vulkane {word}")
        taken.append(seconds_until_found(client, word, title_id, MOST_SECONDS))
        assert all(search(client, word).title_ids == {title_id} for _ in range(4))
    log.info("seconds from commit to search: %s", " ".join(f"{each:.2f}" for each in taken))


def waiting(session: Session) -> int:
    counted = session.scalar(select(func.count(TitleChange.id))) or 0
    session.rollback()
    return counted


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def test_in_one_process(session: Session, title_id: int, store_url: str, data: Path) -> None:
    with serving(data, store_url, SETTINGS) as server:
        client = Client(server.port)
        wait_for_the_index(client)
        measure(client, session, title_id)


def test_with_two_processes_and_a_worker_apart(
    session: Session, title_id: int, store_url: str, data: Path
) -> None:
    settings = SETTINGS | {"processes": "2"}
    with (
        serving(data, store_url, settings, options=["--no-worker"]) as server,
        working(data, store_url, settings),
    ):
        client = Client(server.port)
        wait_for_the_index(client)
        measure(client, session, title_id)


def test_two_hosts_on_one_store_each_keep_an_index(
    session: Session, title_id: int, store_url: str, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir(mode=0o700)
    one, two = folders
    with serving(one, store_url, SETTINGS) as first:
        with serving(two, store_url, SETTINGS) as second:
            clients = [Client(first.port), Client(second.port)]
            for client in clients:
                wait_for_the_index(client)
            rename(session, title_id, "Vulkane Gipfel")
            for client in clients:
                seconds_until_found(client, "Gipfel", title_id, PATIENCE)
        _away_for_a_week(session, two)
        rename(session, title_id, "Vulkane Gletscher")
        seconds_until_found(clients[0], "Gletscher", title_id, PATIENCE)
        _wait(lambda: waiting(session) == 0)
        assert session.scalar(select(func.count(IndexHost.id))) == 1
        session.rollback()
        with serving(two, store_url, SETTINGS) as returned:
            seconds_until_found(Client(returned.port), "Gletscher", title_id, PATIENCE)
    for folder in folders:
        assert verify(session, WhooshEngine(folder / "index")).count == 0


def _away_for_a_week(session: Session, folder: Path) -> None:
    """Let a host have been seen last a week ago, and wait until the others have noticed."""
    name = (folder / "index_host").read_text().strip()
    named = IndexHost.name == name
    with unit_of_work(session):
        seen = session.scalars(select(IndexHost.seen_at).where(named)).one()
        long_ago = seen - ABSENCE - timedelta(seconds=10)
        session.execute(update(IndexHost).where(named).values(seen_at=long_ago))
    _wait(lambda: _gone(session, named))


def _gone(session: Session, named: Any) -> bool:
    found = session.scalar(select(IndexHost.id).where(named))
    session.rollback()
    return found is None


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # another process works; nothing tells us but the store
