"""Runs commands and looks at what processes take."""

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.installation import SETTINGS, store_url
from tests.benchmarks.load import NoFigureError
from tests.serving import COMMAND, environment

KILOBYTE = 1024
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took: seconds, and at most so many megabytes of memory at a time."""

    seconds: float
    peak_mb: float


def run(folder: Path, *arguments: str, production: bool = True) -> Run:
    """Run `medienbruecke` on the installation in a folder.

    Raises:
        NoFigureError: it was refused; with what it said.
    """
    settings = SETTINGS if production else {}
    variables = environment(folder, store_url(folder), settings)
    said = folder / "command.log"
    began = time.perf_counter()
    with said.open("wb") as sink:
        process = subprocess.Popen(
            [COMMAND, *arguments], env=variables, stdout=sink, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise NoFigureError(f"{' '.join(arguments)}: {said.read_text('utf-8')[-2000:]}")
    return Run(time.perf_counter() - began, usage.ru_maxrss * KILOBYTE / MEGABYTE)


def memory_of_group(leader: int) -> float:
    """Return the megabytes that a process and those it started take, shared pages shared out."""
    return sum(map(_own_share, _group(leader))) / MEGABYTE


def _group(leader: int) -> Iterator[Path]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and os.getpgid(int(folder.name)) == leader:
            yield folder


def _own_share(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text().splitlines():
        name, value, *_ = line.split()
        if name == "Pss:":
            return int(value) * KILOBYTE
    raise NoFigureError("the kernel tells no share of memory")
