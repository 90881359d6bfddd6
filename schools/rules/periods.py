"""Periods of days: both ends belong to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


class ReversedPeriodError(ValueError):
    """A period ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        """Keep both days, for the page that says which one to change."""
        super().__init__(f"a period from {first} cannot end on {last}")
        self.first = first
        self.last = last


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included.

    Raises:
        ReversedPeriodError: `last` lies before `first`.

    Source:
        docs/rules.md, Lending 1.1: a period includes both its ends.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.last < self.first:
            raise ReversedPeriodError(self.first, self.last)

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        """Go through the days, first to last."""
        return (self.first + timedelta(days=offset) for offset in range(self.days))

    def contains(self, day: date) -> bool:
        """Say whether `day` lies in the period."""
        return self.first <= day <= self.last

    def overlaps(self, other: "Period") -> bool:
        """Say whether the two share at least one day."""
        return self.first <= other.last and other.first <= self.last

    def widened(self, before: int, after: int) -> "Period":
        """Return the period `before` days longer at its start and `after` at its end.

        Args:
            before: days in front; a negative number shortens.
            after: days behind; a negative number shortens.

        Raises:
            ReversedPeriodError: shortened until no day was left.
        """
        return Period(self.first - before * ONE_DAY, self.last + after * ONE_DAY)
