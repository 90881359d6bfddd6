"""The folder of an index: numbered folders, the name of the live one, and the writer's lock."""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from search_index.errors import IndexBusyError, IndexUnavailableError

OWNER_ONLY = 0o700
LOCK_PAUSE = 0.05
"""Seconds between two tries for the lock."""

WITHDRAWN = "withdrawn: "
"""Stands before the reason in place of the live folder's name."""

Stamp = tuple[int, int]


class IndexRoot:
    """Where an index lies; readable by its owner only."""

    def __init__(self, path: Path) -> None:
        """Take the folder, made when something is first written."""
        self._path = path
        self._live_file = path / "live"

    def live_folder(self) -> Path:
        """Return the folder of the live index.

        Raises:
            IndexUnavailableError: there is none yet.
        """
        try:
            name = self._live_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise IndexUnavailableError("There is no index yet.") from error
        if name.startswith(WITHDRAWN):
            raise IndexUnavailableError(name.removeprefix(WITHDRAWN))
        if not name.isdigit():
            raise IndexUnavailableError("The name of the live index is damaged.")
        return self._path / name

    def live_stamp(self) -> Stamp | None:
        """Return what changes whenever another folder goes live; None without a live one."""
        return stamp_of(self._live_file)

    def new_folder(self) -> Path:
        """Make an empty folder beside the live one, numbered after all there are.

        Room is made first: what a killed writer left goes, and so does an index withdrawn.
        """
        numbers = [int(each.name) for each in self._folders()]
        self.sweep()
        folder = self._path / f"{max(numbers, default=0) + 1:08}"
        folder.mkdir(mode=OWNER_ONLY)
        return folder

    def go_live(self, folder: Path) -> None:
        """Make a folder the live one in one step, then remove the others."""
        self._name_live(folder.name)
        self.sweep()

    def withdraw(self, fault: str) -> None:
        """Let no process read the live folder any more, and each say why; the disk may be full."""
        if not self._live_file.exists():
            return
        try:
            self._name_live(WITHDRAWN + " ".join(fault.split()))
        except OSError:
            with suppress(OSError):
                self._live_file.unlink()

    def sweep(self) -> None:
        """Remove every folder but the live one; by whoever holds the writer's lock."""
        try:
            live = self.live_folder()
        except IndexUnavailableError:
            live = None
        for folder in self._folders():
            if folder != live:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def writing(self, wait: float) -> Iterator[None]:
        """Hold the one writer's lock; a process that dies lets go of it.

        Args:
            wait: seconds to wait for another writer.

        Raises:
            IndexBusyError: another writer was still at it.
        """
        self._path.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        self._path.chmod(OWNER_ONLY)
        with (self._path / "writer.lock").open("w") as lock:
            _acquire(lock.fileno(), time.monotonic() + wait)
            yield

    def _name_live(self, name: str) -> None:
        fresh = self._live_file.with_suffix(".new")
        fresh.write_text(name, encoding="utf-8")
        fresh.replace(self._live_file)

    def _folders(self) -> list[Path]:
        return [each for each in self._path.iterdir() if each.is_dir() and each.name.isdigit()]


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes whenever a file is replaced; None if there is no such file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _acquire(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise IndexBusyError("Another process is writing the index.") from None
            time.sleep(LOCK_PAUSE)
        else:
            return
