"""Wishes for purchase and what a centre is short of: states as data, and how much is lacking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate
from types import MappingProxyType

from loans.rules.codes import Refusal
from schools.rules.periods import ONE_DAY, Period


class PurchaseState(StrEnum):
    """What became of a wish for purchase."""

    OPEN = "open"
    ORDERED = "ordered"
    FULFILLED = "fulfilled"
    DECLINED = "declined"


ANSWERS: Mapping[PurchaseState, frozenset[PurchaseState]] = MappingProxyType(
    {
        PurchaseState.OPEN: frozenset(PurchaseState) - {PurchaseState.OPEN},
        PurchaseState.ORDERED: frozenset(PurchaseState) - {PurchaseState.OPEN},
        PurchaseState.DECLINED: frozenset(PurchaseState) - {PurchaseState.OPEN},
        PurchaseState.FULFILLED: frozenset({PurchaseState.FULFILLED}),
    }
)
"""What staff may answer to a wish that stands so; its own state means another sentence only."""

REDUCED = "REDUCED"
"""Stands beside the codes of refusals where somebody took fewer instead."""

WAITING = "WAITING"
"""The same where somebody waits for it."""

SCARCE: frozenset[str] = frozenset({Refusal.NOT_FREE, REDUCED, WAITING})
"""Codes of wishes that more copies would have helped.

Source: docs/rules.md, Lending 5.9.
"""


def may_answer(state: PurchaseState, answer: PurchaseState) -> bool:
    """Say whether a wish that stands so can be answered that way."""
    return answer in ANSWERS[state]


@dataclass(frozen=True, slots=True)
class Missed:
    """So many pieces were wanted on these days, and refused.

    Attributes:
        period: the days.
        quantity: the pieces.
        who: tells wishes of one school, unit and day apart from others; no person.
    """

    period: Period
    quantity: int
    who: tuple[int | None, int | None, date]


def pieces_short(missed: Iterable[Missed]) -> int:
    """Return how many pieces more, at most, would have been asked for on one and the same day.

    A wish that was tried again on the same day counts once.

    Source:
        docs/rules.md, Lending 5.9.
    """
    changes: dict[date, int] = {}
    for each in set(missed):
        after = each.period.last + ONE_DAY
        changes[each.period.first] = changes.get(each.period.first, 0) + each.quantity
        changes[after] = changes.get(after, 0) - each.quantity
    return max(accumulate(changes[day] for day in sorted(changes)), default=0)
