"""Holds: whose turn it is, who is passed over, when one is over, and how staff move them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.rules.calendar import OpeningCalendar
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class PickupTime:
    """How long a centre keeps a copy set aside.

    Attributes:
        days: counted from the day it is ready, which is not counted.
        in_open_days: count open days only; else calendar days.
    """

    days: int = 6
    in_open_days: bool = True


class Obstacle(StrEnum):
    """Why a hold is passed over for now; it keeps its place in the queue.

    Source:
        docs/rules.md, Lending 7.1.
    """

    SUSPENDED = "suspended"
    NOT_NEEDED = "not_needed"
    """The day after which it is not needed has passed."""
    PERIOD_BEGUN = "period_begun"
    PERIOD_NOT_FREE = "period_not_free"
    MEMBERSHIP_ENDED = "membership_ended"
    BLOCKED = "blocked"


class Ending(StrEnum):
    """Why a hold ended without a loan.

    Source:
        docs/rules.md, Lending 7.1 and 7.2.
    """

    NOT_COLLECTED = "not_collected"
    NOT_NEEDED = "not_needed"
    PERIOD_BEGUN = "period_begun"
    BY_STAFF = "by_staff"


class Move(StrEnum):
    """Where staff put a hold in its queue."""

    UP = "up"
    DOWN = "down"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A hold that waits, as far as its turn depends on it.

    Attributes:
        id: of the hold.
        suspended_until: passed over up to and including this day.
        not_after: the last day on which it is of use.
        period: the days it is for, if any.
        period_free: those days can still be had.
        is_member: the person may act for the institution today.
        blocked: by staff, or by something long overdue.
    """

    id: int
    suspended_until: date | None = None
    not_after: date | None = None
    period: Period | None = None
    period_free: bool = True
    is_member: bool = True
    blocked: bool = False


def first_eligible(queue: Iterable[Waiting], today: date) -> Waiting | None:
    """Return whose turn it is; None if nobody can be served.

    Args:
        queue: holds that wait, in the order of their ranks.
        today: the day.

    Source:
        docs/rules.md, Lending 7.1 and 7.2.
    """
    return next((each for each in queue if not any(obstacles(each, today))), None)


def obstacles(hold: Waiting, today: date) -> Iterator[Obstacle]:
    """Go through every reason why a hold is passed over today.

    Source:
        docs/rules.md, Lending 7.1.
    """
    if hold.suspended_until is not None and today <= hold.suspended_until:
        yield Obstacle.SUSPENDED
    ending = ending_of(hold, today)
    if ending is Ending.NOT_NEEDED:
        yield Obstacle.NOT_NEEDED
    if ending is Ending.PERIOD_BEGUN:
        yield Obstacle.PERIOD_BEGUN
    elif not hold.period_free:
        yield Obstacle.PERIOD_NOT_FREE
    if not hold.is_member:
        yield Obstacle.MEMBERSHIP_ENDED
    if hold.blocked:
        yield Obstacle.BLOCKED


def ending_of(hold: Waiting, today: date) -> Ending | None:
    """Return why a hold that waits is over, None while it is not.

    Source:
        docs/rules.md, Lending 7.1: a period lapses at its start.
    """
    if hold.period is not None and hold.period.first <= today:
        return Ending.PERIOD_BEGUN
    if hold.not_after is not None and hold.not_after < today:
        return Ending.NOT_NEEDED
    return None


def is_uncollected(pickup_deadline: date | None, today: date) -> bool:
    """Say whether a copy set aside was not fetched in time; the deadline itself is in time."""
    return pickup_deadline is not None and pickup_deadline < today


def pickup_deadline(
    ready_on: date, time: PickupTime, calendar: OpeningCalendar, not_after: date | None = None
) -> date:
    """Return the last day to fetch a copy.

    Args:
        ready_on: the day it was set aside at the pick-up place, whenever it was wished for.
        time: how long it is kept.
        calendar: of the pick-up place.
        not_after: the last day on which it is of use to the person, if earlier it wins.

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


def of_use_until(not_after: date | None, period: Period | None) -> date | None:
    """Return the last day on which a copy may be fetched for a hold; None without end.

    A period hold lapses at its start: its first day is the last to fetch what was kept for it.

    Source:
        docs/rules.md, Lending 7.1.
    """
    ends = [each for each in (not_after, None if period is None else period.first) if each]
    return min(ends, default=None)


def moved(queue: Sequence[int], hold_id: int, move: Move) -> tuple[int, ...]:
    """Return the keys of those who wait in their new order.

    Args:
        queue: keys of holds that wait, in order; `hold_id` is one of them.
        hold_id: the hold that is moved.
        move: where to; beyond an end it stays there.

    Source:
        docs/rules.md, Lending 7.1.
    """
    place = queue.index(hold_id)
    others = [each for each in queue if each != hold_id]
    goal = {
        Move.UP: max(0, place - 1),
        Move.DOWN: min(len(others), place + 1),
        Move.TOP: 0,
        Move.BOTTOM: len(others),
    }[move]
    return (*others[:goal], hold_id, *others[goal:])
