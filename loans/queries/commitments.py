"""What keeps copies of some holdings from being free, in one statement."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache, partial
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
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.errors import NoOpenDayError
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.queries.committing import (
    HOLD_KINDS,
    bounds_of,
    counts,
    from_pool,
    in_basket,
    is_lendable,
    just_received,
    kept_for_hold,
    open_booking,
    open_loan,
    values_of,
)
from loans.queries.terms import VISITORS_CLASS
from loans.queries.viewpoint import Viewpoint
from loans.rules.calendar import OpeningCalendar
from loans.rules.commitments import Commitment, CommitmentKind, Margins
from loans.rules.holds import pickup_deadline
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.rules.periods import Period


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
    values = values_of(view, bounds_of(view, period)) | {"holding_ids": list(holding_ids)}
    return _by_key(view, session.execute(_of_pools(), values))


def commitments_of_copies(
    session: Session, view: Viewpoint, copy_ids: Collection[int], period: Period
) -> dict[int, tuple[Commitment, ...]]:
    """Return by numbered copy all that can touch a period, in one statement.

    Of a copy that is not lendable any more its bookings are left, which lack it now.

    Args:
        session: the session.
        view: as for `commitments_of`.
        copy_ids: copies of the viewpoint's centre that are booked by number.
        period: the wish's own days.

    Source:
        docs/rules.md, Lending 3.3 and 4.3: such a copy is committed by itself alone; 4.4: what
        was promised and cannot be kept is shown until it is solved.
    """
    if not copy_ids:
        return {}
    values = values_of(view, bounds_of(view, period)) | {"copy_ids": list(copy_ids)}
    return _by_key(view, session.execute(_of_copies(), values))


def _by_key(view: Viewpoint, rows: Iterable[Row[Any]]) -> dict[int, tuple[Commitment, ...]]:
    margins = cache(partial(_margins, view))
    found: dict[int, list[Commitment]] = defaultdict(list)
    for row in rows:
        widened = margins(row.type_code, row.customer_class, row.courier_before, row.courier_after)
        found[row.key].append(_commitment(view, row, widened))
    return {key: tuple(each) for key, each in found.items()}


@cache
def _of_pools() -> CompoundSelect[Any]:
    asked = Holding.id.in_(bindparam("holding_ids", expanding=True))
    chosen = select(Holding.id).where(asked).cte("chosen")
    key = Holding.id
    parts = (
        _loans(key).where(counts()),
        _bookings(key).where(from_pool(BookingLine.copy_id)),
        _basket(key).where(from_pool(BasketLine.copy_id)),
        _holds(key).where(counts()),
        _received(key).where(counts()),
    )
    return union_all(*(part.where(Holding.id.in_(select(chosen.c.id))) for part in parts))


@cache
def _of_copies() -> CompoundSelect[Any]:
    """Select the same parts of copies that stand outside their pool."""
    asked = Copy.id.in_(bindparam("copy_ids", expanding=True))
    chosen = select(Copy.id).where(asked, Copy.numbered).cte("chosen")
    key, there = Copy.id, is_lendable()
    parts = (
        _loans(key).where(there),
        _bookings(key),
        _basket(key).where(there),
        _holds(key).where(there),
        _received(key).where(there),
    )
    return union_all(*(part.where(Copy.id.in_(select(chosen.c.id))) for part in parts))


def _columns(
    key: SQLColumnExpression[int],
    kind: SQLColumnExpression[Any],
    **values: SQLColumnExpression[Any],
) -> Select[Any]:
    """Select one kind of commitment by its key and the title's type; the rest is NULL or 0."""
    numbers = ("id", "booking_id", "branch_id")
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
            key.label("key"),
            Title.media_type.label("type_code"),
            *columns,
        )
        .select_from(Holding)
        .join(Title, Title.id == Holding.title_id)
    )


