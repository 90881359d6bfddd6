"""Codes by which a class opens a medium or a list without an account."""

from datetime import date

from schools.rules.school_year import school_year_of

ALPHABET = "34679CDFHJKMNPQRTVWXY"
"""No two that look alike in print or by hand, and no vowels, so that no code is a word."""

DIGITS = 12
CODES = len(ALPHABET) ** DIGITS
"""How many there are: more than 52 random bits."""

GROUP = 4
MOST_CODES = 300
"""Living codes of one account."""

_PARTED_BY = str.maketrans("", "", " -–\t\u00a0")


def class_code(random_number: int) -> str:
    """Return the code that stands for a random number below `CODES`.

    Source:
        docs/rules.md, Lending 3.6.
    """
    digits = []
    for _ in range(DIGITS):
        random_number, place = divmod(random_number, len(ALPHABET))
        digits.append(ALPHABET[place])
    return "".join(reversed(digits))


def read_code(text: str) -> str | None:
    """Return the code that somebody typed, in whatever case and groups; None if it is none."""
    code = text.upper().translate(_PARTED_BY)
    if len(code) != DIGITS or not set(code) <= set(ALPHABET):
        return None
    return code


def in_groups(code: str) -> str:
    """Return a code as people read and copy it: three groups of four."""
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def code_ends_on(today: date) -> date:
    """Return the last day of a code made today: 31 July, the end of the school year.

    Source:
        docs/rules.md, Lending 3.6.
    """
    return school_year_of(today).last
