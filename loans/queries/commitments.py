"""What keeps copies of some holdings from being free, in one statement."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.queries.terms import VISITORS_CLASS
from loans.queries.viewpoint import Viewpoint
from loans.rules.booking_states import COMMITTING
from loans.rules.commitments import Commitment, CommitmentKind, Margins, touching
from loans.rules.holds import PickupTime, pickup_deadline
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.rules.periods import Period

HOLD_KINDS = {
    HoldState.SET_ASIDE: CommitmentKind.SET_ASIDE,
    HoldState.IN_TRANSIT: CommitmentKind.IN_TRANSIT_FOR_HOLD,
}


def counts() -> ColumnElement[bool]:
    """Return the condition on a copy to count in its holding's pool and so to commit it.

    Source:
        docs/rules.md, Lending 4.2 and 4.3.
    """
    return and_(Copy.state.in_(LENDABLE_STATES), Copy.lendable, ~Copy.numbered)


def commitments_of(
    session: Session, view: Viewpoint, holding_ids: Collection[int], period: Period
) -> dict[int, tuple[Commitment, ...]]:
    """Return by holding all that can touch a period, in one statement.

    Args:
        session: the session.
        view: terms and places give each commitment its own margins.
        holding_ids: holdings of the viewpoint's centre; those without commitments are left out.
        period: the wish's own days; its margins are added here.
    """
    if not holding_ids:
        return {}
    bounds = bounds_of(view, period)
    chosen = Holding.id.in_(holding_ids)
    found: dict[int, list[Commitment]] = defaultdict(list)
    for row in session.execute(_parts(view, bounds, chosen)):
        found[row.holding_id].append(_commitment(view, row))
    return {holding_id: tuple(each) for holding_id, each in found.items()}


def bounds_of(view: Viewpoint, period: Period) -> Period:
    """Return the days outside which no dated commitment can touch the period's wish.

    Source:
        docs/rules.md, Lending 4.6.
    """
    wish = view.widest.around(period, view.calendar)
    return touching(wish, view.widest, view.calendar)


def sums(view: Viewpoint, bounds: Period) -> Select[tuple[int, int]]:
    """Select how many copies of each holding of the centre are committed, wherever in `bounds`.

    Source:
        docs/rules.md, Lending 4.6.
    """
    parts = _parts(view, bounds, true()).subquery()
    left = func.sum(parts.c.quantity - parts.c.handed_out)
    return select(parts.c.holding_id, left.label("away")).group_by(parts.c.holding_id)


def _parts(view: Viewpoint, bounds: Period, chosen: ColumnElement[bool]) -> CompoundSelect[Any]:
    here = and_(Holding.centre_id == view.centre_id, chosen)
    return union_all(
        _loans().where(here),
        _bookings(bounds, view.today).where(here),
        _basket(view).where(here),
        _holds(view).where(here),
        _received(view).where(here),
    )


def _columns(kind: SQLColumnExpression[Any], **values: SQLColumnExpression[Any]) -> Select[Any]:
    """Select one kind of commitment of a holding and its title's type; the rest is NULL or 0."""
    numbers = ("id", "booking_id")
    amounts = {"quantity": 1, "handed_out": 0, "courier_before": 0, "courier_after": 0}
    columns: list[ColumnElement[Any]] = [
        values["first"].label("first"),
        values["last"].label("last"),
        cast(values.get("customer_class", null()), String).label("customer_class"),
        *(values.get(name, cast(null(), Integer)).label(name) for name in numbers),
        *(values.get(name, literal(given)).label(name) for name, given in amounts.items()),
    ]
    return (
        select(
            cast(kind, String).label("kind"),
            Holding.id.label("holding_id"),
            Title.media_type.label("type_code"),
            *columns,
        )
        .select_from(Holding)
        .join(Title, Title.id == Holding.title_id)
    )


