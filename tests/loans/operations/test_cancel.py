"""Cancelling gives a booking up at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError
from loans.models.booking import Booking
from loans.operations.cancel import cancel, cancel_together
from loans.operations.tell_bookings import tell_about_new
from loans.rules.booking_states import BookingState
from schools.models.letter_choice import LetterChoice, LetterMode, LetterTopic
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.loans.operations.desks import counter
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.lending("5.1"), pytest.mark.both_stores]

DAYS = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))


def partly_out(make: Make, person: Person | None = None, **facts: Any) -> Booking:
    """A booking of three, of which one is out."""
    person, holding = person or make.person(), make.holding(copies=3)
    booking = make.booking(holding, DAYS, 3, person=person, **facts)
    counter(make).lend(holding.copies[0], person)
    return booking


def test_the_borrower_cancels_and_is_told_once(session: Session, make: Make) -> None:
    person = make.person()
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    by = make.actor(Role.TEACHER, person=person)
    with unit_of_work(session):
        cancelled = cancel(session, booking.number.lower(), by, NOW)
    assert (cancelled.state, cancelled.sequence) == (BookingState.CANCELLED, 1)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_CANCELLED
    with pytest.raises(ImpossibleStepError), unit_of_work(session):
        cancel(session, booking.number, by, NOW)


def test_staff_cancel_bookings_of_their_centre_only(session: Session, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), DAYS)
    staff, others = make.actor(Role.STAFF), make.actor(Role.STAFF, centre=make.centre())
    with pytest.raises(NotFoundError), unit_of_work(session):
        cancel(session, booking.number, others, NOW)
    with unit_of_work(session):
        cancelled = cancel(session, booking.number, staff, NOW)
    assert cancelled.state is BookingState.CANCELLED


def test_a_colleague_cannot_cancel(session: Session, make: Make) -> None:
    booking, colleague = make.booking(make.holding(copies=1), DAYS), make.actor(Role.TEACHER)
    with pytest.raises(NotFoundError), unit_of_work(session):
        cancel(session, booking.number, colleague, NOW)


def test_of_a_partly_collected_booking_only_the_rest_is_given_up(
    session: Session, make: Make
) -> None:
    booking = partly_out(make)
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        cancelled = cancel(session, booking.number, staff, NOW)
    assert cancelled.state is BookingState.COLLECTED


def test_a_booking_closes_when_its_rest_is_given_up_and_all_is_back(
    session: Session, make: Make
) -> None:
    booking = partly_out(make)
    desk = counter(make)
    desk.take_back(booking.lines[0].holding.copies[0])
    assert booking.state is BookingState.PARTLY_COLLECTED
    with unit_of_work(session):
        cancelled = cancel(session, booking.number, desk.by, NOW)
    assert cancelled.state is BookingState.CLOSED
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.facts["titles"], letter.facts["sequence"]) == (["2 × Der Wald im Winter"], 0)
    assert "due_on" not in letter.facts


def test_the_letter_about_a_rest_names_it_and_leaves_what_is_out_in_the_calendar(
    session: Session, make: Make
) -> None:
    booking = partly_out(make)
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        cancel(session, booking.number, staff, NOW, reason="Bühne frei")
    facts = session.scalars(select(OwedLetter)).one().facts
    assert (facts["rest"], facts["titles"]) == (True, ["2 × Der Wald im Winter"])
    assert (facts["due_on"], facts["reason"]) == (DAYS.last.isoformat(), "Bühne frei")
    assert "sequence" not in facts


@pytest.mark.lending("8.4")
def test_the_letter_about_a_rest_asks_for_nothing_that_waits_to_be_looked_over(
    session: Session, make: Make
) -> None:
    booking = partly_out(make)
    make.choices(checks_returns=True)
    counter(make).take_back(booking.lines[0].holding.copies[0])
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        assert cancel(session, booking.number, staff, NOW).state is BookingState.COLLECTED
    assert "due_on" not in session.scalars(select(OwedLetter)).one().facts


def test_of_bookings_given_up_together_each_letter_tells_what_is_off(
    session: Session, make: Make
) -> None:
    person = make.person()
    booking = partly_out(make, person, group_key="series")
    whole = make.booking(make.holding(copies=1), DAYS, person=person, group_key="series")
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        cancelled = cancel_together(session, "series", staff, NOW)
    assert {each.state for each in cancelled} == {BookingState.COLLECTED, BookingState.CANCELLED}
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKINGS_CANCELLED
    told = {each["number"]: each for each in letter.facts["bookings"]}
    assert told[booking.number]["titles"] == ["2 × Der Wald im Winter"]
    assert "sequence" not in told[booking.number]
    assert (told[whole.number]["sequence"], "rest" in told[whole.number]) == (0, False)


def test_giving_up_takes_as_many_statements_for_many_rests_as_for_one(
    session: Session, make: Make
) -> None:
    counts, staff = [], make.actor(Role.STAFF)
    for group, number in (("one", 1), ("many", 6)):
        person = make.person()
        holding = make.holding(copies=2 * number)
        for copy in holding.copies[:number]:
            booking = make.booking(
                holding,
                DAYS,
                2,
                person=person,
                group_key=group,
                state=BookingState.PARTLY_COLLECTED,
            )
            booking.lines[0].handed_out = 1
            make.loan(copy, person=person, line_id=booking.lines[0].id)
        session.commit()
        with counted(session.get_bind()) as statements, unit_of_work(session):  # type: ignore[arg-type]  # an engine
            cancel_together(session, group, staff, NOW)
        counts.append([each for each in statements.sent if " AS due_on" in each])
    assert [len(each) for each in counts] == [1, 1]


@pytest.mark.parametrize("own", [True, False], ids=["the borrower", "staff"])
def test_who_wants_no_letters_is_told_what_staff_cancelled_only(
    session: Session, make: Make, *, own: bool
) -> None:
    person = make.person()
    booking = make.booking(make.holding(copies=1), DAYS, person=person)
    by = make.actor(Role.TEACHER, person=person) if own else make.actor(Role.STAFF)
    session.add(LetterChoice(person_id=person.id, topic=LetterTopic.BOOKINGS, mode=LetterMode.OFF))
    session.commit()
    with unit_of_work(session):
        cancel(session, booking.number, by, NOW)
    assert len(session.scalars(select(OwedLetter)).all()) == (0 if own else 1)


@pytest.mark.parametrize(
    ("state", "sequence", "withdrawn"),
    [
        pytest.param(BookingState.REQUESTED, 0, False, id="a request"),
        pytest.param(BookingState.REQUESTED, 1, True, id="a request that was changed"),
        pytest.param(BookingState.CONFIRMED, 0, True, id="a booking"),
    ],
)
@pytest.mark.parametrize("together", [False, True], ids=["alone", "with its group"])
def test_a_request_given_up_is_taken_out_of_calendars_where_it_may_stand_in_one(
    session: Session,
    make: Make,
    state: BookingState,
    sequence: int,
    *,
    withdrawn: bool,
    together: bool,
) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, state=state, sequence=sequence, group_key="series")
    staff = make.actor(Role.STAFF)
    with unit_of_work(session):
        if together:
            cancel_together(session, "series", staff, NOW)
        else:
            cancel(session, booking.number, staff, NOW)
    facts = session.scalars(select(OwedLetter)).one().facts
    assert ("sequence" in facts) == withdrawn


def test_a_daily_letter_does_not_tell_of_a_booking_that_staff_cancelled_meanwhile(
    session: Session, make: Make
) -> None:
    person, staff = make.person(), make.actor(Role.STAFF)
    off, kept = (make.booking(make.holding(copies=1), DAYS, person=person) for _ in range(2))
    choice = LetterChoice(person_id=person.id, topic=LetterTopic.BOOKINGS, mode=LetterMode.DAILY)
    session.add(choice)
    session.commit()
    with unit_of_work(session):
        tell_about_new(session, [off], NOW)
        tell_about_new(session, [kept], NOW)
    with unit_of_work(session):
        cancel(session, off.number, staff, NOW + timedelta(hours=1))
    waiting = select(OwedLetter).where(OwedLetter.state == LetterState.DAILY)
    assert [each.facts["number"] for each in session.scalars(waiting)] == [kept.number]
    at_once = select(OwedLetter).where(OwedLetter.state == LetterState.OWED)
    told = session.scalars(at_once.order_by(OwedLetter.next_try_at, OwedLetter.id))
    assert [each.kind for each in told] == [
        LetterKind.BOOKING_CONFIRMED,
        LetterKind.BOOKING_CANCELLED,
    ]


def test_what_waits_about_a_series_goes_before_the_end_of_one_of_its_dates(
    session: Session, make: Make
) -> None:
    person, staff = make.person(), make.actor(Role.STAFF)
    series = [make.booking(make.holding(copies=1), DAYS, person=person) for _ in range(2)]
    choice = LetterChoice(person_id=person.id, topic=LetterTopic.BOOKINGS, mode=LetterMode.DAILY)
    session.add(choice)
    session.commit()
    with unit_of_work(session):
        tell_about_new(session, series, NOW)
    with unit_of_work(session):
        cancel(session, series[1].number, staff, NOW)
    told = session.scalars(select(OwedLetter).order_by(OwedLetter.next_try_at, OwedLetter.id))
    assert [(each.kind, each.state) for each in told] == [
        (LetterKind.BOOKINGS_CONFIRMED, LetterState.OWED),
        (LetterKind.BOOKING_CANCELLED, LetterState.OWED),
    ]
