"""What the counted parts of a box or case mean for lending it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

BRING_LATER = timedelta(days=7)
"""How long the borrower has to bring what was missing."""


class Completeness(StrEnum):
    """What a count leads to."""

    UNCOUNTED = "uncounted"
    """At least one part was not counted: no verdict yet."""
    COMPLETE = "complete"
    WITH_NOTE = "with_note"
    """Something is missing that is not critical: lendable, the next borrower is told."""
    INCOMPLETE = "incomplete"
    """A critical part is missing: not lendable."""


@dataclass(frozen=True, slots=True)
class CountedPart:
    """One kind of part and how many were found.

    Attributes:
        name: what it is.
        expected: how many belong in the box, at least 1.
        counted: how many were found; None if nobody counted. More than expected is no fault.
        critical: the box is of no use without it.
    """

    name: str
    expected: int
    counted: int | None
    critical: bool

    @property
    def missing(self) -> int:
        """How many are not there, 0 if all are or nobody counted."""
        return 0 if self.counted is None else max(0, self.expected - self.counted)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a count found.

    Attributes:
        completeness: what it means for the copy.
        missing: the parts of which some are missing, critical ones first, else as given.
    """

    completeness: Completeness
    missing: tuple[CountedPart, ...]


def verdict(parts: Iterable[CountedPart]) -> Verdict:
    """Judge a count; a copy without parts is complete.

    A part known to be missing decides even while others are uncounted, if it is critical.

    Source:
        docs/rules.md, Lending 3.2.
    """
    counted = tuple(parts)
    missing = tuple(sorted((part for part in counted if part.missing), key=_is_minor))
    return Verdict(_completeness(counted, missing), missing)


def bring_by(returned_on: date) -> date:
    """Return the last day on which a missing part can be brought without a claim.

    Source:
        docs/rules.md, Lending 3.2: a deadline of 7 days.
    """
    return returned_on + BRING_LATER


def _completeness(
    counted: tuple[CountedPart, ...], missing: tuple[CountedPart, ...]
) -> Completeness:
    if any(part.critical for part in missing):
        return Completeness.INCOMPLETE
    if any(part.counted is None for part in counted):
        return Completeness.UNCOUNTED
    return Completeness.WITH_NOTE if missing else Completeness.COMPLETE


def _is_minor(part: CountedPart) -> bool:
    return not part.critical
