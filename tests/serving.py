"""The real server in a process of its own, and plain clients that talk to it over HTTP."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.preloaded import Forked, start_preloaded

COMMAND = Path(sys.executable).parent / "medienbruecke"
PRELOADED: Sequence[str] = ("preloaded",)
START_SECONDS = 60
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Server:
    """One running installation."""

    process: subprocess.Popen[bytes] | Forked
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it without a chance to tidy up, with everything it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, store_url: str, settings: Mapping[str, str]) -> dict[str, str]:
    """Variables for an installation in `data` on a store; `settings` as in docs/settings.md."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("MEDIENBRUECKE_")
    }
    named = {f"MEDIENBRUECKE_{name.upper()}": value for name, value in settings.items()}
    return (
        kept | {"MEDIENBRUECKE_DATA": str(data), "MEDIENBRUECKE_DATABASE_URL": store_url} | named
    )


def start(
    data: Path,
    store_url: str,
    settings: Mapping[str, str] | None = None,
    command: Sequence[str] = (str(COMMAND),),
    options: Sequence[str] = (),
) -> Server:
    """Start the server and return at once; `wait_until_up` tells when it answers.

    With `PRELOADED` for a command its modules were loaded before.
    """
    port = free_port()
    log = data / "server.log"
    variables = environment(data, store_url, settings or {}) | {"PORT": str(port)}
    if command is PRELOADED:
        return Server(start_preloaded(["serve", *options], variables, log), port, log)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [*command, "serve", *options],
            env=variables,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    return Server(process, port, log)


def wait_until_up(server: Server, seconds: float = START_SECONDS) -> None:
    """Wait for the first answer.

    Raises:
        AssertionError: it ended, or did not answer in time; with the end of its log.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if Client(server.port).get("/health").status:
                return
        except OSError:
            time.sleep(0.05)  # nothing tells a port from outside that it opened
    raise AssertionError(server.log.read_text()[-4000:])


@contextmanager
def serving(
    data: Path,
    store_url: str,
    settings: Mapping[str, str] | None = None,
    command: Sequence[str] = (str(COMMAND),),
    options: Sequence[str] = (),
) -> Iterator[Server]:
    """A server that is up, and is gone afterwards; a preloaded one is not asked to tidy up."""
    server = start(data, store_url, settings, command, options)
    try:
        wait_until_up(server)
        yield server
    finally:
        if command is PRELOADED:
            server.kill()
        server.stop()


@contextmanager
def working(
    data: Path, store_url: str, settings: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, gone afterwards."""
    with (data / "worker.log").open("ab") as sink:
        process = subprocess.Popen(
            [COMMAND, "worker"],
            env=environment(data, store_url, settings or {}),
            stdout=sink,
            stderr=sink,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One browser without a screen: keeps its cookies and its form token.

    `host` is what it believes to talk to, where the server answers to its public name only.
    """

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    host: str = ""

    def get(self, path: str, *, accept: str = "text/html") -> Answer:
        return self._ask("GET", path, None, {"Accept": accept})

    def post(
        self, path: str, fields: Mapping[str, object], *, accept: str = "application/json"
    ) -> Answer:
        """Post a form with the token of the last page and, if none is given, a fresh `idem`."""
        sent = {"csrf_token": self.token, "idem": uuid4().hex} | dict(fields)
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(sent, doseq=True), headers)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in through the form, and read a form token for what follows."""
        self._read_token("/login")
        answer = self.post("/login", {"name": name, "password": password}, accept="text/html")
        assert answer.status in {302, 303}, answer.text[:2000]
        self._read_token("/profile")

    def identity(self) -> dict[str, str]:
        """Return the headers that say who asks whom."""
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {name: text for name, text in (("Host", self.host), ("Cookie", pairs)) if text}

    def _read_token(self, path: str) -> None:
        found = TOKEN.search(self.get(path).text)
        assert found is not None, f"no form token on {path}"
        self.token = found.group(1)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = headers | self.identity()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
            for line in response.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: item.value for name, item in SimpleCookie(line).items()}
        finally:
            connection.close()
        return answer
