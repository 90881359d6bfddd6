"""Sums of money in the reader's language; for pages and letters alike."""

from decimal import Decimal

from flask_babel import format_currency

CENTS = 100


def euros(cents: int) -> str:
    """Return an amount in the reader's language, cents only if there are any."""
    pattern = "#,##0.00 ¤" if cents % CENTS else "#,##0 ¤"
    return str(
        format_currency(Decimal(cents) / CENTS, "EUR", format=pattern, currency_digits=False)
    )
