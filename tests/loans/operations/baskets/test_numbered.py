"""What is booked by number is held in a basket copy by copy."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.basket import BasketLine
from loans.models.booking import BookingLine
from loans.operations.basket import (
    LineChange,
    change_basket,
    extend_basket,
    take_out_of_basket,
)
from loans.queries.wishes import LineWish
from loans.rules.baskets import HELD_FOR, MOST_LINES
from loans.rules.codes import Refusal
from schools.rules.roles import Actor
from tests.loans.operations.baskets.basketing import (
    DAYS,
    Puts,
    Submits,
    book_other,
    lines_of,
    purposed,
)
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.fixture
def telescopes(make: Make) -> Holding:
    """Three of them, none like the other."""
    holding = make.holding(booked_by=BookedBy.NUMBER)
    for _ in range(3):
        make.copy(holding, numbered=True)
    return holding


def held(session: Session) -> list[tuple[int | None, int, bool]]:
    """Copy and quantity of each line, and whether it holds stock."""
    session.rollback()
    lines = session.scalars(select(BasketLine).order_by(BasketLine.id))
    return [(line.copy_id, line.quantity, line.held_until > NOW) for line in lines]


@pytest.mark.lending("3.3", "4.3", "5.5")
def test_a_copy_is_held_where_none_of_those_booked_by_number_was_chosen(
    session: Session, make: Make, puts: Puts, telescopes: Holding
) -> None:
    first, second, third = (copy.id for copy in telescopes.copies)
    (kept,) = puts(LineWish(telescopes.id))
    assert kept.is_held
    assert held(session) == [(first, 1, True)]
    (other,) = puts(LineWish(telescopes.id, copy_id=second))
    assert other.is_held
    assert book_other(session, make, telescopes.id) == []
    assert book_other(session, make, telescopes.id) == [Refusal.NOT_FREE]
    assert set(session.scalars(select(BookingLine.copy_id))) == {third}


@pytest.mark.lending("3.3", "4.3", "5.5")
def test_of_several_booked_by_number_each_is_held_in_a_line_of_its_own(
    session: Session, make: Make, puts: Puts, telescopes: Holding
) -> None:
    first, second, third = (copy.id for copy in telescopes.copies)
    kept = puts(LineWish(telescopes.id, 2))
    assert [each.is_held for each in kept] == [True, True]
    assert held(session) == [(first, 1, True), (second, 1, True)]
    puts(LineWish(telescopes.id))
    assert {copy_id for copy_id, _, _ in held(session)} == {first, second, third}
    assert book_other(session, make, telescopes.id) == [Refusal.NOT_FREE]


@pytest.mark.lending("3.3", "5.5")
def test_too_many_booked_by_number_are_one_wish_that_holds_nothing(
    session: Session, make: Make, puts: Puts, telescopes: Holding
) -> None:
    (kept,) = puts(LineWish(telescopes.id, 2))[:1]
    (refused,) = puts(LineWish(telescopes.id, 3))
    assert not refused.is_held
    assert refused.answer.lines[0].free == 2
    assert held(session)[0] == (None, 4, False)
    assert refused.line.id == kept.line.id


@pytest.mark.lending("3.3", "5.5")
def test_a_line_with_any_copy_is_extended_with_another_if_its_own_is_gone(
    session: Session, make: Make, puts: Puts, teacher: Actor, telescopes: Holding
) -> None:
    first, second, third = (copy.id for copy in telescopes.copies)
    puts(LineWish(telescopes.id), at=NOW - HELD_FOR)
    puts(LineWish(telescopes.id, copy_id=third), at=NOW - HELD_FOR)
    for copy_id in (first, third):
        make.booking(telescopes, DAYS).lines[0].copy_id = copy_id
    session.commit()
    with unit_of_work(session):
        kept = extend_basket(session, teacher.person_id or 0, teacher, MONDAY, NOW)
    assert [each.is_held for each in kept] == [True, False]
    assert held(session) == [(second, 1, True), (third, 1, False)]


@pytest.mark.lending("3.3", "5.5")
def test_a_line_of_any_copy_is_changed_and_taken_out_by_itself(
    session: Session, puts: Puts, teacher: Actor, telescopes: Holding
) -> None:
    first, second, third = (copy.id for copy in telescopes.copies)
    person_id = teacher.person_id or 0
    (one,) = puts(LineWish(telescopes.id))
    place_id = one.line.place_id
    with unit_of_work(session):
        three = {one.line.id: LineChange(3, DAYS, place_id)}
        kept = change_basket(session, (person_id, three), teacher, MONDAY, NOW)
        again = {each.line.id: LineChange(1, DAYS, place_id) for each in kept}
        assert change_basket(session, (person_id, again), teacher, MONDAY, NOW) == ()
    assert held(session) == [(first, 1, True), (second, 1, True), (third, 1, True)]
    with unit_of_work(session):
        take_out_of_basket(session, person_id, [kept[1].line.id], teacher)
    assert held(session) == [(first, 1, True), (third, 1, True)]


@pytest.mark.lending("3.3", "5.5")
def test_copies_that_nobody_chose_become_one_booking_of_whatever_is_free(
    session: Session, make: Make, puts: Puts, submits: Submits, telescopes: Holding
) -> None:
    first, second, third = (copy.id for copy in telescopes.copies)
    puts(LineWish(telescopes.id, 2), at=NOW - HELD_FOR)
    make.booking(telescopes, DAYS).lines[0].copy_id = first
    purposed(session)
    (made,) = submits().made
    assert made.booking is not None
    assert [(line.copy_id, line.quantity) for line in made.booking.lines] == [
        (second, 1),
        (third, 1),
    ]
    assert held(session) == []


@pytest.mark.lending("3.3", "5.5")
@pytest.mark.parametrize("is_gone", [False, True], ids=["booked", "withdrawn"])
def test_a_chosen_copy_that_is_gone_keeps_no_other_from_being_booked(
    make: Make, puts: Puts, submits: Submits, telescopes: Holding, *, is_gone: bool
) -> None:
    first, second, _ = telescopes.copies
    gone, _ = puts(
        LineWish(telescopes.id, copy_id=first.id),
        LineWish(telescopes.id, copy_id=second.id),
        at=NOW - HELD_FOR,
    )
    if is_gone:
        first.state = CopyState.WITHDRAWN
    else:
        make.booking(telescopes, DAYS).lines[0].copy_id = first.id
    purposed(make.session)
    key = gone.line.id
    done = submits(only_free=True)
    assert [line.copy_id for line in lines_of(done)] == [second.id]
    assert done.refused.keys() == {key}
    assert [bool(each.refusals) for each in done.refused[key].lines] == [True, False]


@pytest.mark.lending("3.3", "5.5")
def test_so_many_copies_by_number_that_the_basket_is_full_are_refused(
    session: Session, make: Make, puts: Puts
) -> None:
    holding = make.holding(booked_by=BookedBy.NUMBER)
    for _ in range(MOST_LINES + 1):
        make.copy(holding, numbered=True)
    with pytest.raises(RefusedError) as refused:
        puts(LineWish(holding.id, MOST_LINES + 1))
    assert refused.value.codes == (Refusal.BASKET_FULL,)
    assert held(session) == []
