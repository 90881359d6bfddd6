"""What the office's lists share: the page asked for, and the reach of its visitor."""

from dataclasses import dataclass

from flask import request

from app.visitor import actor
from schools.rules.roles import Right, Scope

ROWS = 50
MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of a list is shown, of how many."""

    page: int
    last: int


def asked_page() -> int:
    """Return the page the address asks for, from 1; anything else is the first."""
    text = request.args.get("page", "1")
    fits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return max(1, int(text)) if fits else 1


def pages_of(page: int, total: int) -> Pages:
    """Return which of how many pages is shown."""
    return Pages(page, max(1, -(-total // ROWS)))


def office_scope() -> Scope:
    """Return how far the visitor's office reaches."""
    return actor().scope(Right.MANAGE_CENTRE)
