"""Keys in addresses: one that the store cannot hold leads nowhere, as any other unknown one."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

HIGHEST_KEY = 2**31 - 1


class KeyConverter(IntegerConverter):
    """Matches ``<int:…>`` up to the highest key; PostgreSQL and SQLite fail beyond theirs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Werkzeug's own
        """Take what Werkzeug gives; a rule may name a lower bound."""
        super().__init__(*args, **({"max": HIGHEST_KEY} | kwargs))


def bound_keys(app: Flask) -> None:
    """Let no address name a key beyond the highest; call it before any view is registered."""
    app.url_map.converters["int"] = KeyConverter


def as_key(value: object) -> int:
    """Return what a form says of a key as a number; 0 for nothing chosen.

    Raises:
        ValueError: no number, or one the store cannot hold.
    """
    key = int(str(value or 0))
    if not 0 <= key <= HIGHEST_KEY:
        raise ValueError(f"{key} is no key")
    return key
