"""The pick list of a branch for a day, and what goes back onto the shelves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking, BookingLine, BookingPick
from loans.queries.borrowers import within
from loans.queries.prepared import (
    Dispatch,
    Leaving,
    PreparedLine,
    dispatch_of,
    prepared_lines,
)
from loans.rules.picking import PickCase, PutBack, put_back, shelf_order
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.periods import Period
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class PickDay:
    """A pick list: of which branch, for which day, seen when."""

    branch_id: int
    centre_id: int
    day: date
    today: date


@dataclass(frozen=True, slots=True)
class Picked:
    """A copy taken off the shelf for a line.

    `lies_there` tells whether it still is available; a copy that is not counts no more.
    """

    id: int
    barcode: str
    picked_at: datetime
    lies_there: bool


@dataclass(frozen=True, slots=True)
class PickLine:
    """A line to be picked, with what was picked for it so far."""

    line: PreparedLine
    picks: tuple[Picked, ...]

    @property
    def picked(self) -> int:
        """How many lie ready, at most as many as are wanted."""
        return min(self.line.left, sum(pick.lies_there for pick in self.picks))

    @property
    def open(self) -> int:
        """How many are still to be picked."""
        return self.line.left - self.picked


@dataclass(frozen=True, slots=True)
class ToPutBack:
    """A picked copy that goes back onto its shelf, and why."""

    pick_id: int
    barcode: str
    title: str
    shelf_mark: str
    number: str
    school: str
    why: PutBack


@dataclass(frozen=True, slots=True)
class PickList:
    """Everything to be picked for a day, by shelf mark."""

    day: date
    lines: tuple[PickLine, ...]

    @property
    def wanted(self) -> int:
        """How many copies in all."""
        return sum(each.line.left for each in self.lines)

    @property
    def picked(self) -> int:
        """How many of them lie ready."""
        return sum(each.picked for each in self.lines)

    @property
    def bookings(self) -> int:
        """For how many bookings."""
        return len({each.line.booking_id for each in self.lines})


def pick_list(session: Session, scope: Scope, asked: PickDay) -> PickList:
    """Return the pick list of a branch for a day, in five statements; empty out of the scope."""
    dispatch = dispatch_of(session, scope, asked.centre_id, asked.today)
    return pick_list_of(session, scope, dispatch, asked)


def pick_list_of(session: Session, scope: Scope, dispatch: Dispatch, asked: PickDay) -> PickList:
    """Return the same where the centre's places are read already, in two statements."""
    leaving = Leaving(dispatch.of_branch(asked.branch_id), Period(asked.day, asked.day))
    lines = prepared_lines(session, scope, dispatch, leaving)
    picks = picks_of(session, [line.id for line in lines], asked.branch_id)
    return PickList(asked.day, tuple(PickLine(line, tuple(picks[line.id])) for line in lines))


def picks_of(
    session: Session, line_ids: Sequence[int], branch_id: int | None = None
) -> dict[int, list[Picked]]:
    """Return by line what was picked for it, in the order it was; for lines in reach.

    Args:
        session: the session.
        line_ids: of the bookings.
        branch_id: where it has to lie; None for anywhere.
    """
    found: dict[int, list[Picked]] = defaultdict(list)
    rows = session.execute(
        select(BookingPick, Copy)
        .join(Copy, Copy.id == BookingPick.copy_id)
        .where(BookingPick.line_id.in_(line_ids))
        .order_by(BookingPick.id)
    )
    for pick, copy in rows:
        there = branch_id in {None, copy.stands_at} and _is_lent(copy)
        found[pick.line_id].append(Picked(pick.id, copy.barcode, pick.picked_at, there))
    return found


def to_put_back(
    session: Session, scope: Scope, branch_id: int, today: date
) -> tuple[ToPutBack, ...]:
    """Return the picked copies at a branch that go back onto their shelves, in one statement."""
    rows = session.execute(
        select(BookingPick, BookingLine, Booking, Copy, Title.name, Holding.shelf_mark)
        .add_columns(Institution.name.label("school"), Institution.short_name)
        .join(BookingLine, BookingLine.id == BookingPick.line_id)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .add_columns(PickupPlace)
        .join(Institution, Institution.id == Booking.institution_id)
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .join(Copy, Copy.id == BookingPick.copy_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Copy.branch_id == branch_id)
        .where(within(scope, Booking.centre_id, Booking.institution_id))
        .order_by(BookingPick.id)
    ).all()
    found = _going_back(rows, today)
    return tuple(
        sorted(found, key=lambda each: (shelf_order(each.shelf_mark), each.title, each.pick_id))
    )


def _going_back(rows: Iterable[Row[*tuple[object, ...]]], today: date) -> Iterable[ToPutBack]:
    before: Counter[int] = Counter()
    for row in rows:
        pick: BookingPick = row.BookingPick
        why = put_back(case_of_pick(pick, row.BookingLine, row.Copy, before[pick.line_id]), today)
        before[pick.line_id] += why is not PutBack.NOT_LENT
        if why is not None:
            school = row.short_name or row.school
            yield ToPutBack(
                pick.id,
                row.Copy.barcode,
                row.name,
                row.shelf_mark,
                row.Booking.number,
                school,
                why,
            )


def case_of_pick(pick: BookingPick, line: BookingLine, copy: Copy, before: int) -> PickCase:
    """Return a pick as the rule sees it; `before` copies were picked for the line earlier."""
    booking = line.booking
    place = booking.place
    return PickCase(
        state=booking.state,
        first=booking.first,
        last=booking.last,
        picked_first=pick.first,
        wanted=line.quantity - line.handed_out,
        before=before,
        is_lent=_is_lent(copy),
        elsewhere=place.kind is PlaceKind.COUNTER and copy.stands_at != place.branch_id,
    )


def _is_lent(copy: Copy) -> bool:
    return copy.state is CopyState.AVAILABLE and copy.lendable
