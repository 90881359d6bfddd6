"""Scans that come late, from a desk that had no connection: when they were, and if they count."""

from datetime import datetime, timedelta

AT_ONCE = timedelta(seconds=30)
"""What comes within this time was scanned now."""

OLDEST = timedelta(days=7)
"""Older scans are told and not acted on: nobody knows any more what they were about."""

LONGEST_WAIT = timedelta(days=366)


def own_instant(scanned: datetime, sent: datetime, now: datetime) -> datetime | None:
    """Return when a scan was, by our clock; None if it came at once.

    A browser's clock may be wrong, the time between two of its readings is not. The instant never
    lies in the future.

    Args:
        scanned: when it was scanned, by the browser's clock.
        sent: when it was sent, by the same clock.
        now: when it came, by ours.

    Source:
        docs/rules.md, Lending 8.7.
    """
    waited = min(sent - scanned, LONGEST_WAIT)
    return None if waited <= AT_ONCE else now - waited


def is_too_old(scanned: datetime, now: datetime) -> bool:
    """Say whether a scan is too old to be acted on.

    Source:
        docs/rules.md, Lending 8.7.
    """
    return now - scanned > OLDEST
