"""A school's collective order: open it, close it, open it again."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import ImpossibleStepError, NotFoundError, RefusedError
from loans.models.collective_order import CollectiveOrder, OrderState
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.availability import Stock, Wish, availability, check_wish
from schools.models.institution import Institution
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right

FIRST_NUMBER = 1000
"""Order numbers begin behind it: S-1001."""


@dataclass(frozen=True, slots=True)
class OrderWish:
    """What a school orders together.

    Attributes:
        institution_id: the school.
        period: the days of all that is ordered.
        place_id: one of its pick-up places; None for the centre's first counter.
        name: what it is for, such as a project week; may be empty.
    """

    institution_id: int
    period: Period
    place_id: int | None = None
    name: str = ""


def open_order(
    session: Session, wish: OrderWish, by: Actor, today: date, now: datetime
) -> CollectiveOrder:
    """Open an order that teachers of the school add to: one place, one period, one delivery.

    Raises:
        NotFoundError: no such school or place within the actor's reach.
        RefusedError: something does not go on its first or last day; carries every reason.

    Source:
        docs/rules.md, Lending 5.8 and 4.5.
    """
    school = session.get(Institution, wish.institution_id)
    scope = by.scope(Right.ORGANISE_SCHOOL)
    if school is None or not scope.covers_institution(school.id, school.centre_id):
        raise NotFoundError("institution", wish.institution_id)
    if school.centre_id is None:
        raise NotFoundError("centre", wish.institution_id)
    where = Where(school.centre_id, wish.place_id, school.id)
    view = viewpoint_of(session, scope, where, today, now)
    anything = availability([Stock(0, 1)], view.rules_place(), wish.period, today=today)[0]
    refusals = check_wish(anything, Wish(period=wish.period))
    if refusals:
        raise RefusedError(refusals)
    order = CollectiveOrder(
        number=f"new-{uuid4().hex[:15]}",
        centre_id=school.centre_id,
        institution_id=school.id,
        place_id=view.place.id,
        name=wish.name.strip(),
        first=wish.period.first,
        last=wish.period.last,
        opened_by=by.account_id,
        created_at=now,
    )
    session.add(order)
    session.flush()
    order.number = f"S-{FIRST_NUMBER + order.id}"
    session.flush()
    after = {"number": order.number, "first": str(order.first), "last": str(order.last)}
    record(session, by, _subject(order), Change("open_order", after=after), now)
    return order


def close_order(session: Session, number: str, by: Actor, now: datetime) -> CollectiveOrder:
    """Close an order: nobody adds to it any more; what is in it stays booked.

    Raises:
        NotFoundError: no such order within the actor's reach.
        ImpossibleStepError: it is closed already.

    Source:
        docs/rules.md, Lending 5.8.
    """
    return _turned(session, number, OrderState.CLOSED, by, now)


def reopen_order(session: Session, number: str, by: Actor, now: datetime) -> CollectiveOrder:
    """Open a closed order again, for what was forgotten.

    Raises:
        NotFoundError: no such order within the actor's reach.
        ImpossibleStepError: it is open.

    Source:
        docs/rules.md, Lending 5.8.
    """
    return _turned(session, number, OrderState.OPEN, by, now)


def _turned(
    session: Session, number: str, state: OrderState, by: Actor, now: datetime
) -> CollectiveOrder:
    query = select(CollectiveOrder).where(CollectiveOrder.number == number.strip().upper())
    order = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    scope = by.scope(Right.ORGANISE_SCHOOL)
    if order is None or not scope.covers_institution(order.institution_id, order.centre_id):
        raise NotFoundError("order", number)
    if order.state is state:
        raise ImpossibleStepError("order", order.state, state)
    change = Change(
        "close_order" if state is OrderState.CLOSED else "reopen_order",
        before={"state": order.state.value},
        after={"state": state.value},
    )
    order.state = state
    record(session, by, _subject(order), change, now)
    return order


def _subject(order: CollectiveOrder) -> Subject:
    return Subject("collective_order", order.id, order.centre_id, order.institution_id)
