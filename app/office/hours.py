"""Opening hours as people write them: “8–12, 14:00–17:30 Uhr”."""

import re
from collections.abc import Iterable
from datetime import time

from loans.rules.calendar import Hours

SEPARATORS = re.compile(r"[,;\n]|\bund\b|\band\b")
STRETCH = re.compile(
    r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:uhr|h)?\s*(?:-|–|—|bis|to)\s*"
    r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:uhr|h)?"
)


def parse_hours(text: str) -> tuple[Hours, ...] | None:
    """Read stretches of hours; empty for none, None if any part is not understood."""
    found = []
    for part in SEPARATORS.split(text.casefold()):
        if not part.strip():
            continue
        match = STRETCH.fullmatch(part.strip())
        stretch = None if match is None else _stretch(*match.groups())
        if stretch is None:
            return None
        found.append(stretch)
    return tuple(found)


def hours_text(hours: Iterable[Hours]) -> str:
    """Return stretches of hours as they stand on pages: “8:00–12:00, 14:00–17:30”."""
    return ", ".join(f"{_clock(each.opens)}–{_clock(each.closes)}" for each in hours)


def _stretch(opens: str, minutes: str | None, closes: str, more: str | None) -> Hours | None:
    try:
        return Hours(time(int(opens), int(minutes or 0)), time(int(closes), int(more or 0)))
    except ValueError:
        return None


def _clock(value: time) -> str:
    return f"{value.hour}:{value.minute:02}"
