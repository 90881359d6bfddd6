"""What the office's lists share: the page asked for, and the reach of its visitor."""

from dataclasses import dataclass

from app.visitor import actor
from schools.rules.roles import Right, Scope

ROWS = 50


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of a list is shown, of how many."""

    page: int
    last: int


def pages_of(page: int, total: int) -> Pages:
    """Return which of how many pages is shown."""
    return Pages(page, max(1, -(-total // ROWS)))


def office_scope() -> Scope:
    """Return how far the visitor's office reaches."""
    return actor().scope(Right.MANAGE_CENTRE)
