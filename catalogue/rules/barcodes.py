"""What a scanned or typed text may mean, and which number the next copy gets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from urllib.parse import unquote

LONGEST_SCAN = 200
"""Characters; a label's address is well below, a longer text was never a label."""

MOST_LETTERS = 8
"""Letters of a code that are looked up in every combination of cases, 256 at most."""

MOST_WORDS = 5
"""Words of a longer code that are looked up in the three usual cases, 243 combinations."""

FEWEST_DIGITS = 6
HIGHEST_NUMBER = 9_999_999
"""Our own barcodes have six digits, seven from 1,000,000 on."""


class CodeKind(StrEnum):
    """What a code stands for, told by its prefix."""

    COPY = "copy"
    PERSON = "person"
    BOOKING = "booking"
    TOUR_BOX = "tour_box"
    COMMAND = "command"
    UNMARKED = "unmarked"
    """No prefix of ours: a barcode or inventory number of an earlier system, or a card."""


KIND_OF_PREFIX = {
    "MZ-": CodeKind.COPY,
    "P-": CodeKind.PERSON,
    "R-": CodeKind.BOOKING,
    "B-": CodeKind.TOUR_BOX,
    "CMD-": CodeKind.COMMAND,
}
COPY_PREFIX = "MZ-"

_ADDRESS = re.compile(r"/x/([^/?#\s]+)", re.IGNORECASE)
_OWN_BARCODE = re.compile(r"MZ-([0-9]{6,7})")
_MANGLED = re.compile(r"https?.{3}.*[-&]x[-&]([^-&?#\s]+)$", re.IGNORECASE)
"""An address whose signs another keyboard layout turned: ``https://`` into ``httpsÖ--``."""

_WORDS = re.compile(r"[^\W\d_]+|[\W\d_]+")
"""Runs of letters, and what stands between them."""

_LETTERS_SWAPPED = str.maketrans("yzYZ", "zyZY")
_SIGNS_SWAPPED = str.maketrans("ß-", "-ß")
_SLASH_FOR_HYPHEN = str.maketrans("/", "-")
"""What a German scanner's hyphen becomes on an English keyboard."""


class NumbersUsedUpError(ValueError):
    """There is no seven-digit number left to propose."""


@dataclass(frozen=True, slots=True)
class Code:
    """One reading of a scan.

    Attributes:
        kind: what the prefix says.
        text: the code to look up; in capitals where it has a prefix of ours, as scanned where
            it has none.
    """

    kind: CodeKind
    text: str


def readings(scanned: str) -> tuple[Code, ...]:
    """Return what a scan may mean, the plain reading first.

    Each further reading is to be looked up only after a miss of all before it: the text in
    capitals, then as a keyboard of the other layout would have typed it (y for z, ß or / for -),
    then what stands at the end of an address that such a keyboard mangled.

    Args:
        scanned: what the scanner typed; blanks around it are let go, and of a label's address
            (`https://.../x/<barcode>`) only the barcode stays.

    Returns:
        Different codes; none for an empty or overlong scan.

    Source:
        docs/rules.md, Lending 8.0.
    """
    if len(scanned) > LONGEST_SCAN:
        return ()
    text = _without_address("".join(filter(str.isprintable, scanned)).strip())
    return tuple(dict.fromkeys(_code(candidate) for candidate in _candidates(text)))


def spellings(text: str) -> frozenset[str]:
    """Return the texts that a code may read which was scanned in another case.

    All of them where it has few letters; of a longer one with few words those in which each word
    is in small letters, in capitals or begins with one; else small letters and capitals
    throughout. Their number is bounded whatever the text, and an index finds each.

    Source:
        docs/rules.md, Lending 8.0.
    """
    signs = [_cases(sign) for sign in text]
    if sum(len(cases) > 1 for cases in signs) <= MOST_LETTERS:
        return frozenset(map("".join, product(*signs)))
    words = [_usual_cases(piece) for piece in _WORDS.findall(text)]
    if sum(len(cases) > 1 for cases in words) <= MOST_WORDS:
        return frozenset(map("".join, product(*words)))
    return frozenset({text.lower(), _in_capitals(text)})


def _cases(sign: str) -> frozenset[str]:
    """Return a sign, and what it is in the other case where that is one sign, as not of ß."""
    return frozenset(each for each in (sign, sign.swapcase()) if len(each) == 1)


def _usual_cases(piece: str) -> frozenset[str]:
    small, capitals = piece.lower(), _in_capitals(piece)
    return frozenset({small, capitals, capitals[:1] + small[1:]})


def barcode_number(barcode: str) -> int | None:
    """Return the number in a barcode of ours; None for any other text."""
    match = _OWN_BARCODE.fullmatch(barcode)
    return int(match.group(1)) if match else None


def next_barcodes(highest: int, count: int) -> tuple[str, ...]:
    """Return the `count` barcodes that follow.

    Args:
        highest: the highest number given so far, 0 if none was.
        count: how many are wanted, at least 0.

    Returns:
        Barcodes in ascending order.

    Raises:
        NumbersUsedUpError: fewer than `count` numbers are left.
    """
    if highest + count > HIGHEST_NUMBER:
        raise NumbersUsedUpError(f"no {count} numbers after {highest}")
    return tuple(
        f"{COPY_PREFIX}{number:0{FEWEST_DIGITS}d}"
        for number in range(highest + 1, highest + count + 1)
    )


def _without_address(text: str) -> str:
    match = _ADDRESS.search(text)
    return unquote(match.group(1)).strip() if match else text


def _candidates(text: str) -> Iterator[str]:
    if not text:
        return
    yield from _layouts(text)
    mangled = _MANGLED.search(text)
    if mangled:
        yield from _layouts(mangled.group(1))


def _layouts(text: str) -> Iterator[str]:
    for signs in (text, *_signs(text)):
        for typed in (signs, signs.translate(_LETTERS_SWAPPED)):
            yield typed
            yield _in_capitals(typed)


def _signs(text: str) -> Iterator[str]:
    yield text.translate(_SIGNS_SWAPPED)
    if "/" in text:
        yield text.translate(_SLASH_FOR_HYPHEN)


def _code(text: str) -> Code:
    capitals = _in_capitals(text)
    for prefix, kind in KIND_OF_PREFIX.items():
        if capitals.startswith(prefix) and len(capitals) > len(prefix):
            return Code(kind, capitals)
    return Code(CodeKind.UNMARKED, text)


def _in_capitals(text: str) -> str:
    # str.upper makes SS of ß, which would hide that a hyphen was meant.
    return "ß".join(piece.upper() for piece in text.replace("ẞ", "ß").split("ß"))
