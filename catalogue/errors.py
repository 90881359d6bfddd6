"""What can go wrong with titles and copies; `app.errors` gives each its page and status."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum


class CatalogueError(Exception):
    """Parent of every error of this package."""


class NotFoundError(CatalogueError):
    """Nothing of that kind answers to that key, or it lies outside the asker's scope."""

    def __init__(self, what: str, key: object) -> None:
        """Name what was looked for and the key that found nothing."""
        super().__init__(f"no {what} {key}")
        self.what = what
        self.key = key


class DuplicateError(CatalogueError):
    """A key that must be unique is taken."""

    def __init__(self, what: str, key: object) -> None:
        """Name the kind of thing and the key that is taken."""
        super().__init__(f"{what} {key} is there already")
        self.what = what
        self.key = key


class ChangedMeanwhileError(CatalogueError):
    """Somebody else saved the same thing since it was opened for editing."""

    def __init__(
        self,
        current: Mapping[str, object],
        *,
        changed_by: str = "",
        changed_at: datetime | None = None,
    ) -> None:
        """Carry what is stored now.

        Args:
            current: the stored values by field name, only those that differ from what the
                second editor had opened.
            changed_by: who saved them; empty if nobody knows.
            changed_at: when, an aware UTC instant.
        """
        super().__init__(f"changed meanwhile: {', '.join(current)}")
        self.current = dict(current)
        self.changed_by = changed_by
        self.changed_at = changed_at


class InvalidError(CatalogueError):
    """Values that cannot be stored, each with its reason."""

    def __init__(self, faults: Mapping[str, StrEnum]) -> None:
        """Carry every fault at once, by field name."""
        super().__init__(", ".join(f"{field}: {reason}" for field, reason in faults.items()))
        self.faults = dict(faults)


class ActRefusedError(CatalogueError):
    """The rules forbid this act, for every reason named."""

    def __init__(self, reasons: tuple[StrEnum, ...]) -> None:
        """Carry every reason, in the order the page shows them."""
        super().__init__(", ".join(reasons))
        self.reasons = reasons