def _loans() -> Select[Any]:
    """Select open loans. One whose copy is received, not yet checked, counts as received."""
    return (
        _columns(
            literal(CommitmentKind.LOAN.value),
            first=Loan.lent_on,
            last=Loan.due_on,
            customer_class=Institution.customer_class,
            id=Loan.id,
            booking_id=BookingLine.booking_id,
            courier_after=func.coalesce(PickupPlace.courier_days_after, 0),
        )
        .join(Loan, Loan.holding_id == Holding.id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(BookingLine, BookingLine.id == Loan.line_id)
        .outerjoin(Booking, Booking.id == BookingLine.booking_id)
        .outerjoin(PickupPlace, PickupPlace.id == Booking.place_id)
        .where(Loan.returned_on.is_(None), ~Loan.placed, counts())
        .where(Copy.state != CopyState.RECEIVED)
    )


def _bookings(bounds: Period, today: date) -> Select[Any]:
    """Select what is left to collect of bookings; those that have passed uncollected lapsed."""
    return (
        _columns(
            literal(CommitmentKind.BOOKING.value),
            first=Booking.first,
            last=Booking.last,
            customer_class=Institution.customer_class,
            id=BookingLine.id,
            booking_id=Booking.id,
            quantity=BookingLine.quantity,
            handed_out=BookingLine.handed_out,
            courier_before=PickupPlace.courier_days_before,
            courier_after=PickupPlace.courier_days_after,
        )
        .join(BookingLine, BookingLine.holding_id == Holding.id)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .outerjoin(Copy, Copy.id == BookingLine.copy_id)
        .where(Booking.state.in_(COMMITTING), BookingLine.handed_out < BookingLine.quantity)
        .where(Booking.last >= max(bounds.first, today), Booking.first <= bounds.last)
        .where(or_(BookingLine.copy_id.is_(None), counts()))
    )


def _basket(view: Viewpoint) -> Select[Any]:
    return (
        _columns(
            literal(CommitmentKind.BASKET.value),
            first=BasketLine.first,
            last=BasketLine.last,
            id=BasketLine.id,
            quantity=BasketLine.quantity,
        )
        .join(BasketLine, BasketLine.holding_id == Holding.id)
        .where(BasketLine.held_until > view.now)
    )


def _holds(view: Viewpoint) -> Select[Any]:
    return (
        _columns(
            Hold.state,
            first=literal(view.today, Date),
            last=Hold.pickup_deadline,
            customer_class=Institution.customer_class,
            id=Hold.id,
        )
        .join(Hold, Hold.holding_id == Holding.id)
        .join(Copy, Copy.id == Hold.copy_id)
        .join(Institution, Institution.id == Hold.institution_id)
        .where(Hold.state.in_(HOLD_KINDS), counts())
    )


def _received(view: Viewpoint) -> Select[Any]:
    day = literal(view.today, Date)
    return (
        _columns(literal(CommitmentKind.RECEIVED.value), first=day, last=day, id=Copy.id)
        .join(Copy, Copy.holding_id == Holding.id)
        .where(Copy.state == CopyState.RECEIVED, counts())
    )


def _commitment(view: Viewpoint, row: Row[Any]) -> Commitment:
    kind = HOLD_KINDS.get(row.kind) or CommitmentKind(row.kind)
    return Commitment(
        kind=kind,
        first=row.first,
        last=_last(view, kind, row.last),
        quantity=row.quantity,
        handed_out=row.handed_out,
        margins=_margins(view, row),
        id=row.id,
        booking_id=row.booking_id,
    )


def _last(view: Viewpoint, kind: CommitmentKind, last: date | None) -> date:
    if last is None or kind is CommitmentKind.IN_TRANSIT_FOR_HOLD:
        return pickup_deadline(view.today, PickupTime(), view.calendar)
    return last


def _margins(view: Viewpoint, row: Row[Any]) -> Margins:
    terms = view.effective(row.type_code, row.customer_class or VISITORS_CLASS).terms
    return Margins(
        service_before=terms.service_days_before if terms else 0,
        courier_before=row.courier_before,
        courier_after=row.courier_after,
        service_after=terms.service_days_after if terms else 0,
    )
