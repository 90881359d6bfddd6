"""The queue of a holding: who waits, whose turn it is, and whether a copy can be kept for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from loans.errors import NoOpenDayError
from loans.models.hold import STILL_OPEN, Hold, HoldState
from loans.queries.availability import numbered_copies
from loans.queries.commitments import commitments_of, commitments_of_copies
from loans.queries.overdue_blocks import overdue_blocked
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.waiting import acts_for_school
from loans.rules.availability import Availability, Stock, availability
from loans.rules.booking_days import NO_RULES, booking_rules
from loans.rules.commitments import Commitment
from loans.rules.holds import Waiting, first_eligible, of_use_until, pickup_deadline
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class InLine:
    """Somebody who waits, with what serving them needs.

    Attributes:
        hold: its row; decided about under the holding's lock.
        waiting: what the turn depends on.
        branch_id: where a copy is fetched.
        deadline: until when it would be kept if it were ready today; None if no day is open.
    """

    hold: Hold
    waiting: Waiting
    branch_id: int
    deadline: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Queue:
    """Who waits for a holding, in order, and what is free of it.

    Attributes:
        holding: the holding; in the writing transaction, locked.
        lines: those who wait.
    """

    holding: Holding
    lines: tuple[InLine, ...] = ()
    _view: Viewpoint | None = None
    _commitments: tuple[Commitment, ...] = ()
    _copies: tuple[Stock, ...] = ()

    def first(self, today: date) -> InLine | None:
        """Return whose turn it is, whether or not a copy can be kept for them."""
        chosen = first_eligible((each.waiting for each in self.lines), today)
        return next((each for each in self.lines if each.waiting is chosen), None)

    def stays_free(self, line: InLine, today: date) -> bool:
        """Say whether the pool has a copy to spare until the pick-up deadline.

        Source:
            docs/rules.md, Lending 4.4 and 7.2.
        """
        if line.deadline is None or line.deadline < today:
            return False
        return self.free_for(line.hold, Period(today, line.deadline)) > 0

    def free_for(self, hold: Hold, period: Period) -> int:
        """Return how many copies are free in a period for whoever waits, signed."""
        if self._view is None:
            return 0
        return self._availability(self._view, hold, period).free_for(period)

    def keeps(self, line: InLine, copy: Copy, today: date) -> bool:
        """Say whether a copy booked by its number is itself free until the pick-up deadline.

        And in the period that whoever waits named.

        Source:
            docs/rules.md, Lending 3.3, 4.4, 7.1 and 7.2.
        """
        if line.deadline is None or line.deadline < today:
            return False
        periods = [Period(today, line.deadline)]
        if line.waiting.period is not None and line.waiting.period.first > today:
            periods.append(line.waiting.period)
        return all(self._is_free(line.hold, copy, period) for period in periods)

    def _is_free(self, hold: Hold, copy: Copy, period: Period) -> bool:
        if self._view is None:
            return False
        found = self._availability(self._view, hold, period).copies
        return all(each.free_for(period) > 0 for each in found if each.holding_id == copy.id)

    def _availability(self, view: Viewpoint, hold: Hold, period: Period) -> Availability:
        place, rules = _place_of(view, hold.place_id), NO_RULES
        terms = place.effective(self.holding.title.media_type, _class_of(hold)).terms
        if terms is not None:
            rules = booking_rules(terms)
        alone = tuple(replace(each, rules=rules) for each in self._copies)
        stock = Stock(self.holding.id, self.holding.lendable, self._commitments, rules, alone)
        found: dict[int, Availability] = availability(
            (stock,), place.rules_place(), period, today=place.today
        )
        return found[self.holding.id]


def queue_of(session: Session, holding: Holding, today: date, now: datetime) -> Queue:
    """Return who waits for a holding, in order; decides about it under the holding's lock.

    One statement where nobody waits, at most eight however many do; two more where copies are
    booked by number.

    Source:
        docs/rules.md, Lending 7.1 and 7.2.
    """
    rows = session.execute(_waiting(), {"holding_id": holding.id, "today": today}).all()
    if not rows:
        return Queue(holding)
    whole = Scope(everything=True)
    view = viewpoint_of(session, whole, Where(holding.centre_id), today, now)
    lines = [_line(view, row, today) for row in rows]
    period = Period(today, max(_days_of(lines), default=today))
    committed = commitments_of(session, view, {holding.id}, period).get(holding.id, ())
    blocked = overdue_blocked(session, view, {row.Hold.person_id for row in rows})
    queue = Queue(holding, tuple(lines), view, committed, _alone(session, view, holding, period))
    return replace(queue, lines=tuple(_judged(queue, line, blocked, today) for line in lines))


def next_in_line(session: Session, copy: Copy, today: date, now: datetime) -> InLine | None:
    """Return for whom a locked copy is kept that is free now; None if it goes to its shelf.

    Nobody is served out of turn: where the first in line cannot have it until the deadline
    because of bookings, it may be lent as long as those allow.

    Source:
        docs/rules.md, Lending 7.2.
    """
    if not copy.lendable:
        return None
    queue = queue_of(session, copy.holding, today, now)
    line = queue.first(today)
    if line is None:
        return None
    if copy.numbered:
        return line if queue.keeps(line, copy, today) else None
    return line if queue.stays_free(line, today) else None


def holdings_waited_for(session: Session) -> Sequence[int]:
    """Return the holdings with open holds, for the night."""
    query = select(Hold.holding_id).where(Hold.state.in_(STILL_OPEN)).distinct()
    return session.scalars(query.order_by(Hold.holding_id)).all()


@cache
def _waiting() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    member = acts_for_school(bindparam("today", type_=Date()))
    return (
        select(Hold, Institution, PickupPlace.branch_id, Person.blocked, member.label("member"))
        .join(Institution, Institution.id == Hold.institution_id)
        .join(PickupPlace, PickupPlace.id == Hold.place_id)
        .join(Person, Person.id == Hold.person_id)
        .where(and_(Hold.holding_id == bindparam("holding_id"), Hold.state == HoldState.WAITING))
        .order_by(Hold.rank, Hold.id)
        .execution_options(populate_existing=True)
    )


def _line(view: Viewpoint, row: Row[*tuple[Any, ...]], today: date) -> InLine:
    hold: Hold = row.Hold
    waiting = replace(waiting_of(hold), is_member=row.member, blocked=row.blocked)
    until = of_use_until(hold.not_after, waiting.period)
    try:
        calendar = view.calendars.by_branch.get(row.branch_id, view.calendar)
        deadline = pickup_deadline(today, view.choices.pickup, calendar, until)
    except NoOpenDayError:
        deadline = None
    return InLine(hold, waiting, row.branch_id, deadline)


def waiting_of(hold: Hold) -> Waiting:
    """Return what the turn of a hold depends on, as far as its own row says."""
    return Waiting(
        id=hold.id,
        suspended_until=hold.suspended_until,
        not_after=hold.not_after,
        period=period_of(hold),
    )


def period_of(hold: Hold) -> Period | None:
    """Return the period a hold is for, if any."""
    if hold.first is None or hold.last is None:
        return None
    return Period(hold.first, hold.last)


def _alone(
    session: Session, view: Viewpoint, holding: Holding, period: Period
) -> tuple[Stock, ...]:
    """Return the copies of a holding that is booked by number, each as a stock of its own."""
    if holding.booked_by is not BookedBy.NUMBER:
        return ()
    copies = numbered_copies(session, {holding.id})
    committed = commitments_of_copies(session, view, [each.id for each in copies], period)
    return tuple(Stock(each.id, each.capacity, committed.get(each.id, ())) for each in copies)


def _days_of(lines: Sequence[InLine]) -> list[date]:
    """Return the days until which anything is asked about."""
    deadlines = [line.deadline for line in lines if line.deadline is not None]
    return deadlines + [line.hold.last for line in lines if line.hold.last is not None]


def _judged(queue: Queue, line: InLine, blocked: Collection[int], today: date) -> InLine:
    period = line.waiting.period
    free = True
    if period is not None and period.first > today:
        free = queue.free_for(line.hold, period) > 0
    is_blocked = line.waiting.blocked or line.hold.person_id in blocked
    return replace(line, waiting=replace(line.waiting, period_free=free, blocked=is_blocked))


def _place_of(view: Viewpoint, place_id: int) -> Viewpoint:
    """Return the view at a place; at the first counter, if that place was closed meanwhile."""
    for place in view.places:
        if place.id == place_id:
            return replace(view, place=place)
    return view


def _class_of(hold: Hold) -> str:
    return hold.institution.customer_class
