"""What a row of terms may say: the bounds of each value, and reminders that come in order."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from loans.rules.terms import UNLIMITED, VALUE_NAMES, TermsKey, TermsRow, TermsValues, effective

LEVELS = ("reminder_level_1", "reminder_level_2", "reminder_level_3")


class TermsFault(StrEnum):
    """Why a row of terms is not taken."""

    OUT_OF_BOUNDS = "out_of_bounds"
    LEVELS_NOT_ASCENDING = "levels_not_ascending"
    LEVELS_CROSS_INHERITED = "levels_cross_inherited"
    SAYS_NOTHING = "says_nothing"
    KEY_TAKEN = "key_taken"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which numbers a value may be, both included.

    Attributes:
        least: the smallest.
        most: the largest.
        or_unlimited: `UNLIMITED` is taken as well.
    """

    least: int
    most: int
    or_unlimited: bool = False

    def hold(self, value: int) -> bool:
        """Say whether the value may be stored."""
        return self.least <= value <= self.most or (self.or_unlimited and value == UNLIMITED)


_DAYS = Bounds(0, 366)
_DAYS_OR_ANY = Bounds(0, 366, or_unlimited=True)
_COUNT = Bounds(0, 9999, or_unlimited=True)
_LEVEL = Bounds(1, 366, or_unlimited=True)

BOUNDS: Mapping[str, Bounds] = MappingProxyType(
    {
        "loan_period": _DAYS,
        "renewals": Bounds(0, 99, or_unlimited=True),
        "renewal_period": _DAYS,
        "renewal_window": _DAYS_OR_ANY,
        "limit_open_loans": _COUNT,
        "limit_open_bookings": _COUNT,
        "limit_school_loans": _COUNT,
        "limit_school_bookings": _COUNT,
        "booking_horizon": Bounds(0, 1098, or_unlimited=True),
        "lead_time": Bounds(0, 60),
        "service_days_before": Bounds(0, 30),
        "service_days_after": Bounds(0, 30),
        "reminder_level_1": _LEVEL,
        "reminder_level_2": _LEVEL,
        "reminder_level_3": _LEVEL,
        "block_level": Bounds(1, 3, or_unlimited=True),
        "fee_cents": Bounds(0, 10_000),
    }
)
"""The bounds of every value that is a number; the others are closed sets.

An unlimited level of reminders is never written, an unlimited block level never blocks.
"""


def faults(values: TermsValues) -> dict[str, TermsFault]:
    """Return what is wrong with a row by the value's name; an empty name means the whole row.

    Source:
        docs/rules.md, Lending 2.1 and 10.1.
    """
    found = {
        name: TermsFault.OUT_OF_BOUNDS
        for name, bounds in BOUNDS.items()
        if (value := getattr(values, name)) is not None and not bounds.hold(value)
    }
    if all(getattr(values, name) is None for name in VALUE_NAMES):
        found[""] = TermsFault.SAYS_NOTHING
    own = [name for name in LEVELS if getattr(values, name) is not None]
    for earlier, later in pairwise(own):
        if not _follows(getattr(values, earlier), getattr(values, later)):
            found.setdefault(later, TermsFault.LEVELS_NOT_ASCENDING)
    return found


def crossed(rows: Iterable[TermsRow], keys: Iterable[TermsKey]) -> frozenset[TermsKey]:
    """Return the keys for which the effective levels of reminders would not ascend.

    Levels may come from different rows, so each row for itself may be right and this still not.

    Source:
        docs/rules.md, Lending 2.2 and 10.1.
    """
    at_centre: dict[int | None, list[TermsRow]] = defaultdict(list)
    for row in rows:
        at_centre[row.key.centre_id].append(row)
    return frozenset(
        key for key in keys if not _ascending([*at_centre[None], *at_centre[key.centre_id]], key)
    )


def _ascending(rows: Iterable[TermsRow], key: TermsKey) -> bool:
    explained = {name: value for name, value, _ in effective(rows, key).explain()}
    first, second, third = (int(explained[name] or 0) for name in LEVELS)
    return _follows(first, second) and _follows(second, third)


def _follows(earlier: int, later: int) -> bool:
    return earlier < later or earlier == later == UNLIMITED
