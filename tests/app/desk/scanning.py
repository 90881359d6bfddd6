"""Scans over HTTP, as a plain form, as our script sends them, and as a program does."""

from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.make import Make

JSON = {"Accept": "application/json"}
OURS = {"X-Fragment": "desk"}


@dataclass
class HttpDesk:
    """Somebody at a browser; what makers read is let go before each request, as SQLite asks."""

    make: Make
    client: FlaskClient

    def scan(self, *codes: str) -> None:
        """Scan some codes one after another."""
        for code in codes:
            self.send("/desk/scan", code=code)

    def asked(self, code: str, **fields: str) -> dict[str, Any]:
        """Scan as a program does; returns what it is answered."""
        answer: dict[str, Any] = self.send(
            "/desk/scan", headers=JSON, code=code, **fields
        ).get_json()
        return answer

    def send(self, path: str, headers: Any = None, **fields: object) -> TestResponse:
        """Send a form with a fresh key."""
        self.make.session.rollback()
        data = {"idem": uuid4().hex, **fields}
        return self.client.post(path, data=data, headers=headers)

    def page(self, path: str = "/desk") -> str:
        """Open a page and return its text."""
        self.make.session.rollback()
        return text_of(self.client.get(path))

    def status(self, path: str) -> int:
        """Open a page and return its status."""
        self.make.session.rollback()
        return self.client.get(path).status_code


def text_of(answer: TestResponse) -> str:
    """Return an answer's text as people read it."""
    return unescape(answer.get_data(as_text=True))
