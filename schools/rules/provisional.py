"""How long somebody may borrow whom the desk took in and the school has not confirmed."""

from datetime import date, timedelta

LASTS = timedelta(days=28)


def last_day(first: date) -> date:
    """Return the last day of a provisional membership that begins on `first`, included.

    Source:
        docs/rules.md, Accounts 1.10.
    """
    return first + LASTS
