"""Which copies are where, so that no copy is ever with two people."""

from bisect import insort
from collections.abc import Iterable
from datetime import date

from app.demo.county import BranchRow
from app.demo.stock import CopyRow, HoldingRow
from schools.rules.periods import Period

FOR_GOOD = date.max


class Shelf:
    """Remembers when each copy is away."""

    def __init__(self) -> None:
        """Begin with everything on its shelf."""
        self._away: dict[int, list[tuple[date, date]]] = {}

    def take(
        self, holding: HoldingRow, period: Period, quantity: int, branch: BranchRow
    ) -> tuple[CopyRow, ...]:
        """Take copies that are there for all of a period, those at home at the branch first.

        Returns:
            As many as wanted, or none.
        """
        free = [copy for copy in holding.copies if self._is_free(copy, period)]
        free.sort(key=lambda copy: copy.branch != branch)
        if len(free) < quantity:
            return ()
        self.keep(free[:quantity], period)
        return tuple(free[:quantity])

    def keep(self, copies: Iterable[CopyRow], period: Period) -> None:
        """Note that copies are away for a period."""
        for copy in copies:
            insort(self._away.setdefault(copy.id, []), (period.first, period.last))

    def _is_free(self, copy: CopyRow, period: Period) -> bool:
        away = self._away.get(copy.id, ())
        return copy.acquired_on <= period.first and all(
            last < period.first or period.last < first for first, last in away
        )
