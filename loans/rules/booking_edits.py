"""What an edit of a booking asks for that was not granted before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from loans.rules.booking_states import BookingState
from loans.rules.claims import StockKey
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Shape:
    """What a booking keeps: so many of each thing, for certain days, at a place."""

    period: Period
    place_id: int
    amounts: Mapping[StockKey, int]


@dataclass(frozen=True, slots=True)
class Reshaping:
    """An edit as availability sees it.

    Attributes:
        before: what was granted.
        after: what is wanted now.
        today: the day of the edit.
    """

    before: Shape
    after: Shape
    today: date

    @property
    def moves(self) -> bool:
        """Say whether dates or place change: the borrower is told of that.

        Source:
            docs/rules.md, Lending 5.3.
        """
        before, after = self.before, self.after
        return (before.period, before.place_id) != (after.period, after.place_id)

    @property
    def changes(self) -> bool:
        """Say whether anything changes that a calendar shows."""
        return self.moves or dict(self.before.amounts) != dict(self.after.amounts)

    @property
    def ends_in_the_past(self) -> bool:
        """Say whether the last day is moved to one that is over."""
        last = self.after.period.last
        return last < self.today and last != self.before.period.last

    @property
    def wants_more(self) -> bool:
        """Say whether more of anything is wanted than before."""
        return any(
            quantity > self.before.amounts.get(stock, 0)
            for stock, quantity in self.after.amounts.items()
        )

    @property
    def leaves_ready(self) -> bool:
        """Say whether what was made ready before lies as it is wanted now.

        Source:
            docs/rules.md, Lending 5.1.
        """
        before, after = self.before, self.after
        same = (before.period.first, before.place_id) == (after.period.first, after.place_id)
        return same and not self.wants_more

    @property
    def is_smaller(self) -> bool:
        """Say whether nothing is asked for that was not granted before: it always goes.

        Source:
            docs/rules.md, Lending 5.3: shortening and reducing are always allowed.
        """
        return (
            self.before.place_id == self.after.place_id
            and self.before.period.contains(self.after.period.first)
            and self.before.period.contains(self.after.period.last)
            and not self.wants_more
        )

    @property
    def keeps_first(self) -> bool:
        """Say whether the first day was granted before, at this place: it is not judged again.

        Nor is one that is over: nobody comes on it any more.
        """
        first = self.after.period.first
        same_place = self.before.place_id == self.after.place_id
        return (same_place or first < self.today) and self.before.period.contains(first)

    @property
    def keeps_last(self) -> bool:
        """Say the same of the last day."""
        same_place = self.before.place_id == self.after.place_id
        return same_place and self.before.period.contains(self.after.period.last)


def state_after(state: BookingState, edit: Reshaping, *, asks_again: bool) -> BookingState:
    """Return where a booking stands after an edit.

    What was made ready is to be made ready anew if more of it is wanted, or at another place or
    from another day; staff decide anew about what a borrower asks for beyond the granted.

    Args:
        state: one that may be edited.
        edit: what changes.
        asks_again: the terms need approval, and it is not staff who edits.

    Source:
        docs/rules.md, Lending 5.1.
    """
    if edit.is_smaller or state not in {BookingState.CONFIRMED, BookingState.READY}:
        return state
    if asks_again:
        return BookingState.REQUESTED
    return state if edit.leaves_ready else BookingState.CONFIRMED


def outstanding(quantity: int, handed_out: int) -> int:
    """Return how many of a line are still to be collected."""
    return max(0, quantity - handed_out)
