"""Six kinds of damage to a served installation's index: found in time, healed while it answers."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from catalogue.models.change import IndexHost
from catalogue.models.title import Title
from search_index.index_root import IndexRoot
from search_index.rebuild import verify
from search_index.whoosh_engine import WhooshEngine
from tests.conftest import leave_out
from tests.effort import SOAK
from tests.make import Make
from tests.searching import rename, search, seconds_until_found, wait_for_the_index
from tests.serving import COMMAND, Client, Server, serving

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("damage")]

CHECK_SECONDS = 1
MOST_SECONDS = CHECK_SECONDS + (4.0 if SOAK else 25.0)
"""From the damage to the healed index; a busy machine of CI is given longer."""

TITLES = 40
SEARCHERS = 3
DISK = "2m"
"""Of the index on the small disk: room for a handful of indexes of 40 titles."""

SETTINGS = {"index_check_seconds": str(CHECK_SECONDS)}
ON_A_SMALL_DISK = (
    "unshare",
    "--mount",
    *(() if os.getuid() == 0 else ("--map-root-user",)),
    "sh",
    "-c",
    f'mount -t tmpfs -o size={DISK},mode=700 index "$INDEX_FOLDER" && exec "$@"',
    "sh",
)
"""A mount that only the server sees and that ends with it."""


@dataclass
class Searchers:
    """Browsers that ask for one title after the other until told to stop.

    Attributes:
        statuses: of all answers.
        limited: how many came from the store, and said so.
    """

    port: int
    statuses: list[int] = field(default_factory=list)
    limited: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def searching(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(SEARCHERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.done.set()
            for thread in threads:
                thread.join()

    def _ask(self, number: int) -> None:
        client = Client(self.port)
        while not self.done.is_set():
            number = (number + 7) % TITLES
            page = search(client, f"Gipfel{number:03}")
            self.statuses.append(page.status)
            self.limited += page.limited


@dataclass
class Served:
    """A running installation, its index folder as this process sees it, and its store."""

    server: Server
    index: Path
    session: Session
    make: Make

    def told(self, column: InstrumentedAttribute[Any]) -> Any:
        """What the worker told last of the one host."""
        found = self.session.scalar(select(column))
        self.session.rollback()
        return found

    def differences(self) -> int:
        return verify(self.session, WhooshEngine(self.index)).count

    def live(self) -> Path:
        return IndexRoot(self.index).live_folder()

    def largest(self, pattern: str) -> Path:
        return max(self.live().glob(pattern), key=lambda path: path.stat().st_size)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "index").mkdir(mode=0o700, parents=True)
    folder.chmod(0o700)
    return folder


@pytest.fixture
def catalogue(make: Make) -> Make:
    for number in range(TITLES):
        make.holding(make.title(f"Vulkane Gipfel{number:03}"))
    make.session.rollback()
    return make


@pytest.fixture
def served(catalogue: Make, store_url: str, data: Path) -> Iterator[Served]:
    with serving(data, store_url, SETTINGS) as server:
        wait_for_the_index(Client(server.port))
        served = Served(server, data / "index", catalogue.session, catalogue)
        for _ in range(2):  # a second look finds nothing new: only its turn has a file read again
            wait_for_a_look(served)
        yield served


def wait_for_a_look(served: Served) -> None:
    """Wait until the worker has looked for damage once more."""
    deadline = time.monotonic() + MOST_SECONDS
    before = served.told(IndexHost.checked_at)
    while served.told(IndexHost.checked_at) == before:
        assert time.monotonic() < deadline
        time.sleep(0.05)  # the worker tells the store


def delete(served: Served) -> None:
    for path in served.index.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def truncate(served: Served) -> None:
    path = served.largest("*.pst")
    os.truncate(path, path.stat().st_size // 2)


def lose_a_segment(served: Served) -> None:
    segment = served.largest("*.trm").stem
    for path in served.live().glob(f"{segment}.*"):
        path.unlink()


def flip_bytes(served: Served) -> None:
    """As a dying disk does: neither size nor time of the file tells."""
    path = served.largest("*.pst")
    before = path.stat()
    data = bytearray(path.read_bytes())
    for place in range(0, len(data), 16):
        data[place] ^= 0xFF
    with path.open("r+b") as file:
        file.write(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("damage", [delete, truncate, lose_a_segment, flip_bytes])
def test_damage_is_found_and_healed_while_search_goes_on(
    served: Served, damage: Callable[[Served], None]
) -> None:
    searchers = Searchers(served.server.port)
    before = served.told(IndexHost.rebuilt_at)
    with searchers.searching():
        damage(served)
        begun = time.monotonic()
        while served.told(IndexHost.rebuilt_at) == before:
            assert time.monotonic() - begun < MOST_SECONDS, served.server.log.read_text()[-2000:]
            time.sleep(0.05)  # the worker tells the store
        title = rename_one(served)
        seconds_until_found(Client(served.server.port), "Gletscher", title, MOST_SECONDS)
    assert set(searchers.statuses) == {HTTPStatus.OK}
    assert served.differences() == 0


def test_a_lock_left_by_a_killed_writer_holds_nobody_up(served: Served) -> None:
    locks = [served.index / "writer.lock", served.live() / "MAIN_WRITELOCK"]
    with holding(locks):
        pass
    assert all(path.exists() for path in locks)

    title = rename_one(served)

    seconds_until_found(Client(served.server.port), "Gletscher", title, MOST_SECONDS)
    assert served.differences() == 0


def test_a_lock_that_is_held_is_told_and_holds_up_no_search(served: Served) -> None:
    searchers = Searchers(served.server.port)
    with searchers.searching():
        with holding([served.index / "writer.lock"]):
            title = rename_one(served)
            wait_for_fault(served, "Another process", MOST_SECONDS + 10)
        seconds_until_found(Client(served.server.port), "Gletscher", title, MOST_SECONDS)
    assert set(searchers.statuses) == {HTTPStatus.OK}
    assert searchers.limited == 0
    wait_for_fault(served, "", MOST_SECONDS)
    assert served.differences() == 0


@pytest.mark.parametrize("broken", [False, True], ids=["whole", "broken"])
def test_a_full_disk_is_told_and_healed_when_there_is_room_again(
    catalogue: Make, store_url: str, data: Path, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    """A whole index goes on answering; a broken one cannot be rebuilt, and the store answers."""
    if subprocess.run(["unshare", *ON_A_SMALL_DISK[1:-4], "true"], check=False).returncode:
        leave_out("mounts", "no private mount may be made here")
    monkeypatch.setenv("INDEX_FOLDER", str(data / "index"))
    command = [*ON_A_SMALL_DISK, str(COMMAND)]
    with serving(data, store_url, SETTINGS, command) as server:
        client = Client(server.port)
        wait_for_the_index(client)
        seen = Path(f"/proc/{server.process.pid}/root") / (data / "index").relative_to("/")
        served = Served(server, seen, catalogue.session, catalogue)
        searchers = Searchers(server.port)
        with searchers.searching():
            fill_up(seen / "ballast")
            if broken:
                truncate(served)
            title = rename_one(served)
            wait_for_fault(served, "No space left", MOST_SECONDS)
            wait_for_answers(client, MOST_SECONDS, limited=broken)
            (seen / "ballast").unlink()
            seconds_until_found(client, "Gletscher", title, MOST_SECONDS + 30)
        assert set(searchers.statuses) == {HTTPStatus.OK}
        assert broken or searchers.limited == 0
        wait_for_fault(served, "", MOST_SECONDS)
        assert served.differences() == 0


def rename_one(served: Served) -> int:
    """Give the first title another name; returns its id."""
    title_id = served.session.scalar(select(func.min(Title.id))) or 0
    rename(served.session, title_id, "Gletscher")
    return title_id


def wait_for_fault(served: Served, words: str, most: float) -> None:
    """Wait until the office is told of a fault with these words, or of none."""
    deadline = time.monotonic() + most
    while True:
        fault: str = served.told(IndexHost.fault) or ""
        if words in fault if words else not fault:
            return
        assert time.monotonic() < deadline, fault or served.server.log.read_text()[-2000:]
        time.sleep(0.05)  # the worker tells the store


def wait_for_answers(client: Client, most: float, *, limited: bool) -> None:
    """Wait until the store answers, or the index."""
    deadline = time.monotonic() + most
    while search(client, "Vulkane").limited is not limited:
        assert time.monotonic() < deadline
        time.sleep(0.05)  # the worker finds it at its next look


@contextmanager
def holding(paths: list[Path]) -> Iterator[None]:
    """Let another process hold locks during the block; then it is killed."""
    command = [sys.executable, "-c", HOLD, *map(str, paths)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == b"held\n"
            yield
        finally:
            holder.kill()


HOLD = """
import fcntl, sys, time
files = [open(path, "w") for path in sys.argv[1:]]
for file in files:
    fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


def fill_up(path: Path) -> None:
    """Leave no byte free on the disk of a file."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
