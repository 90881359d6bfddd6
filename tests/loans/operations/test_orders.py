"""A school's collective order: opened for days and a place, added to, closed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError, RefusedError
from loans.models.booking import Booking
from loans.models.collective_order import CollectiveOrder, OrderState
from loans.models.purpose import OtherReason
from loans.operations.book_into_order import IntoOrder, book_into_order
from loans.operations.cancel import cancel
from loans.operations.edit_booking import edit_booking
from loans.operations.lock import hold_order
from loans.operations.order_together import OrderWish, close_order, open_order, reopen_order
from loans.queries.edits import unchanged
from loans.queries.orders import (
    open_orders,
    order_numbered,
    orders_seen_by,
    orders_within,
    sheet_of,
)
from loans.queries.wishes import BookingWish, one_line
from loans.rules.codes import DayReason, Refusal
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("5.8")]

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))

Opens = Callable[..., CollectiveOrder]
Adds = Callable[..., Booking]


@pytest.fixture
def admin(make: Make) -> Actor:
    return make.actor(Role.SCHOOL_ADMIN)


@pytest.fixture
def teacher(make: Make, admin: Actor) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def opens(session: Session, make: Make, admin: Actor) -> Opens:
    def opens(by: Actor = admin, period: Period = DAYS, **wish: Any) -> CollectiveOrder:
        school_id = wish.pop("institution_id", make.the_school().id)
        with unit_of_work(session):
            asked = OrderWish(school_id, period, **wish)
            return open_order(session, asked, by, MONDAY, NOW)

    return opens


@pytest.fixture
def adds(session: Session, teacher: Actor) -> Adds:
    def adds(order_id: int, holding_id: int, by: Actor = teacher, **wish: Any) -> Booking:
        values: dict[str, Any] = {
            "lines": one_line(holding_id),
            "person_id": by.person_id,
            "period": Period(MONDAY, MONDAY),
            "reason": OtherReason.PREVIEW,
        }
        asked = IntoOrder(order_id, BookingWish(**(values | wish)))
        with unit_of_work(session):
            return book_into_order(session, asked, by, MONDAY, NOW)

    return adds


def courier(session: Session, make: Make) -> PickupPlace:
    place = PickupPlace(
        centre_id=make.the_centre().id,
        branch_id=make.branch().id,
        institution_id=make.the_school().id,
        kind=PlaceKind.COURIER,
        name="Schulpost",
        courier_days_before=1,
        courier_days_after=1,
    )
    session.add(place)
    session.commit()
    return place


def test_an_order_is_not_closed_while_something_is_booked_into_it(
    session: Session, opens: Opens, admin: Actor, engine: Engine
) -> None:
    order = opens()
    order_id, number = order.id, order.number

    def close() -> None:
        with Session(engine) as other, unit_of_work(other):
            close_order(other, number, admin, NOW)

    closing = Thread(target=close)
    with unit_of_work(session):
        hold_order(session, order_id)
        closing.start()
        closing.join(0.3)
        assert closing.is_alive()
    closing.join(10)
    session.refresh(order)
    assert order.state is OrderState.CLOSED


def test_days_and_place_are_taken_over_from_the_order(
    session: Session, make: Make, opens: Opens, adds: Adds
) -> None:
    place = courier(session, make)
    order = opens(place_id=place.id, name="Projektwoche")
    assert order.number == f"S-{1000 + order.id}"
    booking = adds(order.id, make.holding(copies=1).id)
    assert (booking.first, booking.last) == (DAYS.first, DAYS.last)
    assert (booking.place_id, booking.order_id) == (place.id, order.id)


def test_staff_open_one_for_a_school_of_their_centre_and_book_into_it_for_a_caller(
    make: Make, opens: Opens, adds: Adds, teacher: Actor
) -> None:
    staff = make.actor(Role.STAFF)
    order = opens(by=staff)
    booking = adds(order.id, make.holding(copies=1).id, by=staff, person_id=teacher.person_id)
    assert booking.entered_by_staff
    assert booking.order_id == order.id


def test_the_sheet_lists_lines_by_teacher_class_and_unit(
    session: Session, make: Make, opens: Opens, adds: Adds, admin: Actor
) -> None:
    order = opens()
    zeta = make.actor(Role.TEACHER, person=make.person(given_name="Eva", family_name="Zeta"))
    alpha = make.actor(Role.TEACHER, person=make.person(given_name="Udo", family_name="Alpha"))
    film = make.holding(make.title("Film"), copies=3, shelf_mark="F 1")
    box = make.holding(make.title("Box"), copies=1)
    unit = make.unit()
    adds(order.id, film.id, by=zeta, class_name="7b")
    adds(order.id, film.id, by=alpha, class_name="9a", unit_id=unit.id, reason=None)
    adds(order.id, box.id, by=alpha, class_name="7c")
    gone = adds(order.id, film.id, by=zeta, class_name="5a")
    with unit_of_work(session):
        cancel(session, gone.number, zeta, NOW)
    scope = orders_seen_by(admin)
    lines = sheet_of(session, scope, order.id)
    assert [(each.person, each.class_name, each.title) for each in lines] == [
        ("Alpha, Udo", "7c", "Box"),
        ("Alpha, Udo", "9a", "Film"),
        ("Zeta, Eva", "7b", "Film"),
    ]
    assert lines[1].unit == "UV 7.2 Energie des Lebens"
    own = sheet_of(session, scope, order.id, zeta.person_id)
    assert [each.class_name for each in own] == ["7b"]
    facts = order_numbered(session, scope, order.number.lower())
    assert facts is not None
    assert (facts.bookings, facts.pieces) == (3, 3)


def test_what_is_moved_to_other_days_leaves_the_order(
    session: Session, make: Make, opens: Opens, adds: Adds, teacher: Actor
) -> None:
    order = opens()
    booking = adds(order.id, make.holding(copies=1).id)
    with unit_of_work(session):
        edit = replace(unchanged(booking), class_name="7b")
        assert edit_booking(session, edit, teacher, MONDAY, NOW).order_id == order.id
    later = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=16))
    with unit_of_work(session):
        edit = replace(unchanged(booking), period=later)
        assert edit_booking(session, edit, teacher, MONDAY, NOW).order_id is None
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "edit")).all()[-1]
    assert (entry.before["order_id"], entry.after["order_id"]) == (order.id, None)


def test_nobody_adds_to_a_closed_order_until_it_is_opened_again(
    session: Session, make: Make, opens: Opens, adds: Adds, admin: Actor
) -> None:
    order, holding = opens(), make.holding(copies=2)
    kept = adds(order.id, holding.id)
    with unit_of_work(session):
        close_order(session, order.number, admin, NOW)
    with pytest.raises(RefusedError) as refused:
        adds(order.id, holding.id)
    assert refused.value.codes == (Refusal.ORDER_CLOSED,)
    session.refresh(kept)
    assert kept.state.value == "confirmed"
    assert open_orders(session, orders_seen_by(admin), MONDAY) == ()
    with pytest.raises(ImpossibleStepError), unit_of_work(session):
        close_order(session, order.number, admin, NOW)
    with unit_of_work(session):
        reopen_order(session, order.number, admin, NOW)
    adds(order.id, holding.id)
    acts = session.scalars(
        select(AuditEntry.act)
        .where(AuditEntry.subject_kind == "collective_order")
        .order_by(AuditEntry.id)
    ).all()
    assert acts == ["open_order", "close_order", "reopen_order"]


def test_an_order_obeys_the_days_of_its_place(make: Make, opens: Opens) -> None:
    saturday = MONDAY + timedelta(days=5)
    with pytest.raises(RefusedError) as refused:
        opens(period=Period(saturday, saturday))
    assert refused.value.codes == (DayReason.CLOSED,)
    with pytest.raises(RefusedError) as refused:
        opens(period=Period(MONDAY - timedelta(days=3), MONDAY + timedelta(days=200)))
    assert set(refused.value.codes) == {DayReason.PAST, DayReason.TOO_LONG}


def test_what_the_rules_forbid_is_not_booked_into_it_either(
    session: Session, make: Make, opens: Opens, adds: Adds
) -> None:
    order, holding = opens(), make.holding(copies=1)
    adds(order.id, holding.id)
    with pytest.raises(RefusedError) as refused:
        adds(order.id, holding.id)
    assert refused.value.codes == (Refusal.NOT_FREE,)
    assert len(session.scalars(select(Booking)).all()) == 1


def test_foreign_orders_schools_and_places_are_not_found(
    session: Session, make: Make, opens: Opens, adds: Adds
) -> None:
    order, holding = opens(), make.holding(copies=1)
    elsewhere = make.centre()
    far = make.school(centre=elsewhere)
    neighbour = make.school()
    for by in (
        make.actor(Role.TEACHER, school=neighbour, person=make.person(neighbour)),
        make.actor(Role.TEACHER, school=far, person=make.person(far)),
    ):
        with pytest.raises(NotFoundError):
            adds(order.id, holding.id, by=by)
        assert order_numbered(session, orders_seen_by(by), order.number) is None
        assert sheet_of(session, orders_seen_by(by), order.id) == ()
        assert orders_within(session, orders_seen_by(by), 1).orders == ()
    for wish in (
        {"institution_id": far.id},
        {"institution_id": neighbour.id},
        {"place_id": make.place(elsewhere).id},
    ):
        with pytest.raises(NotFoundError):
            opens(**wish)
    stranger = make.actor(Role.SCHOOL_ADMIN, school=neighbour, person=make.person(neighbour))
    with pytest.raises(NotFoundError), unit_of_work(session):
        close_order(session, order.number, stranger, NOW)


def test_whether_a_foreign_order_is_closed_is_not_told(
    session: Session, make: Make, opens: Opens, adds: Adds, admin: Actor
) -> None:
    order, neighbour = opens(), make.school()
    with unit_of_work(session):
        close_order(session, order.number, admin, NOW)
    by = make.actor(Role.TEACHER, school=neighbour, person=make.person(neighbour))
    with pytest.raises(NotFoundError):
        adds(order.id, make.holding(copies=1).id, by=by)


def test_no_teacher_opens_or_closes_one(
    session: Session, make: Make, opens: Opens, teacher: Actor
) -> None:
    with pytest.raises(NotFoundError):
        opens(by=teacher)
    order = opens()
    with pytest.raises(NotFoundError), unit_of_work(session):
        close_order(session, order.number, teacher, NOW)
    assert order.state is OrderState.OPEN
