"""What becomes of a record that is imported."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The four things that can happen; every record read comes to exactly one."""

    IMPORTED = "imported"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """One record and what became of it.

    Attributes:
        number: its place in the file, counted from 1 (record or line).
        key: the record's own number, such as a Schulnummer.
        outcome: what happened.
        reason: code of the refusal; empty unless refused.
        detail: what exactly, such as the value found; at most 300 characters.
    """

    number: int
    key: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""
