"""Works off what is owed: index notes, letters, jobs, the nightly run. One a host, by a lock."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, request

from app.index_keeper import IndexKeeper
from app.job_kinds import JOB_KINDS
from app.jobs import run_next_job
from app.nightly import queue_nightly
from app.outbox import send_next_letter
from app.security import SAFE_METHODS
from app.settings import Settings, current_settings
from app.worker_lock import worker_lock

log = logging.getLogger(__name__)

EXTENSION = "medienbruecke_worker"
PAUSE_SECONDS = 0.25
"""How long an idle duty waits before it looks again."""

LONGEST_PAUSE_SECONDS = 30.0
HEARTBEAT_SECONDS = 5.0
SECONDS_BETWEEN_NIGHTLY_LOOKS = 60.0
STOP_SECONDS = 10.0
SWITCH_SECONDS = 0.0005
"""How long the worker computes before a request of its process may go on; Python's own: ten times.

A request gives way at every statement, and would wait so long after each.
"""

Step = Callable[[], bool]
"""Does one piece of work in an application context; says whether more may wait."""


class Worker:
    """Does each duty in a thread of its own, so that a slow mail server delays no index."""

    def __init__(self, app: Flask) -> None:
        """Take the application; nothing runs yet."""
        self._app = app
        self._stopping = threading.Event()
        self._bell = threading.Condition()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of this process."""
        self._app.extensions[EXTENSION] = self
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask every duty to end after its present piece of work, and wait a while for it."""
        self._stopping.set()
        self.wake()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def wake(self) -> None:
        """Let idle duties look at once."""
        with self._bell:
            self._bell.notify_all()

    def run(self) -> None:
        """Work until stopped; wait while another process of this host works."""
        settings = self._settings()
        while not self._stopping.is_set():
            with worker_lock(settings) as ours:
                if ours:
                    self._work(settings.data / "worker.heartbeat")
            self._stopping.wait(1)

    def _work(self, heartbeat: Path) -> None:
        duties: dict[str, Step] = {
            "index": IndexKeeper().step,
            "letters": send_next_letter,
            "jobs": JobDuty().step,
        }
        threads = [
            threading.Thread(target=self._repeat, args=(step,), name=f"worker-{name}", daemon=True)
            for name, step in duties.items()
        ]
        for thread in threads:
            thread.start()
        while not self._stopping.is_set():
            heartbeat.touch()
            self._stopping.wait(HEARTBEAT_SECONDS)
        for thread in threads:
            thread.join(STOP_SECONDS)

    def _repeat(self, step: Step) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                with self._app.app_context():
                    busy = step()
                failures = 0
            except Exception:  # a duty must outlive whatever one piece of work does to it
                log.exception("the worker stumbled")
                busy, failures = False, failures + 1
            if not busy:
                self._rest(min(PAUSE_SECONDS * 2**failures, LONGEST_PAUSE_SECONDS))

    def _rest(self, seconds: float) -> None:
        with self._bell:
            if not self._stopping.is_set():
                self._bell.wait(seconds)

    def _settings(self) -> Settings:
        with self._app.app_context():
            return current_settings()


class JobDuty:
    """Does jobs, and sees to it once a minute that tonight's run is among them."""

    def __init__(self) -> None:
        """Look at the first step."""
        self._looked_at = float("-inf")

    def step(self) -> bool:
        """Do the oldest job that waits."""
        if time.monotonic() - self._looked_at > SECONDS_BETWEEN_NIGHTLY_LOOKS:
            queue_nightly()
            self._looked_at = time.monotonic()
        return run_next_job(JOB_KINDS)


def wake_after_writes(app: Flask) -> None:
    """Wake the worker of this process, if it runs here, after each request that may owe work."""

    def ring(_error: BaseException | None) -> None:
        worker: Worker | None = app.extensions.get(EXTENSION)
        if worker is not None and request.method not in SAFE_METHODS:
            worker.wake()

    app.teardown_request(ring)
