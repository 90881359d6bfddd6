"""How many copies of each holding are committed, summed by the store for a whole catalogue."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)

from catalogue.models.copy import Copy
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.queries.committing import (
    counts,
    from_pool,
    in_basket,
    just_received,
    kept_for_hold,
    open_booking,
    open_loan,
)


@cache
def sums() -> Select[tuple[int, int, int, int, int]]:
    """Select by holding how many copies are committed, wherever in the bounds, and on some days.

    `away` counts all that can touch the bounds. Without any margin, so for sure, `on_first` and
    `on_last` are away on the days of these names, and `largest` is the largest commitment with a
    day from the one to the other. Tells at least those of the centre; `values_of` fills it, but
    for `on_first` and `on_last`, which are no days before today.

    Counts the same rows as `commitments_of`, but from the side of the commitments: most holdings
    of a catalogue have none. Built once, like every large statement here: building costs more
    than asking.

    Source:
        docs/rules.md, Lending 4.6.
    """
    # Loans, bookings and holds are not asked for by centre: that would lead past the small indexes
    # of what is open, through years of what is over. Joined by holding, the others fall away.
    loans = _summed(Loan.holding_id, literal(1), Loan.lent_on, Loan.due_on)
    loans = loans.join(Copy, Copy.id == Loan.copy_id)
    left = BookingLine.quantity - BookingLine.handed_out
    bookings = (
        _summed(BookingLine.holding_id, left, Booking.first, Booking.last)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .outerjoin(Copy, Copy.id == BookingLine.copy_id)
    )
    holds = _summed(Hold.holding_id, literal(1)).join(Copy, Copy.id == Hold.copy_id)
    parts = union_all(
        loans.where(*open_loan(), counts()),
        bookings.where(*open_booking(), from_pool(BookingLine.copy_id)),
        _summed(BasketLine.holding_id, BasketLine.quantity)
        .outerjoin(Copy, Copy.id == BasketLine.copy_id)
        .where(*in_basket(), from_pool(BasketLine.copy_id)),
        holds.where(*kept_for_hold(), counts()),
        _summed(Copy.holding_id, literal(1)).where(
            *just_received(), counts(), Copy.centre_id == bindparam("centre_id")
        ),
    ).subquery()
    return select(
        parts.c.holding_id,
        func.sum(parts.c.away).label("away"),
        func.sum(parts.c.on_first).label("on_first"),
        func.sum(parts.c.on_last).label("on_last"),
        func.max(parts.c.largest).label("largest"),
    ).group_by(parts.c.holding_id)


def _summed(
    holding_id: SQLColumnExpression[Any],
    away: SQLColumnExpression[Any],
    first: SQLColumnExpression[Any] | None = None,
    last: SQLColumnExpression[Any] | None = None,
) -> Select[Any]:
    """Select copies of a holding, and what of them is sure; nothing is, without days."""
    wish_first, wish_last = (bindparam(name, type_=Date()) for name in ("on_first", "on_last"))
    columns: list[ColumnElement[Any]] = [holding_id.label("holding_id"), away.label("away")]
    for name, since, until in (
        ("on_first", wish_first, wish_first),
        ("on_last", wish_last, wish_last),
        ("largest", wish_first, wish_last),
    ):
        sure: ColumnElement[Any] = literal(0)
        if first is not None and last is not None:
            sure = case((and_(first <= until, last >= since), away), else_=0)
        columns.append(sure.label(name))
    return select(*columns)
