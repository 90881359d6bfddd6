"""Media numbers of the German media centres: seven digits, the first two tell the kind."""

import re
from dataclasses import dataclass

_MEDIA_NUMBER = re.compile(r"([0-9]{2})[ \-]?([0-9]{5})(?:[ \-/]([0-9A-Za-z]{1,6}))?")
_SCHOOL_BROADCAST = ("428", "429")


@dataclass(frozen=True, slots=True)
class MediaNumber:
    """A media number taken apart.

    Attributes:
        digits: the seven digits without blanks; the first may be 0.
        copy: a local suffix that tells the copy, empty if there is none.
    """

    digits: str
    copy: str = ""

    @property
    def prefix(self) -> str:
        """The two digits that tell the media type."""
        return self.digits[:2]


def parse_media_number(text: str) -> MediaNumber | None:
    """Return the media number in a text such as «46 02345», «4602345» or «4602345-02».

    None if it is none.

    Source:
        docs/rules.md, Imports 3.2.
    """
    match = _MEDIA_NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    prefix, rest, copy = match.groups(default="")
    return MediaNumber(prefix + rest, copy)


def is_school_broadcast(number: MediaNumber) -> bool:
    """Say whether the number is that of a recorded school broadcast, whose rights run out.

    Source:
        docs/rules.md, Imports 3.2; § 47 UrhG.
    """
    return number.digits.startswith(_SCHOOL_BROADCAST)
