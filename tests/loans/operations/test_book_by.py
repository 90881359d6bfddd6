"""A holding is booked as one pool, or each copy by its number."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from catalogue.errors import ActRefusedError, NotFoundError
from catalogue.models.holding import BookedBy, Holding
from catalogue.operations.acquire import NewCopies, add_copies
from catalogue.rules.stock import StockRefusal
from database.unit_of_work import unit_of_work
from loans.operations.book_by import book_by
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("3.3", "4.2")]

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))


def changed(session: Session, holding: Holding, way: BookedBy, by: Actor) -> Holding:
    key = holding.id
    session.rollback()
    with unit_of_work(session):
        return book_by(session, key, way, by, NOW)


def test_numbered_copies_stand_outside_the_pool_and_come_back_to_it(
    session: Session, make: Make
) -> None:
    staff, holding = make.actor(Role.STAFF), make.holding(copies=3)
    make.loan(holding.copies[0])
    make.copy(holding, state="withdrawn")
    make.copy(holding, lendable=False)
    numbered = changed(session, holding, BookedBy.NUMBER, staff)
    assert numbered.lendable == 0
    assert [copy.numbered for copy in numbered.copies] == [True, True, True, False, True]
    assert changed(session, holding, BookedBy.POOL, staff).lendable == 3
    assert breaches(session) == []


def test_new_copies_are_booked_as_the_others(session: Session, make: Make) -> None:
    staff, holding = make.actor(Role.STAFF), make.holding(copies=1)
    branch = make.branch().id
    changed(session, holding, BookedBy.NUMBER, staff)
    with unit_of_work(session):
        (copy,) = add_copies(session, NewCopies(holding.id, 1, branch), staff, NOW)
    assert copy.numbered
    assert session.get_one(Holding, holding.id).lendable == 0
    assert breaches(session) == []


def test_open_bookings_for_any_copy_keep_the_pool(session: Session, make: Make) -> None:
    staff, holding = make.actor(Role.STAFF), make.holding(copies=1)
    booking = make.booking(holding, DAYS)
    with pytest.raises(ActRefusedError) as refused:
        changed(session, holding, BookedBy.NUMBER, staff)
    assert refused.value.reasons == (StockRefusal.BOOKED_AS_POOL,)
    booking.state = BookingState.CANCELLED
    session.commit()
    assert changed(session, holding, BookedBy.NUMBER, staff).booked_by is BookedBy.NUMBER


def test_another_centre_changes_nothing_here(session: Session, make: Make) -> None:
    holding = make.holding(copies=1)
    with pytest.raises(NotFoundError):
        changed(session, holding, BookedBy.NUMBER, make.actor(Role.STAFF, centre=make.centre()))
