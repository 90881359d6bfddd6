"""What is left while several wishes are answered in turn: each sees those before it as made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from loans.rules.availability import Availability
from loans.rules.booking_days import BookingDays
from loans.rules.commitments import Commitment, occupied


@dataclass(frozen=True, slots=True)
class StockKey:
    """What is booked: the pool of a holding, or one numbered copy of it.

    Source:
        docs/rules.md, Lending 3.3.
    """

    holding_id: int
    copy_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """A stock as seen from one place for one institution: its rules, margins and days."""

    stock: StockKey
    place_id: int
    institution_id: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a wish takes once it is granted.

    Attributes:
        parts: the commitment on each stock, as if the booking stood there already.
        branch_id: where somebody comes for it.
        visits: on which days; one visit a day.
    """

    parts: Mapping[StockKey, Commitment]
    branch_id: int
    visits: frozenset[date]


class Claims:
    """Availability of some stocks, less what has been claimed so far.

    Source:
        docs/rules.md, Lending 4.1, 4.5 and 5.4.
    """

    def __init__(
        self, found: Mapping[Outlook, Availability], branch_of_place: Mapping[int, int]
    ) -> None:
        """Take what is free before the first wish, and the branch of each place."""
        self._found = dict(found)
        self._branch_of_place = branch_of_place

    def of(self, outlook: Outlook) -> Availability:
        """Return what is left of a stock."""
        return self._found[outlook]

    def take(self, claim: Claim) -> None:
        """Count a granted wish for all that follow."""
        for outlook, found in self._found.items():
            part = claim.parts.get(outlook.stock)
            left = found if part is None else less(found, part)
            if self._branch_of_place[outlook.place_id] == claim.branch_id:
                left = replace(left, days=visited(left.days, claim.visits))
            self._found[outlook] = left


def less(found: Availability, commitment: Commitment) -> Availability:
    """Return availability with one commitment more, margins of its own included.

    Source:
        docs/rules.md, Lending 4.3.
    """
    away = occupied(commitment, found.days.place.days.calendar, found.days.today)
    if away is None or not away.overlaps(found.swept):
        return found
    first = max(0, (away.first - found.swept.first).days)
    last = min(found.swept.days - 1, (away.last - found.swept.first).days)
    committed = list(found.committed)
    for place in range(first, last + 1):
        committed[place] += commitment.copies
    return replace(found, committed=tuple(committed))


def visited(days: BookingDays, visits: Collection[date]) -> BookingDays:
    """Return the days of a place where one booking more comes on each of `visits`.

    Source:
        docs/rules.md, Lending 4.5: pick-ups plus returns of bookings, one per booking.
    """
    place = days.place
    if place.visits_a_day is None or not visits:
        return days
    counted = {**place.visits, **{day: place.visits.get(day, 0) + 1 for day in visits}}
    return BookingDays(replace(place, visits=counted), days.rules, days.today)
