"""How long a basket holds stock, and how its lines become bookings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from loans.errors import Refused
from loans.rules.booking_policy import lies_in
from loans.rules.claims import StockKey
from schools.rules.periods import Period

HELD_FOR = timedelta(minutes=15)
"""Source: docs/rules.md, Lending 5.5."""

MOST_LINES = 60
"""Of one person's basket."""


def held_until(now: datetime) -> datetime:
    """Return until when a line holds stock that is put in or extended now.

    Source:
        docs/rules.md, Lending 5.5.
    """
    return now + HELD_FOR


@dataclass(frozen=True, slots=True)
class Occasion:
    """What makes lines one booking: for whom, where, when, and what for.

    Attributes:
        centre_id: whose holdings they are.
        institution_id: acted for.
        place_id: where they are handed over.
        period: the days.
        purpose: a unit's key or a reason's code, as one value; None while none is named.
        class_name: free text.
    """

    centre_id: int
    institution_id: int
    place_id: int
    period: Period
    purpose: int | str | None
    class_name: str


def bookings_of(lines: Iterable[tuple[Occasion, int]]) -> dict[Occasion, tuple[int, ...]]:
    """Put lines of the same occasion into one booking: a visit, a letter, a number.

    Args:
        lines: occasion and key of each, in the order they were put in.

    Returns:
        The keys of each booking's lines, in the order their first lines were put in.

    Source:
        docs/rules.md, Lending 4.5 and 5.5.
    """
    found: dict[Occasion, list[int]] = {}
    for occasion, key in lines:
        found.setdefault(occasion, []).append(key)
    return {occasion: tuple(keys) for occasion, keys in found.items()}


def what_is_left(stock_of: Mapping[int, StockKey], refusals: Iterable[Refused]) -> tuple[int, ...]:
    """Return the lines of a refused booking that may be tried without the others.

    Args:
        stock_of: what each of its lines is for, by the line's key.
        refusals: every reason against the booking.

    Returns:
        Nothing if a refusal lies in the whole booking.

    Source:
        docs/rules.md, Lending 5.5: submit is partial on wish.
    """
    against = tuple(refusals)
    if any("holding_id" not in each.facts for each in against):
        return ()
    return tuple(
        key for key, stock in stock_of.items() if not any(lies_in(each, stock) for each in against)
    )
