"""Booking planned media in one go: a booking for each unit and its days, only what is missing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError
from loans.models.booking import Booking
from loans.models.refused_wish import RefusedWish
from loans.operations.book import Made
from loans.operations.book_plan import book_plan
from loans.operations.record_missed import MissedLine, record_missed
from loans.queries.plan_wishes import ChosenLine, PlanChoice
from loans.rules.booking_states import BookingState
from loans.rules.codes import Refusal
from schools.models.media_concept import TeachingUnit
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from schools.rules.school_year import SchoolYear
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("6.2")]

YEAR = SchoolYear(2026)
DAYS = Period(date(2026, 11, 30), date(2026, 12, 11))
LATER = Period(date(2027, 1, 11), date(2027, 1, 15))

Books = Callable[..., tuple[Made, ...]]
Chooses = Callable[..., ChosenLine]


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def books(session: Session, teacher: Actor) -> Books:
    def books(*lines: ChosenLine, by: Actor = teacher, **how: Any) -> tuple[Made, ...]:
        with unit_of_work(session):
            return book_plan(session, PlanChoice(lines, YEAR, **how), by, MONDAY, NOW)

    return books


@pytest.fixture
def plan(make: Make) -> Chooses:
    """Plan a holding's title for a unit, and choose it."""

    def plan(
        unit: TeachingUnit, holding: Holding, quantity: int = 1, period: Period = DAYS
    ) -> ChosenLine:
        make.planned(unit, holding.title, quantity)
        return ChosenLine(unit.id, holding.title_id, holding.id, period, quantity)

    return plan


def test_a_units_media_become_one_booking_with_a_line_each(
    make: Make, books: Books, plan: Chooses
) -> None:
    unit, film, cameras = make.unit(), make.holding(copies=1), make.holding(copies=6)
    (made,) = books(plan(unit, film), plan(unit, cameras, 6), class_name="7b")
    booking = made.booking
    assert booking is not None
    assert (booking.unit_id, booking.class_name, booking.reason) == (unit.id, "7b", None)
    assert (booking.first, booking.last) == (DAYS.first, DAYS.last)
    lines = {line.holding_id: line.quantity for line in booking.lines}
    assert lines == {film.id: 1, cameras.id: 6}
    assert booking.group_key is None


def test_other_days_and_other_units_are_bookings_of_their_own_in_one_group(
    session: Session, make: Make, books: Books, plan: Chooses
) -> None:
    first, second = make.unit(number="1"), make.unit(number="2")
    made = books(
        plan(first, make.holding(copies=1)),
        plan(first, make.holding(copies=1), period=LATER),
        plan(second, make.holding(copies=1)),
    )
    bookings = [each.booking for each in made]
    assert all(bookings)
    assert len({booking.group_key for booking in bookings if booking}) == 1
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKINGS_CONFIRMED
    assert len(letter.facts["bookings"]) == 3


def test_booking_again_books_only_what_is_missing(
    session: Session, make: Make, books: Books, plan: Chooses
) -> None:
    unit, holding = make.unit(), make.holding(copies=9)
    line = plan(unit, holding, 6)
    make.booking(holding, DAYS, 4, unit_id=unit.id, reason=None)
    (made,) = books(line)
    assert made.booking is not None
    assert [each.quantity for each in made.booking.lines] == [2]
    assert books(line) == ()
    assert len(session.scalars(select(Booking)).all()) == 2


def test_what_was_never_collected_of_a_unit_is_missing_again(
    session: Session, make: Make, books: Books, plan: Chooses
) -> None:
    unit, holding = make.unit(), make.holding(copies=9)
    line = plan(unit, holding, 6)
    booking = make.booking(
        holding, DAYS, 6, unit_id=unit.id, reason=None, state=BookingState.COLLECTED
    )
    booking.lines[0].handed_out = 2
    session.commit()
    (made,) = books(line)
    assert made.booking is not None
    assert [each.quantity for each in made.booking.lines] == [4]


def test_nothing_is_booked_beyond_the_plan(make: Make, books: Books) -> None:
    unit, holding = make.unit(), make.holding(copies=9)
    unplanned = ChosenLine(unit.id, holding.title_id, holding.id, DAYS, 3)
    assert books(unplanned) == ()
    make.planned(unit, holding.title, 2)
    (made,) = books(unplanned)
    assert made.booking is not None
    assert [each.quantity for each in made.booking.lines] == [2]


