"""Starts `medienbruecke` in a process of its own without loading its modules anew each time.

Loading takes two seconds of the three until a server answers, and the journeys start a hundred.
One process loads them and waits for wishes on its standard input; each wish is a fork that sets
its own variables, session and log, and runs the command as the command line does. Code that is
loaded must not have read the environment before; `app.settings` reads it when it is asked.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import IO, Any

ROOT = Path(__file__).parents[1]


class Forked:
    """A process that another of ours forked; to its starter much like a `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        """Take the process's number, which is that of its session and group as well."""
        self.pid = pid

    def poll(self) -> int | None:
        """Return None while it runs; how it ended is not known."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            subprocess.TimeoutExpired: it still runs after so many seconds.
        """
        deadline = None if timeout is None else monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            sleep(0.01)
        return 0


class _Starter:
    """The process that has loaded everything, begun when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self, wish: Mapping[str, Any]) -> int:
        """Have a wish fulfilled; returns the number of the process that does."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.preloaded"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            atexit.register(self._process.kill)
        sent, answers = self._process.stdin, self._process.stdout
        if sent is None or answers is None:
            raise TypeError("not a process with pipes")
        print(json.dumps(wish), file=sent, flush=True)
        return int(answers.readline())


_starter = _Starter()


def start_preloaded(arguments: Sequence[str], variables: Mapping[str, str], log: Path) -> Forked:
    """Start the command with these arguments and this environment; it writes to the log's end."""
    wish = {"arguments": [*arguments], "variables": {**variables}, "log": str(log)}
    return Forked(_starter.start(wish))


def _fulfil(wishes: IO[str]) -> None:
    from app.commands.main import main  # noqa: PLC0415  # loaded here, not by the tests
    from app.factory import create_app  # noqa: PLC0415
    from app.settings import read_settings  # noqa: PLC0415
    from tests.quicker import spare_repetition  # noqa: PLC0415

    spare_repetition()
    with TemporaryDirectory() as folder:  # what is compiled once is there for every fork
        create_app(read_settings({"MEDIENBRUECKE_DATA": folder}))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever ends is gone at once
    for line in wishes:
        wish = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become(wish)
            main()
            raise SystemExit
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become(wish: Mapping[str, Any]) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(wish["variables"])
    log = os.open(str(wish["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, source in enumerate((nothing, log, log)):
        os.dup2(source, number)
    sys.argv = ["medienbruecke", *wish["arguments"]]


if __name__ == "__main__":
    _fulfil(sys.stdin)
