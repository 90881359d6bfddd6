"""Writes bookings and loans as they were invented, and what they do to copies."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import String, cast, func, literal, select, update
from sqlalchemy.orm import Session

from app.demo.chance import chance
from app.demo.days import ONE_DAY, instant
from app.demo.insertion import insert_rows, insert_unseen
from app.demo.lendings import Lending, Reservation
from app.demo.scene import Scene
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.operations.book import FIRST_NUMBER
from loans.rules.booking_states import BookingState

LOANS_KEEP_NAMES_DAYS = 90
BOOKINGS_KEEP_NAMES_DAYS = 30
"""Source: docs/rules.md, Lending 12.1."""

MINUTES_OF_A_MORNING = 180


def write_bookings(
    session: Session, scene: Scene, reservations: Iterable[Reservation]
) -> dict[Reservation, int]:
    """Write bookings in the order they were made; returns the id of the line of each."""
    random = chance("bookings")
    made = sorted(reservations, key=lambda each: each.made_on)
    rows = [
        _booking(each, scene, random) | {"number": f"new-{place}"}
        for place, each in enumerate(made)
    ]
    booking_ids = insert_rows(session, Booking, rows)
    session.execute(
        update(Booking)
        .where(Booking.number.startswith("new-"))
        .values(number=literal("R-") + cast(Booking.id + FIRST_NUMBER, String))
        .execution_options(synchronize_session=False)
    )
    lines = [
        {
            "booking_id": booking_id,
            "holding_id": each.demand.holding.id,
            "quantity": each.demand.quantity,
            "handed_out": each.handed_out,
        }
        for each, booking_id in zip(made, booking_ids, strict=True)
    ]
    return dict(zip(made, insert_rows(session, BookingLine, lines), strict=True))


def write_loans(
    session: Session,
    scene: Scene,
    lendings: Iterable[Lending],
    lines: Mapping[Reservation, int],
) -> None:
    """Write a loan for each copy that went out."""
    random = chance("loans")
    rows: list[dict[str, object]] = []
    for lending in sorted(lendings, key=lambda each: each.lent_on):
        shared = _loan(lending, scene, random)
        shared["line_id"] = lines[lending.reservation] if lending.reservation else None
        rows += [shared | {"copy_id": copy.id} for copy in lending.copies]
    insert_unseen(session, Loan, rows)


def settle_copies(session: Session) -> None:
    """Mark what is out as on loan, then count what is left to lend of each holding."""
    out = select(Loan.copy_id).where(Loan.returned_on.is_(None))
    session.execute(
        update(Copy)
        .where(Copy.id.in_(out))
        .values(state=CopyState.ON_LOAN, branch_id=None)
        .execution_options(synchronize_session=False)
    )
    placed = select(Loan.copy_id).where(Loan.returned_on.is_(None), Loan.placed)
    capacity = (
        select(func.count(Copy.id))
        .where(Copy.holding_id == Holding.id, Copy.state.in_(LENDABLE_STATES))
        .where(Copy.lendable, ~Copy.numbered, Copy.id.not_in(placed))
        .scalar_subquery()
    )
    session.execute(
        update(Holding).values(lendable=capacity).execution_options(synchronize_session=False)
    )


def _booking(each: Reservation, scene: Scene, random: Random) -> dict[str, Any]:
    demand = each.demand
    teacher = demand.teacher
    cancelled = each.state is BookingState.CANCELLED
    old = (scene.today - each.last).days > BOOKINGS_KEEP_NAMES_DAYS
    return {
        "centre_id": demand.holding.centre.id,
        "person_id": None if old and not teacher.keeps_history else teacher.person_id,
        "institution_id": teacher.school.id,
        "unit_id": demand.purpose.unit_id,
        "reason": demand.purpose.reason,
        "class_name": demand.purpose.class_name,
        "place_id": each.place_id,
        "first": each.first,
        "last": each.last,
        "state": each.state,
        "order_id": each.order_id,
        "entered_by": teacher.account_id,
        "created_at": instant(each.made_on, random.randint(7, 20), random.randrange(60)),
        "cancelled_at": instant(each.first - ONE_DAY, 6) if cancelled else None,
        "sequence": int(cancelled),
    }


def _loan(each: Lending, scene: Scene, random: Random) -> dict[str, object]:
    demand = each.demand
    teacher, centre = demand.teacher, demand.holding.centre
    desk = scene.people.desk[centre.id]
    back = each.returned_on
    back_at = None if back is None else _at_the_desk(back, random)
    old = back is not None and (scene.today - back).days > LOANS_KEEP_NAMES_DAYS
    return {
        "holding_id": demand.holding.id,
        "centre_id": centre.id,
        "branch_id": demand.branch.id,
        "person_id": None if old and not teacher.keeps_history else teacher.person_id,
        "institution_id": teacher.school.id,
        "unit_id": demand.purpose.unit_id,
        "reason": demand.purpose.reason,
        "class_name": demand.purpose.class_name,
        "lent_on": each.lent_on,
        "lent_at": instant(each.lent_on, 10) + timedelta(minutes=random.randrange(120)),
        "lent_by": random.choice(desk),
        "due_on": each.due_on,
        "renewals": each.renewals,
        "returned_on": back,
        "returned_at": back_at,
        "returned_by": None if back is None else random.choice(desk),
        "checked_at": back_at,
    }


def _at_the_desk(day: date, random: Random) -> datetime:
    return instant(day, 12) + timedelta(minutes=random.randrange(MINUTES_OF_A_MORNING))
