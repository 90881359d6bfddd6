"""The basket: lines hold stock for a quarter of an hour, visibly, and become bookings."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.basket import BasketLine
from loans.models.booking import Booking
from loans.models.terms import Terms
from loans.operations.basket import (
    Kept,
    LineChange,
    change_basket,
    extend_basket,
    take_out_of_basket,
)
from loans.queries.basket import basket_of, baskets_within, count_basket
from loans.queries.wishes import LineWish
from loans.rules.baskets import HELD_FOR, MOST_LINES
from loans.rules.codes import DayReason, Refusal
from schools.models.owed_letter import OwedLetter
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from tests.loans.operations.baskets.basketing import (
    DAYS,
    LATER,
    Puts,
    Shown,
    Submits,
    book_other,
    lines_of,
    purposed,
)
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores


@pytest.mark.lending("5.5", "4.3")
def test_a_line_holds_its_stock_for_a_quarter_of_an_hour(
    session: Session, make: Make, puts: Puts
) -> None:
    holding = make.holding(copies=1)
    (kept,) = puts(LineWish(holding.id))
    assert kept.is_held
    assert kept.line.held_until == NOW + timedelta(minutes=15)
    assert book_other(session, make, holding.id) == [Refusal.NOT_FREE]
    last_moment = NOW + HELD_FOR - timedelta(seconds=1)
    assert book_other(session, make, holding.id, last_moment) == [Refusal.NOT_FREE]
    assert book_other(session, make, holding.id, NOW + HELD_FOR) == []


@pytest.mark.lending("5.5")
def test_what_cannot_be_had_stays_as_a_wish_and_holds_nothing(
    session: Session, make: Make, puts: Puts
) -> None:
    holding = make.holding(copies=2)
    make.booking(holding, DAYS)
    (kept,) = puts(LineWish(holding.id, 2))
    assert not kept.is_held
    assert kept.answer.codes == {Refusal.NOT_FREE}
    assert book_other(session, make, holding.id) == []


@pytest.mark.lending("5.5")
def test_a_purpose_may_be_named_later(make: Make, puts: Puts) -> None:
    (kept,) = puts(LineWish(make.holding(copies=1).id))
    assert (kept.is_held, kept.line.reason, kept.line.unit_id) == (True, None, None)


def test_the_same_thing_for_the_same_days_is_one_line(make: Make, puts: Puts) -> None:
    holding = make.holding(copies=3)
    puts(LineWish(holding.id))
    (kept,) = puts(LineWish(holding.id, 2))
    assert (kept.line.quantity, kept.is_held) == (3, True)
    (kept,) = puts(LineWish(holding.id))
    assert (kept.line.quantity, kept.is_held) == (4, False)


@pytest.mark.lending("5.5")
def test_extending_holds_on_and_takes_up_what_ran_out(
    session: Session, make: Make, puts: Puts, teacher: Actor, person: Person
) -> None:
    held, gone, taken = (make.holding(copies=1) for _ in range(3))
    puts(LineWish(gone.id), LineWish(taken.id))
    later = NOW + HELD_FOR
    puts(LineWish(held.id), at=later)
    make.booking(taken, DAYS)
    with unit_of_work(session):
        kept = extend_basket(session, person.id, teacher, MONDAY, later)
    assert {each.line.holding_id: each.is_held for each in kept} == {
        held.id: True,
        gone.id: True,
        taken.id: False,
    }
    until = {each.line.held_until for each in kept if each.is_held}
    assert until == {later + HELD_FOR}


@pytest.mark.lending("5.5")
def test_a_changed_line_is_held_anew(
    session: Session, make: Make, puts: Puts, teacher: Actor, person: Person
) -> None:
    holding = make.holding(copies=2)
    make.booking(holding, LATER)
    (kept,) = puts(LineWish(holding.id, 2))
    place = kept.line.place_id

    def changed(**values: Any) -> Kept:
        facts: dict[str, Any] = {"quantity": 2, "period": LATER, "place_id": place} | values
        change = LineChange(**facts)
        with unit_of_work(session):
            wish = (person.id, {kept.line.id: change})
            (line,) = change_basket(session, wish, teacher, MONDAY, NOW)
        return line

    assert not changed().is_held
    assert changed(quantity=1).is_held
    for foreign in (
        {"unit_id": make.unit(make.school()).id},
        {"unit_id": 2**31 - 1},
        {"place_id": make.place(make.centre()).id},
        {"copy_id": make.copy(numbered=True).id},
    ):
        with pytest.raises(NotFoundError):
            changed(**foreign)


def test_what_is_taken_out_is_free_at_once(
    session: Session, make: Make, puts: Puts, teacher: Actor, person: Person
) -> None:
    holding = make.holding(copies=1)
    (kept,) = puts(LineWish(holding.id))
    with unit_of_work(session):
        assert take_out_of_basket(session, person.id, [kept.line.id], teacher) == 1
    assert book_other(session, make, holding.id) == []


@pytest.mark.lending("5.5")
def test_lines_of_the_same_days_and_purpose_become_one_booking(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    film, box, later = (make.holding(copies=1) for _ in range(3))
    puts(LineWish(film.id), LineWish(box.id))
    puts(LineWish(later.id), period=LATER)
    purposed(session)
    done = submits()
    assert [len(each.booking.lines) for each in done.made if each.booking] == [2, 1]
    assert done.refused == {}
    assert session.scalars(select(BasketLine)).all() == []


@pytest.mark.lending("2.4", "5.5")
def test_of_a_basket_for_two_schools_the_letter_belongs_to_neither_alone(
    session: Session, make: Make, puts: Puts, submits: Submits, person: Person
) -> None:
    second = make.school("Gesamtschule Nord")
    session.add(Membership(person_id=person.id, institution_id=second.id, first=MONDAY))
    session.commit()
    for school_id in (person.memberships[0].institution_id, second.id):
        puts(LineWish(make.holding(copies=1).id), institution_id=school_id)
    purposed(session)
    assert len(submits().made) == 2
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.institution_id is None
    assert len({each["school"] for each in letter.facts["bookings"]}) == 2


@pytest.mark.lending("5.5")
def test_what_the_basket_holds_makes_way_for_its_own_bookings(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    holding = make.holding(copies=2)
    puts(LineWish(holding.id, 2))
    purposed(session)
    assert len(submits().made) == 1


@pytest.mark.lending("5.5")
def test_all_or_nothing_unless_only_what_is_free_is_wished(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    film, box = make.holding(copies=1), make.holding(copies=1)
    make.booking(box, DAYS)
    kept = puts(LineWish(film.id), LineWish(box.id))
    purposed(session)
    done = submits()
    assert done.made == ()
    assert {len(answer.refusals) for answer in done.refused.values()} == {1}
    assert len(session.scalars(select(BasketLine)).all()) == 2
    session.rollback()
    done = submits(only_free=True)
    assert [line.holding_id for line in lines_of(done)] == [film.id]
    (line,) = session.scalars(select(BasketLine))
    assert line.id == kept[1].line.id
    assert done.refused[line.id].codes == {Refusal.NOT_FREE}
    assert line.held_until <= NOW


@pytest.mark.lending("5.5")
def test_what_stands_against_the_person_books_nothing_of_it(
    session: Session, make: Make, puts: Puts, submits: Submits, person: Person
) -> None:
    puts(LineWish(make.holding(copies=1).id))
    session.get_one(Person, person.id).blocked = True
    purposed(session)
    done = submits(only_free=True)
    assert done.made == ()
    assert [answer.codes for answer in done.answers] == [{Refusal.BLOCKED}]


@pytest.mark.lending("5.5")
def test_lines_of_one_basket_compete_with_each_other(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    holding = make.holding(copies=2)
    puts(LineWish(holding.id, 2))
    overlapping = Period(DAYS.first, DAYS.first)
    (kept,) = puts(LineWish(holding.id), period=overlapping)
    assert not kept.is_held
    purposed(session)
    done = submits(only_free=True)
    assert [(line.holding_id, line.quantity) for line in lines_of(done)] == [(holding.id, 2)]


def test_a_closed_day_refuses_the_whole_booking(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    saturday = MONDAY + timedelta(days=12)
    puts(LineWish(make.holding(copies=1).id), period=Period(saturday, saturday))
    purposed(session)
    done = submits(only_free=True)
    assert [answer.codes for answer in done.answers] == [{DayReason.CLOSED}]


def test_limits_count_bookings_notlines_of(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    lines = [LineWish(make.holding(copies=1).id) for _ in range(3)]
    session.scalars(select(Terms)).one().limit_open_bookings = 1
    session.commit()
    puts(*lines)
    purposed(session)
    assert len(submits().made) == 1


@pytest.mark.lending("5.8", "5.5")
def test_staff_have_a_basket_for_a_caller(
    session: Session, make: Make, puts: Puts, submits: Submits, person: Person
) -> None:
    staff = make.actor(Role.STAFF)
    puts(LineWish(make.holding(copies=1).id), by=staff)
    purposed(session)
    owners = baskets_within(session, staff.scope(Right.BOOK))
    assert [(each.person_id, each.lines) for each in owners] == [(person.id, 1)]
    (made,) = submits(by=staff).made
    assert made.booking is not None
    assert made.booking.entered_by_staff


def test_the_basket_of_others_is_not_there(
    session: Session, make: Make, puts: Puts, submits: Submits, person: Person
) -> None:
    (kept,) = puts(LineWish(make.holding(copies=1).id))
    strangers = (make.actor(Role.TEACHER), make.actor(Role.STAFF, centre=make.centre()))
    for by in strangers:
        assert basket_of(session, by.scope(Right.BOOK), person.id) == ()
        assert baskets_within(session, by.scope(Right.BOOK)) == ()
        assert submits(by=by).made == ()
        with unit_of_work(session):
            assert take_out_of_basket(session, person.id, [kept.line.id], by) == 0
            assert extend_basket(session, person.id, by, MONDAY, NOW) == ()
        with pytest.raises(NotFoundError):
            puts(LineWish(make.holding(copies=1).id), by=by)


def test_a_basket_has_an_end(session: Session, make: Make, puts: Puts, person: Person) -> None:
    holding = make.holding(copies=1)
    place_id = make.place().id
    school_id = person.memberships[0].institution_id
    session.add_all(
        BasketLine(
            person_id=person.id,
            institution_id=school_id,
            place_id=place_id,
            holding_id=holding.id,
            quantity=1,
            first=DAYS.first,
            last=DAYS.last,
            held_until=NOW,
        )
        for _ in range(MOST_LINES)
    )
    session.commit()
    with pytest.raises(RefusedError) as refused:
        puts(LineWish(holding.id), period=LATER)
    assert refused.value.codes == (Refusal.BASKET_FULL,)
    assert count_basket(session, person.id) == MOST_LINES


def test_showing_a_basket_takes_the_same_statements_whatever_is_in_it(
    session: Session, make: Make, puts: Puts, shown: Shown
) -> None:
    puts(LineWish(make.holding(copies=1).id))
    few = shown()
    for period in (DAYS, LATER):
        puts(*(LineWish(make.holding(copies=1).id, 2) for _ in range(4)), period=period)
    assert shown() == few
    assert session.scalars(select(Booking)).all() == []