def _loans(key: SQLColumnExpression[int]) -> Select[Any]:
    return (
        _columns(
            key,
            literal(CommitmentKind.LOAN.value),
            first=Loan.lent_on,
            last=Loan.due_on,
            customer_class=Institution.customer_class,
            id=Loan.id,
            booking_id=BookingLine.booking_id,
            branch_id=func.coalesce(PickupPlace.branch_id, Loan.branch_id),
            courier_after=func.coalesce(PickupPlace.courier_days_after, 0),
        )
        .join(Loan, Loan.holding_id == Holding.id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(BookingLine, BookingLine.id == Loan.line_id)
        .outerjoin(Booking, Booking.id == BookingLine.booking_id)
        .outerjoin(PickupPlace, PickupPlace.id == Booking.place_id)
        .where(*open_loan())
    )


def _bookings(key: SQLColumnExpression[int]) -> Select[Any]:
    return (
        _columns(
            key,
            literal(CommitmentKind.BOOKING.value),
            first=Booking.first,
            last=Booking.last,
            customer_class=Institution.customer_class,
            id=BookingLine.id,
            booking_id=Booking.id,
            branch_id=PickupPlace.branch_id,
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
        .where(*open_booking())
    )


def _basket(key: SQLColumnExpression[int]) -> Select[Any]:
    return (
        _columns(
            key,
            literal(CommitmentKind.BASKET.value),
            first=BasketLine.first,
            last=BasketLine.last,
            customer_class=Institution.customer_class,
            id=BasketLine.id,
            branch_id=PickupPlace.branch_id,
            quantity=BasketLine.quantity,
            courier_before=PickupPlace.courier_days_before,
            courier_after=PickupPlace.courier_days_after,
        )
        .join(BasketLine, BasketLine.holding_id == Holding.id)
        .join(Institution, Institution.id == BasketLine.institution_id)
        .join(PickupPlace, PickupPlace.id == BasketLine.place_id)
        .outerjoin(Copy, Copy.id == BasketLine.copy_id)
        .where(*in_basket())
    )


def _holds(key: SQLColumnExpression[int]) -> Select[Any]:
    return (
        _columns(
            key,
            Hold.state,
            first=_today(),
            last=Hold.pickup_deadline,
            customer_class=Institution.customer_class,
            id=Hold.id,
            branch_id=PickupPlace.branch_id,
        )
        .join(Hold, Hold.holding_id == Holding.id)
        .join(Copy, Copy.id == Hold.copy_id)
        .join(Institution, Institution.id == Hold.institution_id)
        .join(PickupPlace, PickupPlace.id == Hold.place_id)
        .where(*kept_for_hold())
    )


def _received(key: SQLColumnExpression[int]) -> Select[Any]:
    day = _today()
    return (
        _columns(
            key,
            literal(CommitmentKind.RECEIVED.value),
            first=day,
            last=day,
            customer_class=Institution.customer_class,
            id=Copy.id,
            branch_id=Copy.branch_id,
        )
        .join(Copy, Copy.holding_id == Holding.id)
        .outerjoin(Loan, and_(Loan.copy_id == Copy.id, Loan.returned_on.is_(None)))
        .outerjoin(Institution, Institution.id == Loan.institution_id)
        .where(*just_received())
    )


def _today() -> ColumnElement[date]:
    return bindparam("today", type_=Date())


def _commitment(view: Viewpoint, row: Row[Any], margins: Margins) -> Commitment:
    kind = HOLD_KINDS.get(row.kind) or CommitmentKind(row.kind)
    calendar = view.calendar_at(row.branch_id)
    last = row.last
    if last is None or kind is CommitmentKind.IN_TRANSIT_FOR_HOLD:
        last = _deadline(view, calendar)
    return Commitment(
        kind=kind,
        first=row.first,
        last=last,
        quantity=row.quantity,
        handed_out=row.handed_out,
        margins=margins,
        calendar=calendar,
        id=row.id,
        booking_id=row.booking_id,
    )


def _deadline(view: Viewpoint, calendar: OpeningCalendar) -> date:
    """Return until when a copy would be kept that is set aside today."""
    try:
        return pickup_deadline(view.today, view.choices.pickup, calendar)
    except NoOpenDayError:
        return view.today


def _margins(
    view: Viewpoint,
    type_code: str,
    customer_class: str | None,
    courier_before: int,
    courier_after: int,
) -> Margins:
    terms = view.effective(type_code, customer_class or VISITORS_CLASS).terms
    return Margins(
        service_before=terms.service_days_before if terms else 0,
        courier_before=courier_before,
        courier_after=courier_after,
        service_after=terms.service_days_after if terms else 0,
    )
