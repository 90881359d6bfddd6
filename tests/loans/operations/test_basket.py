"""The basket: lines hold stock for a quarter of an hour, visibly, and become bookings."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.operations.basket import (
    Kept,
    LineChange,
    change_basket,
    extend_basket,
    put_in_basket,
    take_out_of_basket,
)
from loans.operations.book import book
from loans.operations.submit_basket import Submission, Submitted, submit_basket
from loans.queries.basket import basket_answers, basket_of, baskets_within, count_basket
from loans.queries.preview import WishAnswer
from loans.queries.wishes import BookingWish, LineWish, one_line
from loans.rules.baskets import HELD_FOR, MOST_LINES
from loans.rules.codes import DayReason, Refusal
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right, Role
from tests.make import LONG_AGO, MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))
LATER = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=17))

Puts = Callable[..., tuple[Kept, ...]]
Submits = Callable[..., Submitted]


@pytest.fixture
def person(make: Make) -> Person:
    return make.person()


@pytest.fixture
def teacher(make: Make, person: Person) -> Actor:
    return make.actor(Role.TEACHER, person=person)


@pytest.fixture
def puts(session: Session, teacher: Actor) -> Puts:
    """Put something into the teacher's basket."""

    def puts(*lines: LineWish, at: datetime = NOW, **facts: Any) -> tuple[Kept, ...]:
        by = facts.pop("by", teacher)
        values = {"person_id": teacher.person_id, "period": DAYS} | facts
        with unit_of_work(session):
            wish = BookingWish(lines=lines, **values)
            return put_in_basket(session, wish, by, MONDAY, at)

    return puts


@pytest.fixture
def submits(session: Session, teacher: Actor, person: Person) -> Submits:
    def submits(*, by: Actor = teacher, at: datetime = NOW, **how: Any) -> Submitted:
        with unit_of_work(session):
            return submit_basket(session, Submission(person.id, **how), by, MONDAY, at)

    return submits


def purposed(session: Session) -> None:
    """Name a purpose for every line."""
    for line in session.scalars(select(BasketLine)):
        line.reason = OtherReason.TEST
    session.commit()


def book_other(session: Session, make: Make, holding_id: int, at: datetime = NOW) -> list[str]:
    """Let a colleague try to book one; the codes of every reason against it."""
    by = make.actor(Role.TEACHER)
    wish = BookingWish(
        lines=one_line(holding_id),
        person_id=by.person_id or 0,
        period=DAYS,
        reason=OtherReason.TEST,
    )
    try:
        with unit_of_work(session):
            book(session, wish, by, MONDAY, at)
    except RefusedError as refused:
        return [str(code) for code in refused.codes]
    return []


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
    assert [line.holding_id for line in _lines(done)] == [film.id]
    (line,) = session.scalars(select(BasketLine))
    assert line.id == kept[1].line.id
    assert done.refused[line.id].codes == {Refusal.NOT_FREE}
    assert line.held_until <= NOW


def _lines(done: Submitted) -> list[Any]:
    return [line for each in done.made if each.booking for line in each.booking.lines]


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
    assert [(line.holding_id, line.quantity) for line in _lines(done)] == [(holding.id, 2)]


def test_a_closed_day_refuses_the_whole_booking(
    session: Session, make: Make, puts: Puts, submits: Submits
) -> None:
    saturday = MONDAY + timedelta(days=12)
    puts(LineWish(make.holding(copies=1).id), period=Period(saturday, saturday))
    purposed(session)
    done = submits(only_free=True)
    assert [answer.codes for answer in done.answers] == [{DayReason.CLOSED}]


def test_limits_count_bookings_not_lines(
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
    session: Session, engine: Engine, make: Make, puts: Puts, teacher: Actor
) -> None:
    def shown() -> int:
        session.rollback()
        session.expire_all()
        with counted(engine) as sent:
            items = basket_of(session, teacher.scope(Right.BOOK), teacher.person_id or 0)
            basket_answers(session, items, teacher, MONDAY, NOW)
        return sent.count

    puts(LineWish(make.holding(copies=1).id))
    few = shown()
    for period in (DAYS, LATER):
        puts(*(LineWish(make.holding(copies=1).id, 2) for _ in range(4)), period=period)
    assert shown() == few
    assert session.scalars(select(Booking)).all() == []


