"""A mail server of the tests' own, on this machine only."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as SmtpSession

from tests.serving import free_port

USER = "medienbruecke"
PASSWORD = "geheim-beim-postamt"


class Postbox:
    """A mail server's memory; can be slow, or say no."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"
        self.logins: list[tuple[str, str]] = []
        self.encrypted: list[bool] = []
        self.busy = Event()
        self.free = Event()
        self.free.set()

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, to: str, _options: Any
    ) -> str:
        if to.startswith("nobody@"):
            return "550 no such mailbox"
        if to.startswith("full@"):
            return "452 mailbox full"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: SMTP, session: SmtpSession, envelope: Envelope
    ) -> str:
        self.encrypted.append(session.ssl is not None)
        self.busy.set()
        self.free.wait(20)
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.letters.append(message_from_bytes(content, policy=policy.default))
        return self.answer

    def knows(
        self, _server: SMTP, _session: SmtpSession, _envelope: Envelope, _how: str, given: Any
    ) -> AuthResult:
        """Say whether a login is right; aiosmtpd asks."""
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == (USER, PASSWORD), handled=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 that nobody but the test trusts."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def make_certificate(folder: Path) -> Certificate:
    """Make one by the openssl command; it holds for a day."""
    made = Certificate(folder / "post.pem", folder / "post.key")
    kind = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(made.key), "-out", str(made.file)]
    command = ["openssl", "req", "-x509", *kind.split(), *names, *files]
    subprocess.run(command, check=True, capture_output=True)
    return made


@contextmanager
def post_office(postbox: Postbox, certificate: Certificate | None = None) -> Iterator[int]:
    """Run the server; gives its port. With a certificate it wants STARTTLS and a login."""
    options: dict[str, Any] = {}
    if certificate is not None:
        options = {
            "tls_context": certificate.context(),
            "require_starttls": True,
            "auth_required": True,
            "authenticator": postbox.knows,
        }
    port = free_port()
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
