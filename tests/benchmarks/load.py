"""Asks a server with wrk, as fast as it answers."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

CONNECTIONS = 4
SECONDS = 2
SCRIPT = Path(__file__).with_name("ask.lua")
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
FAULTS = re.compile(r"(?:Non-2xx or 3xx responses|Socket errors): .*")


class NoFigureError(Exception):
    """Nothing could be measured; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What one connection asks for, in this order and then again."""

    requests: Sequence[str]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked for.

    Attributes:
        port: of the server on this machine.
        readers: one for all connections, or one for each.
    """

    port: int
    readers: Sequence[Reader]


def get(path: str) -> str:
    """Return the request for a page, as `ask.lua` reads it."""
    return f"GET\t{path}"


def post(path: str, body: str) -> str:
    """Return the request that sends a form; ``{key}`` in it becomes a fresh key each time."""
    return f"POST\t{path}\t{body}"


def requests_a_second(asking: Asking, seconds: int = SECONDS) -> float:
    """Return how many requests a second are answered, all of them well.

    Raises:
        NoFigureError: wrk is missing, or some answers were errors.
    """
    if shutil.which("wrk") is None:
        raise NoFigureError("wrk is missing; on Debian run: apt install wrk")
    with _files(asking.readers) as files:
        command = ["wrk", f"-t{CONNECTIONS}", f"-c{CONNECTIONS}", f"-d{seconds}s"]
        command += ["-s", str(SCRIPT), f"http://127.0.0.1:{asking.port}/", "--", *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate, faults = RATE.search(done.stdout), FAULTS.search(done.stdout)
    if faults is not None:
        raise NoFigureError(f"not every answer was a good one: {faults.group().strip()}")
    if rate is None:
        raise NoFigureError(f"wrk failed: {(done.stderr or done.stdout).strip()}")
    return float(rate.group(1))


@contextmanager
def _files(readers: Sequence[Reader]) -> Iterator[list[str]]:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.txt" for number in range(len(readers))]
        for path, reader in zip(paths, readers, strict=True):
            headers = [f"{name}: {value}" for name, value in reader.headers.items()]
            path.write_text("\n".join([*headers, "", *reader.requests, ""]), "utf-8")
        yield [str(path) for path in paths]
