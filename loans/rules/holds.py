"""Until when a copy is kept for the person it was set aside for."""

from dataclasses import dataclass
from datetime import date, timedelta

from loans.rules.calendar import OpeningCalendar


@dataclass(frozen=True, slots=True)
class PickupTime:
    """How long a centre keeps a copy set aside.

    Attributes:
        days: counted from the day it is ready, which is not counted.
        in_open_days: count open days only; else calendar days.
    """

    days: int = 6
    in_open_days: bool = True


def pickup_deadline(
    ready_on: date, time: PickupTime, calendar: OpeningCalendar, not_after: date | None = None
) -> date:
    """Return the last day to fetch a copy.

    Args:
        ready_on: the day it was set aside at the pick-up place, whenever it was wished for.
        time: how long it is kept.
        calendar: of the pick-up place.
        not_after: the person's own «not needed after», if earlier it wins.

    Raises:
        loans.errors.NoOpenDayError: too few open days.

    Source:
        docs/rules.md, Lending 7.1 and 7.2.
    """
    if time.in_open_days:
        deadline = calendar.open_days_after(ready_on, time.days)
    else:
        deadline = ready_on + timedelta(days=time.days)
    return deadline if not_after is None else min(deadline, not_after)
