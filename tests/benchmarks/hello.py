"""The measure of this machine: a bare Flask page under gunicorn with two workers."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from flask import Flask

from tests.benchmarks.load import Asking, NoFigureError, Reader, get
from tests.serving import free_port

WORKERS = 2
START_SECONDS = 15
ROOT = Path(__file__).parents[2]


def make_hello() -> Flask:
    """Return an application that says hello."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app


@contextmanager
def saying_hello() -> Iterator[Asking]:
    """Serve the page, and give what asks for it."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "gunicorn"), f"--workers={WORKERS}"]
    command += [f"--bind=127.0.0.1:{port}", "--log-level=error"]
    command.append("tests.benchmarks.hello:make_hello()")
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_until_up(port)
        yield Asking(port, [Reader([get("/")])])
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_until_up(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.05)  # nothing tells a port from outside that it opened
        else:
            return
        finally:
            connection.close()
    raise NoFigureError("gunicorn does not answer")
