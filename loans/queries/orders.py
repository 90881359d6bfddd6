"""Collective orders of schools: which there are, and what teachers added to each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.models.collective_order import CollectiveOrder, OrderState
from loans.models.purpose import OtherReason
from loans.queries.borrowers import within
from loans.queries.plans import KEPT
from loans.rules.booking_states import BookingState
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace, PlaceKind
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person
from schools.rules.pages import last_page
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Scope

PAGE = 25


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """A collective order as pages show it.

    Attributes:
        place: name of the pick-up place, which `place_kind` tells how it is reached.
        bookings: how many were added and not given up.
        pieces: things in them.
    """

    id: int
    number: str
    name: str
    state: OrderState
    period: Period
    centre_id: int
    institution_id: int
    institution: str
    place_id: int
    place: str
    place_kind: PlaceKind
    branch: str
    bookings: int
    pieces: int


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of orders, and how many there are in all."""

    orders: tuple[OrderFacts, ...]
    total: int

    @property
    def last_page(self) -> int:
        """The number of the last page, at least 1."""
        return last_page(self.total, PAGE)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """So many of a title for one teacher's class, on the sheet of an order.

    Attributes:
        unit: number and name of the teaching unit; empty for another `reason`.
    """

    booking: str
    state: BookingState
    person: str
    class_name: str
    unit: str
    reason: OtherReason | None
    remark: str
    title_id: int
    title: str
    type_code: str
    shelf_mark: str
    quantity: int
    handed_out: int


def orders_seen_by(who: Actor) -> Scope:
    """Return whose orders somebody sees: of the own schools, or of the centre served."""
    return Scope(
        centre_ids=who.scope(Right.ORGANISE_SCHOOL).centre_ids,
        institution_ids=who.institution_ids(),
    )


def orders_within(session: Session, scope: Scope, page: int) -> OrderPage:
    """Return a page of orders, those open first and the latest days on top; two statements."""
    counted = select(func.count(CollectiveOrder.id)).where(_seen(scope))
    total = session.scalar(counted) or 0
    closed = CollectiveOrder.state == OrderState.CLOSED
    query = _orders().where(_seen(scope))
    rows = session.execute(
        query.order_by(closed, CollectiveOrder.first.desc(), CollectiveOrder.id.desc())
        .limit(PAGE)
        .offset(PAGE * (max(1, page) - 1))
    )
    return OrderPage(tuple(_facts(row) for row in rows), total)


def open_orders(session: Session, scope: Scope, today: date) -> tuple[OrderFacts, ...]:
    """Return orders that can still be added to, the nearest first, in one statement."""
    rows = session.execute(
        _orders()
        .where(_seen(scope), CollectiveOrder.state == OrderState.OPEN)
        .where(CollectiveOrder.first >= today)
        .order_by(CollectiveOrder.first, CollectiveOrder.id)
        .limit(PAGE)
    )
    return tuple(_facts(row) for row in rows)


def order_numbered(session: Session, scope: Scope, number: str) -> OrderFacts | None:
    """Return the order with that number; None where the scope ends."""
    query = _orders().where(_seen(scope), CollectiveOrder.number == number.strip().upper())
    row = session.execute(query).one_or_none()
    return None if row is None else _facts(row)


def sheet_of(
    session: Session, scope: Scope, order_id: int, person_id: int | None = None
) -> tuple[SheetLine, ...]:
    """Return all lines of an order by teacher, class and unit, in two statements.

    Args:
        session: the session.
        scope: the order lies in it, or nothing is returned.
        order_id: of the order.
        person_id: only the lines of this person; None for all.

    Source:
        docs/rules.md, Lending 5.8.
    """
    query = (
        select(Booking)
        .join(CollectiveOrder, CollectiveOrder.id == Booking.order_id)
        .where(_seen(scope), Booking.order_id == order_id, Booking.state.in_(KEPT))
        .options(*_everything())
    )
    if person_id is not None:
        query = query.where(Booking.person_id == person_id)
    lines = (line for row in session.scalars(query) for line in _lines(row))
    return tuple(sorted(lines, key=_place))


def _place(line: SheetLine) -> tuple[object, ...]:
    return (line.person, line.class_name, line.unit, line.booking, line.title)


def _seen(scope: Scope) -> ColumnElement[bool]:
    if not (scope.everything or scope.centre_ids or scope.institution_ids):
        return false()
    return within(scope, CollectiveOrder.centre_id, CollectiveOrder.institution_id)


def _orders() -> Select[*tuple[Any, ...]]:
    counted = _counted()
    return (
        select(
            CollectiveOrder,
            Institution.name,
            Institution.short_name,
            PickupPlace.name,
            PickupPlace.kind,
            Branch.name,
            func.coalesce(counted.c.bookings, 0),
            func.coalesce(counted.c.pieces, 0),
        )
        .join(Institution, Institution.id == CollectiveOrder.institution_id)
        .join(PickupPlace, PickupPlace.id == CollectiveOrder.place_id)
        .join(Branch, Branch.id == PickupPlace.branch_id)
        .outerjoin(counted, counted.c.order_id == CollectiveOrder.id)
    )


def _counted() -> Subquery:
    kept = and_(Booking.state.in_(KEPT), Booking.order_id.is_not(None))
    return (
        select(
            Booking.order_id,
            func.count(Booking.id.distinct()).label("bookings"),
            func.sum(BookingLine.quantity).label("pieces"),
        )
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .where(kept)
        .group_by(Booking.order_id)
        .subquery()
    )


def _facts(row: Any) -> OrderFacts:  # noqa: ANN401  # a row of `_orders`
    order, name, short_name, place, kind, branch, bookings, pieces = row
    return OrderFacts(
        id=order.id,
        number=order.number,
        name=order.name,
        state=order.state,
        period=Period(order.first, order.last),
        centre_id=order.centre_id,
        institution_id=order.institution_id,
        institution=short_name or name,
        place_id=order.place_id,
        place=place,
        place_kind=kind,
        branch=branch,
        bookings=bookings,
        pieces=int(pieces),
    )


@cache
def _everything() -> tuple[ORMOption, ...]:
    # Made on first use: by then every model is imported, and the mappers know each other.
    return (
        joinedload(Booking.person).load_only(Person.given_name, Person.family_name),
        joinedload(Booking.unit).load_only(TeachingUnit.number, TeachingUnit.name),
        selectinload(Booking.lines)
        .joinedload(BookingLine.holding)
        .load_only(Holding.title_id, Holding.shelf_mark)
        .joinedload(Holding.title)
        .load_only(Title.name, Title.media_type),
    )


def _lines(row: Booking) -> Iterable[SheetLine]:
    unit = row.unit
    for line in row.lines:
        title = line.holding.title
        yield SheetLine(
            booking=row.number,
            state=row.state,
            person="" if row.person is None else _sorted_name(row.person),
            class_name=row.class_name,
            unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
            reason=row.reason,
            remark=row.remark,
            title_id=line.holding.title_id,
            title=title.name,
            type_code=title.media_type,
            shelf_mark=line.holding.shelf_mark,
            quantity=line.quantity,
            handed_out=line.handed_out,
        )


def _sorted_name(person: Person) -> str:
    return f"{person.family_name}, {person.given_name}"
