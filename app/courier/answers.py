"""What the page says after a scan: kept for one further page where no script shows it at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import session as cookie

KEY = "courier_said"


@dataclass(frozen=True, slots=True)
class Said:
    """The status line: seen, heard and read out.

    Attributes:
        style: colour of the line.
        icon: its drawing.
        sound: `ok`, `again` or `no`.
        code: what was scanned.
        sentence: what came of it.
        status: of the answer to a program.
    """

    style: str
    icon: str
    sound: str
    code: str
    sentence: str
    status: int = 200


def done(code: str, sentence: str) -> Said:
    """Return a line about something done."""
    return Said("say-ok", "check-circle", "ok", code, sentence)


def again(code: str, sentence: str) -> Said:
    """Return a line about something that changed nothing, or that is asked."""
    return Said("say-again", "again", "again", code, sentence)


def refused(code: str, sentence: str, status: int = 409) -> Said:
    """Return a line about something refused."""
    return Said("say-no", "stop", "no", code, sentence, status)


def keep_for_next_page(answer: Mapping[str, Any]) -> None:
    """Remember an answer until the next page of this browser."""
    cookie[KEY] = dict(answer)


def kept_from_last_page() -> dict[str, Any] | None:
    """Return the answer to what this browser sent last, once."""
    found: dict[str, Any] | None = cookie.pop(KEY, None)
    return found