def hidden(make: Make, line: BasketLine) -> Refusal:
    make.session.get_one(Holding, line.holding_id).visible = False
    return Refusal.NOT_OFFERED


def closed(make: Make, line: BasketLine) -> Refusal:
    place = make.place_at(make.other_branch())
    line.place_id, place.active = place.id, False
    return Refusal.PLACE_CLOSED


def withdrawn(make: Make, line: BasketLine) -> Refusal:
    holding = make.session.get_one(Holding, line.holding_id)
    holding.booked_by = BookedBy.NUMBER
    line.copy_id = make.copy(holding, state="withdrawn").id
    return Refusal.NOT_OFFERED


def pooled(make: Make, line: BasketLine) -> Refusal:
    line.copy_id = make.copy(make.session.get_one(Holding, line.holding_id)).id
    return Refusal.NOT_OFFERED


def left(make: Make, line: BasketLine) -> Refusal:
    school = make.school()
    member = Membership(
        person_id=line.person_id,
        institution_id=school.id,
        first=LONG_AGO,
        last=MONDAY - timedelta(days=1),
    )
    make.session.add(member)
    line.institution_id = school.id
    return Refusal.MEMBERSHIP_ENDED


def retired(make: Make, line: BasketLine) -> Refusal:
    line.reason, line.unit_id = None, make.unit(retired_on=MONDAY).id
    return Refusal.NO_PURPOSE


Going = Callable[[Make, BasketLine], Refusal]


@pytest.mark.lending("5.5")
@pytest.mark.parametrize(
    "goes",
    [
        pytest.param(hidden, id="its title is hidden"),
        pytest.param(closed, id="its place is closed"),
        pytest.param(withdrawn, id="its copy is withdrawn"),
        pytest.param(pooled, id="its copy belongs to a pool"),
        pytest.param(left, id="its school was left"),
        pytest.param(retired, id="its unit is retired"),
    ],
)
def test_a_line_whose_thing_is_gone_says_so_and_the_others_are_reserved(
    make: Make, puts: Puts, submits: Submits, teacher: Actor, goes: Going
) -> None:
    session, by = make.session, teacher
    film, box = make.holding(copies=1), make.holding(copies=1)
    kept, gone = (each.line for each in puts(LineWish(film.id), LineWish(box.id)))
    purposed(session)
    code = goes(make, gone)
    session.commit()
    items = basket_of(session, by.scope(Right.BOOK), gone.person_id)
    answers = basket_answers(session, items, by, MONDAY, NOW)
    assert [str(each) for each in about(answers[gone.id], gone)] == [code]
    assert about(answers[kept.id], kept) == []
    session.rollback()
    with unit_of_work(session):
        held = extend_basket(session, gone.person_id, by, MONDAY, NOW)
    assert {each.line.id for each in held if each.is_held} == {kept.id}
    assert submits().made == ()
    done = submits(only_free=True)
    assert [line.holding_id for line in _lines(done)] == [film.id]
    assert [each.id for each in session.scalars(select(BasketLine))] == [gone.id]
    session.rollback()
    with unit_of_work(session):
        assert take_out_of_basket(session, gone.person_id, [gone.id], by) == 1


def about(answer: WishAnswer, line: BasketLine) -> list[Any]:
    """Return the codes that stand against a line."""
    return [
        each.code
        for each in answer.refusals
        if each.facts.get("holding_id", line.holding_id) == line.holding_id
    ]


def test_the_statements_do_not_grow_with_what_is_gone(
    session: Session, engine: Engine, make: Make, puts: Puts, teacher: Actor
) -> None:
    def shown() -> int:
        session.rollback()
        session.expire_all()
        with counted(engine) as sent:
            items = basket_of(session, teacher.scope(Right.BOOK), teacher.person_id or 0)
            basket_answers(session, items, teacher, MONDAY, NOW)
        return sent.count

    def gone(number: int) -> None:
        for period in (DAYS, LATER):
            for kept in puts(
                *(LineWish(make.holding(copies=1).id) for _ in range(number)), period=period
            ):
                for goes in (pooled, hidden, closed):
                    goes(make, kept.line)
                session.commit()

    gone(1)
    few = shown()
    gone(3)
    assert shown() == few
