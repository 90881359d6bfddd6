"""What can go wrong in lending; `app.errors` gives each its page and status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Fact = date | int | str
"""What may stand beside a refusal, for its sentence."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One reason against a wish, with what its sentence needs.

    Attributes:
        code: a member of `Refusal`, `DayReason` or `RenewalRefusal`.
        facts: by name: `day` (the day concerned), `until` (free or allowed up to and with this
            day), `since`, `from_day` (goes from this day on), `free`, `wanted`, `limit`, `count`,
            `state`, `holding_id`, `copy_id`, `reason` (words of staff).
    """

    code: StrEnum
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)


class LoanError(Exception):
    """Parent of every error of this package."""


class NotFoundError(LoanError):
    """Nothing answers to that key."""

    def __init__(self, what: str, key: str | int) -> None:
        """Name what was looked for, as `copy` or `booking`, and the key that found nothing."""
        super().__init__(f"no {what} {key}")
        self.what = what
        self.key = key


class RefusedError(LoanError):
    """The rules forbid it; nothing was written."""

    def __init__(self, refusals: tuple[Refused, ...]) -> None:
        """Carry every reason, in the order the pages show them."""
        super().__init__(", ".join(refused.code for refused in refusals))
        self.refusals = refusals

    @property
    def codes(self) -> tuple[StrEnum, ...]:
        """The codes alone, in the same order."""
        return tuple(refused.code for refused in self.refusals)


class NoOpenDayError(LoanError):
    """The calendar of the place has no open day where one is needed.

    Source:
        docs/rules.md, Lending 1.4.
    """

    def __init__(self, near: date, searched: int) -> None:
        """Name the day the search began at and the number of days it looked at."""
        super().__init__(f"no open day within {searched} days of {near}")
        self.near = near
        self.searched = searched


class CalendarFaultError(LoanError):
    """The calendar would be impossible; nothing was written.

    Source:
        docs/rules.md, Lending 1.3.
    """

    def __init__(self, faults: tuple[object, ...]) -> None:
        """Carry every fault, as `loans.rules.calendar_faults` names them."""
        super().__init__(", ".join(map(str, faults)))
        self.faults = faults


class ImpossibleStepError(LoanError):
    """A thing in this state cannot take that step."""

    def __init__(self, what: str, state: StrEnum, step: StrEnum) -> None:
        """Name the thing, as `booking`, where it stands and what was tried."""
        super().__init__(f"a {what} that is {state} cannot {step}")
        self.what = what
        self.state = state
        self.step = step


class ChangedMeanwhileError(LoanError):
    """Somebody else changed the row since the page was shown."""

    def __init__(self, what: str, key: str | int) -> None:
        """Name the thing, as `booking`, and its key."""
        super().__init__(f"{what} {key} was changed meanwhile")
        self.what = what
        self.key = key
