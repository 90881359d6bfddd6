"""Book into a school's collective order: its days, its place, its delivery."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.errors import NotFoundError, Refused, RefusedError
from loans.models.booking import Booking
from loans.models.collective_order import CollectiveOrder, OrderState
from loans.operations.book import book
from loans.operations.lock import hold_order
from loans.queries.wishes import BookingWish
from loans.rules.codes import Refusal
from schools.models.institution import Institution
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class IntoOrder:
    """What a teacher needs, and the order it goes into, whatever days and place the wish names."""

    order_id: int
    wish: BookingWish


def book_into_order(
    session: Session, asked: IntoOrder, by: Actor, today: date, now: datetime
) -> Booking:
    """Book something as a part of an order of the school.

    Locks the order first, so that it is not closed meanwhile; then as `book` does.

    Raises:
        NotFoundError: no such order of a school the actor works with; or see `book`.
        RefusedError: the order is closed; or see `book`.

    Source:
        docs/rules.md, Lending 5.8.
    """
    order = _open_order(session, asked.order_id, by)
    taken_over = replace(
        asked.wish,
        period=Period(order.first, order.last),
        place_id=order.place_id,
        institution_id=order.institution_id,
    )
    booking = book(session, taken_over, by, today, now)
    booking.order_id = order.id
    session.flush()
    return booking


def _open_order(session: Session, order_id: int, by: Actor) -> CollectiveOrder:
    order = hold_order(session, order_id)
    if order is None or not _is_within_reach(session, order, by):
        raise NotFoundError("order", order_id)
    if order.state is not OrderState.OPEN:
        raise RefusedError((Refused(Refusal.ORDER_CLOSED),))
    return order


def _is_within_reach(session: Session, order: CollectiveOrder, by: Actor) -> bool:
    school = session.get_one(Institution, order.institution_id)
    own = order.institution_id in by.institution_ids()
    return own or by.scope(Right.BOOK).covers_institution(school.id, school.centre_id)
