"""Pages of a list: which numbers are shown, and their addresses."""

from urllib.parse import urlencode

from flask import request
from werkzeug.urls import iri_to_uri

NEIGHBOURS = 2
MOST_DIGITS = 6


def asked_page() -> int:
    """Return the page the address asks for, from 1; anything else is the first."""
    text = request.args.get("page", "1")
    fits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return max(1, int(text)) if fits else 1


def page_numbers(page: int, last: int) -> list[int | None]:
    """Return the first, the last and those around `page`; None stands for a gap."""
    near = range(page - NEIGHBOURS, page + NEIGHBOURS + 1)
    wanted = sorted({1, last, *(number for number in near if 1 <= number <= last)})
    shown: list[int | None] = []
    for number in wanted:
        before = shown[-1] if shown else None
        if before is not None and number - before > 1:
            shown.append(None)
        shown.append(number)
    return shown


def page_address(number: int) -> str:
    """Return this page's address with another page number; everything else stays."""
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] != "page"]
    if number > 1:
        pairs.append(("page", str(number)))
    query = urlencode(pairs)
    return iri_to_uri(request.path) + (f"?{query}" if query else "")
