"""The locks that make the worker exactly one on each host, and one who works off its notes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings


@contextmanager
def worker_lock(settings: Settings) -> Iterator[bool]:
    """Hold the lock for the block; gives False, at once, if another process holds it."""
    with _lock_path(settings).open("a") as file:
        yield _take(file.fileno())


@contextmanager
def notes_lock(settings: Settings) -> Iterator[None]:
    """Hold the lock of whoever works off index notes on this host; waits for another process."""
    with (settings.data / "notes.lock").open("a") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        yield


def worker_runs(settings: Settings) -> bool:
    """Tell whether a worker of this host holds the lock."""
    path = _lock_path(settings)
    if not path.exists():
        return False
    with path.open("a") as file:
        return not _take(file.fileno())


def _lock_path(settings: Settings) -> Path:
    return settings.data / "worker.lock"


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
