"""The preview says of each wish what the booking would say, and writes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.operations.book import book_many
from loans.queries.preview import WishAnswer, preview
from loans.queries.wishes import BookingWish, LineWish, Wishes
from loans.rules.codes import DayReason, Refusal
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make
from tests.statements import counted


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


def week(number: int) -> Period:
    monday = MONDAY + timedelta(weeks=number)
    return Period(monday, monday + timedelta(days=4))


def wishes(by: Actor, holding_id: int, *numbers: int, quantity: int = 1) -> Wishes:
    return Wishes(
        every=tuple(
            BookingWish(
                lines=(LineWish(holding_id, quantity),),
                person_id=by.person_id or 0,
                period=week(number),
                reason=OtherReason.TEST,
            )
            for number in numbers
        )
    )


def asked(session: Session, every: Wishes, by: Actor) -> tuple[WishAnswer, ...]:
    return preview(session, every, by, MONDAY, NOW)


@pytest.mark.lending("5.4")
def test_each_date_is_free_or_says_why_and_when_instead(
    session: Session, make: Make, teacher: Actor
) -> None:
    holding = make.holding(copies=4)
    make.booking(holding, week(2), 3)
    first, second = asked(session, wishes(teacher, holding.id, 1, 2, quantity=4), teacher)
    assert (first.granted, first.refusals, first.next_free) == (True, (), None)
    assert not second.granted
    (line,) = second.lines
    assert (line.free, line.next_free) == (1, week(3))
    assert second.next_free == week(3)
    (refused,) = second.refusals
    assert (refused.code, refused.facts["from_day"]) == (Refusal.NOT_FREE, week(3).first)


@pytest.mark.lending("5.4", "4.1")
def test_a_later_wish_sees_those_before_it_and_the_booking_says_the_same(
    session: Session, make: Make, teacher: Actor
) -> None:
    holding = make.holding(copies=3)
    every = wishes(teacher, holding.id, 1, 1, 1, 2, quantity=2)
    shown = [answer.granted for answer in asked(session, every, teacher)]
    assert shown == [True, False, False, True]
    with unit_of_work(session):
        booked = book_many(
            session, Wishes(every=every.every, only_free=True), teacher, MONDAY, NOW
        )
    assert [made.booking is not None for made in booked] == shown


def test_a_preview_writes_nothing(session: Session, make: Make, teacher: Actor) -> None:
    holding = make.holding(copies=1)
    asked(session, wishes(teacher, holding.id, 1), teacher)
    assert not session.new
    assert session.scalar(select(func.count(Booking.id))) == 0


def test_all_reasons_of_a_date_are_told(session: Session, make: Make, teacher: Actor) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, week(1))
    (wish,) = wishes(teacher, holding.id, 1).every
    saturday = Period(week(1).first, week(1).last + timedelta(days=1))
    every = Wishes(
        every=(
            BookingWish(lines=wish.lines, person_id=wish.person_id, period=saturday, reason=None),
        )
    )
    (answer,) = asked(session, every, teacher)
    assert answer.codes == {DayReason.CLOSED, Refusal.NOT_FREE, Refusal.NO_PURPOSE}


def test_a_period_of_thousands_of_days_is_too_long_and_costs_no_more(
    session: Session, make: Make, teacher: Actor
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, week(1))
    (wish,) = wishes(teacher, holding.id, 1).every
    long = Period(week(1).first, week(1).first + timedelta(days=40_000))
    every = Wishes(
        every=(
            BookingWish(
                lines=wish.lines, person_id=wish.person_id, period=long, reason=wish.reason
            ),
        )
    )
    (answer,) = asked(session, every, teacher)
    assert answer.codes == {DayReason.TOO_LONG, Refusal.NOT_FREE}


def test_who_acts_for_no_school_here_is_told_so(session: Session, make: Make) -> None:
    left = make.person(until=MONDAY - timedelta(days=1))
    by = make.actor(Role.TEACHER, person=left)
    (answer,) = asked(session, wishes(by, make.holding(copies=1).id, 1), by)
    assert answer.codes == {Refusal.MEMBERSHIP_ENDED}


def test_the_statements_do_not_depend_on_wishes_lines_or_bookings(
    session: Session, engine: Engine, make: Make, teacher: Actor
) -> None:
    holdings = [make.holding(copies=2) for _ in range(5)]

    def statements(lines: int, *numbers: int) -> int:
        every = Wishes(
            every=tuple(
                BookingWish(
                    lines=tuple(LineWish(each.id, 3) for each in holdings[:lines]),
                    person_id=teacher.person_id or 0,
                    period=week(number),
                    reason=OtherReason.TEST,
                )
                for number in numbers
            )
        )
        session.rollback()
        with counted(engine) as sent:
            asked(session, every, teacher)
        return sent.count

    few = statements(1, 1)
    for each in holdings:
        make.booking(each, week(1))
    assert statements(5, 1, 2, 3, 4) == few
