"""Booking: checked and written in one transaction, with every reason at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import NotFoundError, RefusedError
from loans.models.booking import Booking
from loans.models.loan import Reminder
from loans.models.purpose import OtherReason
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from loans.operations.book import book
from loans.operations.record_refused_wish import record_refused_wish
from loans.queries.wishes import BookingWish, one_line
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.models.person import Membership, Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import LONG_AGO, MONDAY, NOW, Make

pytestmark = [pytest.mark.lending("5.1", "5.2", "6.1"), pytest.mark.both_stores]

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))

Books = Callable[..., Booking]


@pytest.fixture
def teacher(make: Make) -> Actor:
    return make.actor(Role.TEACHER)


@pytest.fixture
def books(session: Session, make: Make, teacher: Actor) -> Books:
    """Book for the teacher, for a preview unless the test says otherwise."""

    def books(holding_id: int, period: Period = DAYS, **wish: Any) -> Booking:
        by = wish.pop("by", teacher)
        values = {"person_id": teacher.person_id, "reason": OtherReason.PREVIEW} | wish
        with unit_of_work(session):
            lines = one_line(holding_id, values.pop("quantity", 1))
            asked = BookingWish(lines=lines, period=period, **values)
            return book(session, asked, by, MONDAY, NOW)

    return books


def codes(refused: pytest.ExceptionInfo[RefusedError]) -> set[str]:
    return set(refused.value.codes)


def test_a_teacher_books_for_a_unit(
    session: Session, make: Make, books: Books, teacher: Actor
) -> None:
    holding, unit = make.holding(copies=2), make.unit()
    booking = books(holding.id, quantity=2, unit_id=unit.id, reason=None, class_name=" 7b ")
    assert booking.number == f"R-{1000 + booking.id}"
    assert (booking.state, booking.class_name) == (BookingState.CONFIRMED, "7b")
    assert (booking.unit_id, booking.institution_id) == (unit.id, unit.institution_id)
    assert not booking.entered_by_staff
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.account_id, entry.subject_id) == (
        "book",
        teacher.account_id,
        booking.id,
    )


def test_the_borrower_is_owed_one_letter(session: Session, make: Make, books: Books) -> None:
    booking = books(make.holding(copies=1).id)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_CONFIRMED
    assert letter.facts["number"] == booking.number
    assert letter.facts["titles"] == ["Der Wald im Winter"]
    assert (letter.facts["first"], letter.facts["last"]) == ("2026-12-01", "2026-12-03")


def test_what_is_not_free_is_refused_with_the_next_free_days(
    session: Session, make: Make, books: Books
) -> None:
    holding = make.holding(copies=1)
    books(holding.id)
    with pytest.raises(RefusedError) as refused:
        books(holding.id)
    (reason,) = refused.value.refusals
    assert reason.code is Refusal.NOT_FREE
    assert (reason.facts["free"], reason.facts["wanted"]) == (0, 1)
    assert reason.facts["from_day"] == date(2026, 12, 7)
    assert reason.facts["until"] == date(2026, 12, 9)
    assert len(session.scalars(select(Booking)).all()) == 1


def test_every_reason_is_told_at_once_and_nothing_is_written(
    session: Session, make: Make, books: Books, teacher: Actor
) -> None:
    holding = make.holding(copies=1)
    person = session.get_one(Person, teacher.person_id)
    person.blocked = True
    session.commit()
    saturday = MONDAY + timedelta(days=5)
    with pytest.raises(RefusedError) as refused:
        books(holding.id, Period(saturday, saturday + timedelta(days=60)), quantity=2, reason=None)
    assert codes(refused) == {
        Refusal.BLOCKED,
        Refusal.NO_PURPOSE,
        Refusal.NOT_FREE,
        DayReason.CLOSED,
        DayReason.TOO_LONG,
    }
    assert session.scalars(select(OwedLetter)).all() == []


def test_a_period_beyond_the_membership_is_refused(
    session: Session, make: Make, books: Books
) -> None:
    person = make.person(until=DAYS.first)
    by = make.actor(Role.TEACHER, person=person)
    with pytest.raises(RefusedError) as refused:
        books(make.holding(copies=1).id, by=by, person_id=person.id)
    assert codes(refused) == {Refusal.MEMBERSHIP_ENDED}


def test_a_licence_must_cover_school_and_period(make: Make, books: Books) -> None:
    title = make.title()
    make.licence(title, scope="school", area=["000000"])
    with pytest.raises(RefusedError) as refused:
        books(make.holding(title, copies=1).id)
    assert codes(refused) == {Refusal.LICENCE_AREA}
    ending = make.title()
    make.licence(ending, valid_until=DAYS.first)
    with pytest.raises(RefusedError) as refused:
        books(make.holding(ending, copies=1).id)
    assert codes(refused) == {DayReason.LICENCE_ENDED}


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"limit_open_bookings": 1}, Refusal.LIMIT_PERSON),
        ({"limit_school_bookings": 1}, Refusal.LIMIT_SCHOOL),
    ],
)
def test_limits_count_open_bookings(
    session: Session, make: Make, books: Books, limit: dict[str, int], code: Refusal
) -> None:
    holding = make.holding(copies=3)
    for name, value in limit.items():
        setattr(session.scalars(select(Terms)).one(), name, value)
    session.commit()
    books(holding.id)
    with pytest.raises(RefusedError) as refused:
        books(holding.id)
    assert codes(refused) == {code}


@pytest.mark.lending("2.4", "4.3")
def test_a_booking_that_nobody_collected_counts_in_no_limit_once_its_days_are_over(
    session: Session, make: Make, books: Books, teacher: Actor
) -> None:
    holding = make.holding(copies=3)
    session.scalars(select(Terms)).one().limit_open_bookings = 1
    over = Period(MONDAY - timedelta(days=7), MONDAY - timedelta(days=3))
    make.booking(holding, over, person=session.get_one(Person, teacher.person_id))
    assert books(holding.id).state is BookingState.CONFIRMED


def test_without_terms_nothing_is_booked(session: Session, make: Make, books: Books) -> None:
    holding = make.holding(copies=1)
    session.delete(session.scalars(select(Terms)).one())
    session.commit()
    with pytest.raises(RefusedError) as refused:
        books(holding.id)
    assert Refusal.NO_TERMS in codes(refused)


def test_a_blocking_reminder_stops_new_bookings(
    session: Session, make: Make, books: Books, teacher: Actor
) -> None:
    person = session.get_one(Person, teacher.person_id)
    late = make.loan(person=person, lent_on=MONDAY - timedelta(days=60))
    session.add(Reminder(loan_id=late.id, level=3, due_on=late.due_on, written_on=MONDAY))
    session.commit()
    with pytest.raises(RefusedError) as refused:
        books(make.holding(copies=1).id)
    assert codes(refused) == {Refusal.OVERDUE_BLOCK}


def test_terms_that_need_approval_make_it_a_request(
    session: Session, make: Make, books: Books
) -> None:
    holding = make.holding(copies=1)
    session.scalars(select(Terms)).one().needs_approval = True
    session.commit()
    assert books(holding.id).state is BookingState.REQUESTED


def test_staff_book_for_a_caller(make: Make, books: Books, teacher: Actor) -> None:
    staff = make.actor(Role.STAFF)
    booking = books(make.holding(copies=1).id, by=staff)
    assert booking.person_id == teacher.person_id
    assert booking.entered_by_staff
    assert booking.entered_by == staff.account_id


def test_foreign_ids_are_not_found(make: Make, books: Books, teacher: Actor) -> None:
    here = make.holding(copies=1)
    elsewhere = make.centre()
    stranger = make.person(make.school(centre=elsewhere))
    theirs = make.holding(centre=elsewhere, copies=1)
    foreign_unit = make.unit(make.school())
    colleague = make.person()
    staff = make.actor(Role.STAFF)
    for wish in (
        {"holding_id": theirs.id},
        {"holding_id": here.id, "place_id": make.place(elsewhere).id},
        {"holding_id": here.id, "unit_id": foreign_unit.id, "reason": None},
        {"holding_id": here.id, "person_id": colleague.id},
        {"holding_id": here.id, "person_id": stranger.id, "by": staff},
        {"holding_id": here.id, "institution_id": foreign_unit.institution_id},
    ):
        with pytest.raises(NotFoundError):
            books(**wish)


def test_a_hidden_holding_is_booked_by_staff_only(
    make: Make, books: Books, teacher: Actor
) -> None:
    hidden = make.holding(copies=1, visible=False)
    with pytest.raises(NotFoundError):
        books(hidden.id)
    assert books(hidden.id, by=make.actor(Role.STAFF)).state is BookingState.CONFIRMED


@pytest.mark.lending("5.9")
def test_a_refused_wish_is_remembered_once_with_the_school_and_without_the_person(
    session: Session, make: Make, teacher: Actor
) -> None:
    holding = make.holding(copies=1)
    assert teacher.person_id is not None
    lines = one_line(holding.id, 3)
    wish = BookingWish(lines=lines, person_id=teacher.person_id, period=DAYS)
    for _ in range(2):
        with unit_of_work(session):
            record_refused_wish(session, wish, "key:1", [Refusal.NOT_FREE], MONDAY)
    kept = session.scalars(select(RefusedWish)).one()
    assert (kept.holding_id, kept.quantity, kept.codes) == (holding.id, 3, ["NOT_FREE"])
    assert kept.institution_id == make.the_school().id


@pytest.mark.lending("5.9")
def test_the_school_of_a_refused_wish_is_that_of_its_unit_or_the_one_the_person_is_at(
    session: Session, make: Make
) -> None:
    first, second, third = make.school(), make.school(), make.school()
    person, holding = make.person(first, until=MONDAY - timedelta(days=1)), make.holding()
    for school in (make.school(centre=make.centre()), second, third):
        session.add(Membership(person_id=person.id, institution_id=school.id, first=LONG_AGO))
    session.commit()
    wish = BookingWish(lines=one_line(holding.id), person_id=person.id, period=DAYS)
    of_unit = replace(wish, unit_id=make.unit(third).id)
    with unit_of_work(session):
        for number, each in enumerate((wish, of_unit)):
            record_refused_wish(session, each, f"key:{number}", [Refusal.NOT_FREE], MONDAY)
    kept = session.scalars(select(RefusedWish).order_by(RefusedWish.id))
    assert [each.institution_id for each in kept] == [second.id, third.id]
