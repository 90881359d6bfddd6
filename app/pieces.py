"""The pieces of a box as a form counts them."""

from flask import request

PART = "part-"
MOST_DIGITS = 6
LONGEST_KEY = 9


def counted_pieces() -> dict[int, int]:
    """Return the counted pieces by part; a box left unticked is not sent and counts as 0."""
    listed = (name for name in request.form.getlist("listed") if _is_number(name, LONGEST_KEY))
    return {int(name): _number(request.form.get(f"{PART}{name}", "0")) for name in listed}


def _number(text: str) -> int:
    return int(text) if _is_number(text, MOST_DIGITS) else 0


def _is_number(text: str, most_digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most_digits
