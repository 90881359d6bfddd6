"""kill -9 of whoever writes the catalogue and of whoever writes its index, at any moment."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.index_keeper import IndexKeeper
from app.sessions import ENGINE
from app.settings import read_settings
from catalogue.models.change import IndexHost
from search_index.rebuild import verify
from search_index.whoosh_engine import WhooshEngine
from tests.effort import times
from tests.make import MONDAY, Make
from tests.serving import environment

pytestmark = [pytest.mark.both_stores, pytest.mark.slow, pytest.mark.xdist_group("crowds")]

ROUNDS = times(ci=2, soak=20)
"""On each of the two databases."""
TITLES = 60

WRITING = """
import random, sys
from datetime import UTC, datetime
from sqlalchemy import select
from sqlalchemy.orm import Session
from catalogue.changes import watch_titles
from catalogue.models.title import Title
from database.engine import make_engine
from database.unit_of_work import unit_of_work

watch_titles(Session)
with Session(make_engine(sys.argv[1])) as session:
    ids = session.scalars(select(Title.id)).all()
    while True:
        with unit_of_work(session):
            for title_id in random.sample(ids, random.randrange(1, 4)):
                session.get_one(Title, title_id).name = f"Vulkane {random.randrange(10**6)}"
            now = datetime.now(UTC)
            if random.random() < 0.2:
                session.add(Title(name="Neu", media_type="film", created_at=now, changed_at=now))
        print("written", flush=True)
"""
"""Changes the catalogue as fast as the store lets it."""

FOLLOWING = """
from app.factory import create_app
from app.index_keeper import IndexKeeper

keeper, app = IndexKeeper(), create_app()
while True:
    with app.app_context():
        keeper.step()
    print("stepped", flush=True)
"""
"""The index duty of the worker, without a pause."""

MERGING = """
from app.factory import create_app
from app.index_work import catch_up, enlist_host
from app.search_engine import search_engine

app = create_app()
while True:
    with app.app_context():
        catch_up(enlist_host())
        search_engine().merge()
    print("merged", flush=True)
"""

REBUILDING = """
from app.factory import create_app
from app.index_work import enlist_host, make_anew

app = create_app()
while True:
    with app.app_context():
        make_anew(enlist_host())
    print("rebuilt", flush=True)
"""

WORKS = (FOLLOWING, MERGING, REBUILDING)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@contextmanager
def killed_amidst(scripts: Sequence[str], data: Path, store_url: str) -> Iterator[None]:
    """Run processes; when each has told of its first work the block runs, then all are killed."""
    variables = environment(data, store_url, {"today": MONDAY.isoformat()})
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", script, store_url],
            env=variables,
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        )
        for script in scripts
    ]
    try:
        for process in running:
            assert process.stdout
            assert process.stdout.readline(), f"ended with {process.wait()}"
        yield
        assert [process.poll() for process in running] == [None] * len(running)
    finally:
        for process in running:
            process.kill()
        for process in running:
            process.communicate()


def come_back(data: Path, store_url: str) -> None:
    """Do what a worker does that starts after the crash, until nothing waits."""
    app = create_app(
        read_settings(
            {
                "MEDIENBRUECKE_DATA": str(data),
                "MEDIENBRUECKE_DATABASE_URL": store_url,
                "MEDIENBRUECKE_TODAY": MONDAY.isoformat(),
            }
        ),
        testing=True,
    )
    keeper = IndexKeeper()
    while _step(app, keeper):
        pass
    app.extensions[ENGINE].dispose()


def _step(app: Flask, keeper: IndexKeeper) -> bool:
    with app.app_context():
        return keeper.step()


def test_no_kill_leaves_a_difference_between_index_and_store(
    make: Make, session: Session, store_url: str, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.index_keeper.hour_of_day", lambda: 0)  # nothing mended at night
    for number in range(TITLES):
        make.title(f"Vulkane {number}")
    session.rollback()
    come_back(data, store_url)
    for round_ in range(ROUNDS):
        work = WORKS[round_ % len(WORKS)]
        with killed_amidst([WRITING, work], data, store_url):
            time.sleep(random.uniform(0, 0.6))  # any moment is as good as another

        come_back(data, store_url)

        found = verify(session, WhooshEngine(data / "index"))
        assert found.count == 0, (round_, found)
    folders = [each for each in (data / "index").iterdir() if each.is_dir()]
    assert len(folders) <= 2
    assert session.scalars(select(IndexHost.fault)).one() == ""
