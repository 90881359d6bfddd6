"""Numbers and days that an address names; what is neither is let go."""

from datetime import date

from flask import request

from app.dates import YEARS

MOST_DIGITS = 9


def number_named(name: str) -> int | None:
    """Return a number of at most nine digits from the address, or None."""
    text = request.args.get(name, "")
    fits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if fits else None


def day_named(name: str) -> date | None:
    """Return a day from the address, one of `app.dates.YEARS`, or None."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if day.year in YEARS else None
