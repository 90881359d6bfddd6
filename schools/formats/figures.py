"""Reads sums of money and days as German tables write them."""

import re
from datetime import date

CENTS_PER_EURO = 100

_COMMA = re.compile(r"(\d{1,9}|\d{1,3}(?:\.\d{3}){1,2}),(\d{1,2})", re.ASCII)
_POINT = re.compile(r"(\d{1,9})\.(\d{1,2})", re.ASCII)
_WHOLE = re.compile(r"(\d{1,9}|\d{1,3}(?:\.\d{3}){1,2})()", re.ASCII)
_CURRENCY = re.compile(r"^(?:€|EUR)\s*|\s*(?:€|EUR)$", re.IGNORECASE)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00)?)?", re.ASCII)


def parse_cents(text: str) -> int | None:
    """Read a sum of money: "1.234,50", "12,5", "12.50", "1.234 €"; None when it is none.

    A point before three digits parts thousands; before one or two it is a decimal point.

    Returns:
        Cents, 0 or more.
    """
    amount = _CURRENCY.sub("", text.strip())
    for pattern in (_COMMA, _POINT, _WHOLE):
        match = pattern.fullmatch(amount)
        if match is not None:
            euros = int(match[1].replace(".", ""))
            return euros * CENTS_PER_EURO + int(match[2].ljust(2, "0"))
    return None


def parse_day(text: str) -> date | None:
    """Read a day: "1.8.2026", "01.08.2026" or "2026-08-01"; None when there is no such day."""
    german = _GERMAN_DAY.fullmatch(text.strip())
    if german is not None:
        return _day(int(german[3]), int(german[2]), int(german[1]))
    iso = _ISO_DAY.fullmatch(text.strip())
    return _day(int(iso[1]), int(iso[2]), int(iso[3])) if iso is not None else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
