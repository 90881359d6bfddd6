"""The units of a plan by the month in which their media are needed next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.dates import day
from app.planning.rows import Totals, UnitRow, totals

OPEN_UNITS = 20
"""As many units are in view from the start; the months after them open at a click."""


@dataclass(frozen=True, slots=True)
class Month:
    """Units needed from one month on; `is_open` if they are in view from the start."""

    key: str
    words: str
    units: tuple[UnitRow, ...]
    totals: Totals
    is_open: bool


def months(units: Iterable[UnitRow], today: date) -> list[Month]:
    """Return the months of units in their order; what is running belongs to the current one."""
    together: dict[date | None, list[UnitRow]] = {}
    for unit in units:
        together.setdefault(_month(unit, today), []).append(unit)
    ordered = sorted(together.items(), key=lambda each: (each[0] is None, each[0] or today))
    return list(_opened(ordered))


def _opened(ordered: Sequence[tuple[date | None, list[UnitRow]]]) -> Iterable[Month]:
    shown = 0
    for month, units in ordered:
        is_open = not shown or shown + len(units) <= OPEN_UNITS
        shown += len(units)
        yield Month(
            key="none" if month is None else f"{month:%Y-%m}",
            words=_("Not in this school year") if month is None else day(month, "month"),
            units=tuple(units),
            totals=totals(units),
            is_open=is_open,
        )


def _month(unit: UnitRow, today: date) -> date | None:
    if unit.days is None:
        return None
    running = unit.days.first < today <= unit.days.last
    return (today if running else unit.days.first).replace(day=1)
