"""The real server: it starts, works off what is owed, and ends when told."""

import gc
import os
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.serve import server_options
from app.settings import Settings
from app.worker import Worker
from database.unit_of_work import unit_of_work
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.operations.owe import Addressee, Letter, owe
from tests.serving import COMMAND, Client, environment, serving

pytestmark = pytest.mark.slow


def test_the_server_works_off_letters_and_ends_quickly(
    store_url: str, tmp_path: Path, session: Session
) -> None:
    with unit_of_work(session):
        letter = Letter(LetterKind.BARRIER_REPORTED, "one", {"text": "x"})
        owe(
            session, letter, Addressee("ada@example.org"), datetime.now(UTC) - timedelta(minutes=1)
        )
    data = tmp_path / "data"
    data.mkdir()
    with serving(data, store_url) as server:
        deadline = time.monotonic() + 10
        state = None
        while time.monotonic() < deadline and state is not LetterState.KEPT:
            session.rollback()
            state = session.scalar(select(OwedLetter.state))
            time.sleep(0.05)  # nothing tells from outside that it was worked off
        assert state is LetterState.KEPT
        assert Client(server.port).get("/login").status == 200
        begun = time.monotonic()
        os.kill(server.process.pid, signal.SIGTERM)
        assert server.process.wait(15) == 0
        assert time.monotonic() - begun < 8
    assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("with_worker", [True, False])
def test_the_collector_of_garbage_passes_over_what_stays_in_a_process(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, *, with_worker: bool
) -> None:
    """Looking through it would stop every scan of the process for a fifth of a second."""
    monkeypatch.setattr(Worker, "start", lambda _worker: None)
    begin = server_options(settings, "127.0.0.1:0", with_worker=with_worker)["post_worker_init"]
    begin(SimpleNamespace(wsgi=None))
    kept = gc.get_freeze_count()
    gc.unfreeze()
    assert kept > len(gc.get_objects(0))


def test_a_worker_of_its_own_ends_when_told(store_url: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    process = subprocess.Popen(
        [COMMAND, "worker"], env=environment(data, store_url, {}), stderr=subprocess.PIPE
    )
    heartbeat = data / "worker.heartbeat"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not heartbeat.exists():
        time.sleep(0.05)  # nothing tells from outside that it began
    assert heartbeat.exists()
    process.terminate()
    _out, errors = process.communicate(timeout=15)
    assert process.returncode == 0
    assert b"Traceback" not in errors
