"""What the office's lists share: the page asked for, and the reach of its visitor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flask import request
from werkzeug.exceptions import NotFound

from app.visitor import actor
from schools.rules.pages import last_page
from schools.rules.roles import Right, Scope

ROWS = 50


class Keyed(Protocol):
    """A thing with a key, as centres and branches are."""

    @property
    def id(self) -> int: ...  # noqa: D102


Thing = TypeVar("Thing", bound=Keyed)


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of a list is shown, of how many."""

    page: int
    last: int


def pages_of(page: int, total: int) -> Pages:
    """Return which of how many pages is shown."""
    return Pages(page, last_page(total, ROWS))


def named_among(offered: Sequence[Thing], parameter: str) -> Thing | None:
    """Return the thing whose key the address names, or the first where it names none.

    Args:
        offered: what is within reach; of nothing, None is returned.
        parameter: of the address.

    Raises:
        NotFound: what it names is not offered.
    """
    asked = request.args.get(parameter, "")
    if not asked:
        return offered[0] if offered else None
    for each in offered:
        if str(each.id) == asked:
            return each
    raise NotFound


def office_scope() -> Scope:
    """Return how far the visitor's office reaches."""
    return actor().scope(Right.MANAGE_CENTRE)
