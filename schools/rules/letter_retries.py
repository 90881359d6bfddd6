"""When a letter that could not be sent is tried again."""

from datetime import datetime, timedelta

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=4),
    timedelta(hours=24),
)


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when a letter that failed `tries` times is tried again; None: not any more.

    Source:
        docs/rules.md, Accounts 1.9.
    """
    return now + WAITS[tries - 1] if 1 <= tries <= len(WAITS) else None
