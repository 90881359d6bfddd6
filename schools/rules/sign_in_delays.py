"""How long someone waits after failed attempts to sign in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
"""Failures older than this are forgotten."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often failing is free, and how the wait grows afterwards.

    Attributes:
        free: failures within `WINDOW` that cost nothing.
        first_wait: after the failure that used up the free ones; doubles with each further one.
        longest_wait: it never grows beyond, so nobody is locked out for good.
    """

    free: int
    first_wait: timedelta
    longest_wait: timedelta


WITH_A_NAME = Patience(10, timedelta(seconds=30), timedelta(minutes=15))
WITH_AN_ADDRESS = Patience(100, timedelta(seconds=5), timedelta(minutes=5))
"""A whole school shares one address, so this one is generous: only failures count."""

MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed attempts within `WINDOW`; `last` is the latest of them."""

    count: int
    last: datetime | None


def heard_from(failures: Failures, patience: Patience) -> datetime | None:
    """Return the instant from which the next attempt is heard; None means at once.

    Source:
        docs/rules.md, Accounts 1.3.
    """
    if failures.last is None or failures.count < patience.free:
        return None
    doublings = min(failures.count - patience.free, MOST_DOUBLINGS)
    return failures.last + min(patience.first_wait * (1 << doublings), patience.longest_wait)
