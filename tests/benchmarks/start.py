"""How soon after its start the server answers, and how much memory it then takes."""

import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure, at_most
from tests.benchmarks.installation import HOST, SETTINGS, Installation, installed, signed_in
from tests.benchmarks.load import NoFigureError
from tests.benchmarks.pages import searches, title_pages
from tests.benchmarks.processes import memory_of_group
from tests.benchmarks.stock import LARGE, PASSWORD
from tests.serving import Client, start

LONGEST_SECONDS = 30
STARTS = 3


def figures(folder: Path) -> Iterator[Figure]:
    """Start a server of one process on the large store; the slowest of some starts counts."""
    installation = installed(folder, LARGE)
    measured = [_start(installation) for _ in range(STARTS)]
    yield at_most("first page after the start", max(each[0] for each in measured), "s", 4)
    yield at_most("memory of the server", max(each[1] for each in measured), "MB", 250)


def _start(installation: Installation) -> tuple[float, float]:
    """Return seconds until the first page, and megabytes after some more pages."""
    began = time.perf_counter()
    server = start(installation.folder, installation.store_url, SETTINGS)
    try:
        _first_page(server.port)
        seconds = time.perf_counter() - began
        reader = signed_in(server.port, installation.stock.teacher, PASSWORD)
        for path in [*searches(), *title_pages(installation.stock)]:
            reader.get(path)
        return seconds, memory_of_group(server.process.pid)
    finally:
        server.stop()


def _first_page(port: int) -> None:
    reader = Client(port, host=HOST)
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        try:
            if reader.get("/search").status == 200:
                return
        except OSError:
            time.sleep(0.02)  # nothing tells a port from outside that it opened
    raise NoFigureError(f"no page within {LONGEST_SECONDS} s")
