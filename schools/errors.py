"""What can go wrong with people, accounts and centres; `app.errors` gives each its page."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class SchoolError(Exception):
    """Parent of every error of this package."""


class NotFoundError(SchoolError):
    """Nothing of that kind answers to that key, or it lies outside the asker's scope."""

    def __init__(self, what: str, key: object) -> None:
        """Name what was looked for and the key that found nothing."""
        super().__init__(f"no {what} {key}")
        self.what = what
        self.key = key


class LinkDeadError(SchoolError):
    """A mailed link is unknown, used or too old; which of them is nobody's business."""


class TooManyAttemptsError(SchoolError):
    """Too many failed attempts; the next one is heard at `until`."""

    def __init__(self, until: datetime) -> None:
        """Carry the instant, aware and in UTC."""
        super().__init__(f"too many attempts, wait until {until.isoformat()}")
        self.until = until


class RefusedError(SchoolError):
    """The rules forbid this act; nothing was written."""

    def __init__(self, reasons: tuple[StrEnum, ...]) -> None:
        """Carry every reason, in the order the page shows them."""
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class ChangedMeanwhileError(SchoolError):
    """Somebody else saved the same thing since it was opened for editing."""

    def __init__(self, current: Mapping[str, object], changed_at: datetime) -> None:
        """Carry what is stored now and when it was stored, an aware UTC instant."""
        super().__init__(f"changed meanwhile: {', '.join(current)}")
        self.current = dict(current)
        self.changed_at = changed_at
