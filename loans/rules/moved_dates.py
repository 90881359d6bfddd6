"""Which dates a new closure moves, and which stay although their day is closed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Stays(StrEnum):
    """Why a date on a day that closes is not moved."""

    KEEP = "keep"
    """The terms leave ends on closed days where they are."""
    LICENCE = "licence"
    """The licence ends before the next open day."""
    NOT_NEEDED = "not_needed"
    """Whoever waits does not need it any more by then."""
    NO_OPEN_DAY = "no_open_day"


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a date: a later day, or why it stays."""

    to: date | None
    stays: Stays | None = None


def move(
    next_open: date | None,
    *,
    keeps: bool = False,
    licensed_until: date | None = None,
    not_after: date | None = None,
) -> Move:
    """Decide about a date that lies on a day which closes; dates before today never come here.

    It moves forward to an open day. Where that would pass the licence's end or a person's own
    last day it stays, for staff to settle: neither may be passed, and moving it back would make
    somebody late who never agreed to it.

    Args:
        next_open: the next open day; None if there is none in a year.
        keeps: the rule of the terms is to keep ends on closed days.
        licensed_until: last day of the licence that covers the date; None without end.
        not_after: a person's own «not needed after».

    Source:
        docs/rules.md, Lending 1.7, 2.5 and 7.1.
    """
    if keeps:
        return Move(None, Stays.KEEP)
    if next_open is None:
        return Move(None, Stays.NO_OPEN_DAY)
    if licensed_until is not None and next_open > licensed_until:
        return Move(None, Stays.LICENCE)
    if not_after is not None and next_open > not_after:
        return Move(None, Stays.NOT_NEEDED)
    return Move(next_open)