def test_a_similar_title_is_booked_in_place_of_the_planned_one(make: Make, books: Books) -> None:
    unit = make.unit()
    wanted, other = make.holding(make.title("Wald")), make.holding(make.title("Wiese"), copies=1)
    make.planned(unit, wanted.title)
    (made,) = books(ChosenLine(unit.id, wanted.title_id, other.id, DAYS, 1))
    assert made.booking is not None
    assert [each.holding_id for each in made.booking.lines] == [other.id]


def test_all_or_nothing_unless_the_free_ones_are_asked_for(
    session: Session, make: Make, books: Books, plan: Chooses
) -> None:
    unit, busy, free = make.unit(), make.holding(copies=1), make.holding(copies=1)
    make.booking(busy, DAYS)
    lines = (plan(unit, busy), plan(unit, free, period=LATER))
    refused, granted = books(*lines)
    assert refused.booking is granted.booking is None
    assert Refusal.NOT_FREE in refused.answer.codes
    assert len(session.scalars(select(Booking)).all()) == 1
    granted, refused = books(*lines, only_free=True)
    assert refused.booking is None
    assert granted.booking is not None


def test_a_medium_that_is_taken_is_left_out_of_its_units_booking(
    make: Make, books: Books, plan: Chooses
) -> None:
    unit, busy, free = make.unit(), make.holding(copies=1), make.holding(copies=1)
    make.booking(busy, DAYS)
    granted, refused = books(plan(unit, busy), plan(unit, free), only_free=True)
    assert granted.booking is not None
    assert [line.holding_id for line in granted.booking.lines] == [free.id]
    assert refused.booking is None
    assert Refusal.NOT_FREE in refused.answer.codes


def test_what_is_left_of_one_unit_takes_nothing_but_that_from_the_next(
    make: Make, books: Books, plan: Chooses
) -> None:
    """The first unit still has the film, the second the box, though not the film as well."""
    first, second = make.unit(number="1"), make.unit(number="2")
    film, box, taken = (make.holding(make.title(), copies=1) for _ in range(3))
    make.booking(taken, DAYS)
    lines = (plan(first, film), plan(first, taken), plan(second, film), plan(second, box))
    made = books(*lines, only_free=True)
    booked = [
        (each.booking.unit_id, [line.holding_id for line in each.booking.lines])
        for each in made
        if each.booking is not None
    ]
    assert booked == [(first.id, [film.id]), (second.id, [box.id])]


def test_foreign_units_holdings_and_places_are_not_found(
    make: Make, books: Books, plan: Chooses
) -> None:
    elsewhere = make.centre()
    here, holding = make.unit(), make.holding(copies=1)
    foreign = make.unit(make.school(centre=elsewhere))
    theirs = make.holding(centre=elsewhere, copies=1)
    ours = plan(here, holding)
    for lines, how in (
        ((plan(foreign, holding),), {}),
        ((plan(here, theirs),), {}),
        ((ours,), {"place_id": make.place(elsewhere).id}),
    ):
        with pytest.raises(NotFoundError):
            books(*lines, **how)


@pytest.mark.lending("5.9")
def test_what_a_plan_lacked_is_remembered_once_a_school_year(session: Session, make: Make) -> None:
    unit, holding = make.unit(), make.holding()
    missed = MissedLine(unit.institution_id, unit.id, holding.id, DAYS, 2, ("NOT_FREE",))
    for day in (MONDAY, MONDAY + timedelta(days=1)):
        with unit_of_work(session):
            record_missed(session, [missed], YEAR, day)
    kept = session.scalars(select(RefusedWish)).one()
    assert (kept.unit_id, kept.institution_id, kept.quantity) == (
        unit.id,
        unit.institution_id,
        2,
    )
    with unit_of_work(session):
        record_missed(session, [missed], YEAR.next, MONDAY)
    assert len(session.scalars(select(RefusedWish)).all()) == 2


def test_forty_units_take_as_many_statements_as_four(
    make: Make, books: Books, plan: Chooses, engine: Engine
) -> None:
    """On SQLite rows are written one by one, within the process; all else is asked once."""

    def lines(units: int) -> list[ChosenLine]:
        return [
            plan(unit, make.holding(make.title(), copies=1))
            for unit in (make.unit(number=f"{units}.{number}") for number in range(units))
            for _ in range(3)
        ]

    rows_one_by_one = engine.dialect.name == "sqlite"
    sent = []
    for units in (4, 40):
        chosen = lines(units)
        with counted(engine) as statements:
            assert all(made.booking for made in books(*chosen))
        asked = [each for each in statements.sent if not each.startswith("INSERT")]
        sent.append(len(asked) if rows_one_by_one else statements.count)
    assert sent[0] == sent[1]
