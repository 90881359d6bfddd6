"""International numbers of books and goods, checked by their check digit."""

import re

_SEPARATORS = re.compile(r"[\s\-‐‑–.]")
_ISBN_10 = re.compile(r"[0-9]{9}[0-9X]")
_BOOKLAND = "978"
_EAN_LENGTHS = (8, 12, 13)
_EAN_LENGTH = 13


def standard_number(text: str) -> str | None:
    """Return the thirteen-digit number in a text, or None if its check digit does not fit.

    ISBN-10, ISBN-13, EAN-13, EAN-8 and UPC-12 are understood, with hyphens or blanks and with
    a remark behind («3-406-39888-X (Gewebe)»). An EAN-8 keeps its eight digits.

    Source:
        ISO 2108 (ISBN), GS1 General Specifications 7.9 (check digit of GTINs).
    """
    number = _digits_at_front(text)
    if _ISBN_10.fullmatch(number):
        return _isbn_13(number) if _isbn_10_fits(number) else None
    if len(number) not in _EAN_LENGTHS or not number.isdigit() or not _ean_fits(number):
        return None
    return number.zfill(_EAN_LENGTH) if len(number) == _EAN_LENGTH - 1 else number


def ean_check_digit(payload: str) -> int:
    """Return the digit 0-9 that makes `payload` (digits only) a valid EAN or ISBN-13.

    Source:
        GS1 General Specifications 7.9.
    """
    weights = (3, 1)
    total = sum(int(digit) * weights[place % 2] for place, digit in enumerate(reversed(payload)))
    return -total % 10


def _digits_at_front(text: str) -> str:
    number = ""
    for word in text.strip().split():
        part = _SEPARATORS.sub("", word).upper()
        if not re.fullmatch(r"[0-9]+X?", part):
            break
        number += part
    return number


def _isbn_10_fits(number: str) -> bool:
    values = (10 if sign == "X" else int(sign) for sign in number)
    weighted = (weight * value for weight, value in zip(range(10, 0, -1), values, strict=True))
    return sum(weighted) % 11 == 0


def _isbn_13(isbn_10: str) -> str:
    payload = _BOOKLAND + isbn_10[:9]
    return f"{payload}{ean_check_digit(payload)}"


def _ean_fits(number: str) -> bool:
    return ean_check_digit(number[:-1]) == int(number[-1])
