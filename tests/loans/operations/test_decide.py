"""Requested bookings are confirmed or declined by the staff of their centre."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.errors import ImpossibleStepError, NotFoundError, RefusedError
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.models.terms import Terms
from loans.operations.book import book
from loans.operations.decide import Confirmation, Decline, confirm, decline
from loans.queries.wishes import BookingWish, one_line
from loans.rules.booking_states import BookingState
from loans.rules.codes import Refusal
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.lending("5.1"), pytest.mark.both_stores]

DAYS = Period(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2))


def confirmed(session: Session, wish: Confirmation, by: Actor) -> Booking:
    session.rollback()
    with unit_of_work(session):
        return confirm(session, wish, by, MONDAY, NOW)


@pytest.mark.lending("5.1")
def test_where_terms_need_approval_a_booking_begins_as_a_request(
    session: Session, make: Make
) -> None:
    holding, teacher = make.holding(copies=1), make.actor(Role.TEACHER)
    session.scalars(select(Terms)).one().needs_approval = True
    session.commit()
    wish = BookingWish(
        lines=one_line(holding.id),
        person_id=teacher.person_id or 0,
        period=DAYS,
        reason=OtherReason.TEST,
    )
    with unit_of_work(session):
        assert book(session, wish, teacher, MONDAY, NOW).state is BookingState.REQUESTED
    assert session.scalars(select(OwedLetter)).one().kind is LetterKind.BOOKING_REQUESTED


@pytest.mark.lending("5.1")
def test_staff_confirm_a_request_once_and_their_words_go_with_it(
    session: Session, make: Make
) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, state=BookingState.REQUESTED)
    staff = make.actor(Role.STAFF)
    wish = Confirmation(booking.number, comment="Bitte ans Ladegerät denken.")
    assert confirmed(session, wish, staff).state is BookingState.CONFIRMED
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_CONFIRMED
    assert letter.facts["reason"] == "Bitte ans Ladegerät denken."
    with pytest.raises(ImpossibleStepError):
        confirmed(session, wish, staff)


@pytest.mark.lending("5.1", "4.4")
def test_a_request_that_cannot_be_had_any_more_stays_one_until_confirmed_anyway(
    session: Session, make: Make
) -> None:
    """Case S42."""
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, state=BookingState.REQUESTED)
    make.booking(holding, DAYS)
    head = make.actor(Role.CENTRE_ADMIN)
    with pytest.raises(RefusedError) as refused:
        confirmed(session, Confirmation(booking.number), head)
    assert refused.value.codes == (Refusal.NOT_FREE,)
    assert session.get_one(Booking, booking.id).state is BookingState.REQUESTED
    anyway = Confirmation(booking.number, "Wir leihen eine dazu.", anyway=True)
    with pytest.raises(RefusedError):
        confirmed(session, anyway, make.actor(Role.STAFF))
    done = confirmed(session, anyway, head)
    assert (done.state, done.overbooked_reason) == (
        BookingState.CONFIRMED,
        "Wir leihen eine dazu.",
    )
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.facts["reason"] == "Wir leihen eine dazu."
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.reason, entry.after["overruled"]) == ("Wir leihen eine dazu.", ["NOT_FREE"])


def test_confirming_anyway_takes_a_reason(session: Session, make: Make) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, DAYS, state=BookingState.REQUESTED)
    make.booking(holding, DAYS)
    with pytest.raises(RefusedError):
        confirmed(
            session,
            Confirmation(booking.number, "  ", anyway=True),
            make.actor(Role.CENTRE_ADMIN),
        )


@pytest.mark.lending("5.1")
def test_who_is_declined_is_told_why_and_what_would_go(session: Session, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), DAYS, state=BookingState.REQUESTED)
    staff = make.actor(Role.STAFF)
    later = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=9))
    with unit_of_work(session):
        wish = Decline(booking.number, "Nur mit Einweisung.", (later,))
        declined = decline(session, wish, staff, NOW)
    assert (declined.state, declined.cancelled_at) == (BookingState.DECLINED, NOW)
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_DECLINED
    assert letter.facts["reason"] == "Nur mit Einweisung."
    assert letter.facts["proposals"] == [{"first": "2026-12-01", "last": "2026-12-02"}]


def test_a_declined_request_is_taken_out_of_calendars_where_it_may_stand_in_one(
    session: Session, make: Make
) -> None:
    holding, staff = make.holding(copies=2), make.actor(Role.STAFF)
    new = make.booking(holding, DAYS, state=BookingState.REQUESTED)
    changed = make.booking(holding, DAYS, state=BookingState.REQUESTED, sequence=1)
    for booking in (new, changed):
        with unit_of_work(session):
            decline(session, Decline(booking.number, "Belegt."), staff, NOW)
    letters = session.scalars(select(OwedLetter).order_by(OwedLetter.id))
    assert [letter.facts.get("sequence") for letter in letters] == [None, 1]


def test_the_request_of_somebody_who_left_is_refused_or_confirmed_anyway(
    session: Session, make: Make
) -> None:
    """S42 and S52."""
    yesterday = MONDAY - timedelta(days=1)
    person = make.person(until=yesterday)
    request = make.booking(
        make.holding(copies=1), DAYS, person=person, state=BookingState.REQUESTED
    )
    number, head = request.number, make.actor(Role.CENTRE_ADMIN)
    with pytest.raises(RefusedError) as refused:
        confirmed(session, Confirmation(number), make.actor(Role.STAFF))
    (reason,) = refused.value.refusals
    assert (reason.code, reason.facts) == (Refusal.MEMBERSHIP_ENDED, {"until": yesterday})
    anyway = Confirmation(number, "Die Klasse holt es ab.", anyway=True)
    assert confirmed(session, anyway, head).state is BookingState.CONFIRMED


def test_a_request_lives_on_with_what_is_hidden_or_retired_meanwhile(
    session: Session, make: Make
) -> None:
    holding, unit = make.holding(copies=1), make.unit()
    request = make.booking(
        holding, DAYS, unit_id=unit.id, reason=None, state=BookingState.REQUESTED
    )
    holding.visible, unit.retired_on = False, MONDAY
    session.commit()
    confirming = Confirmation(request.number)
    assert confirmed(session, confirming, make.actor(Role.STAFF)).unit_id == unit.id


def test_teachers_and_other_centres_decide_nothing(session: Session, make: Make) -> None:
    person = make.person()
    booking = make.booking(
        make.holding(copies=1), DAYS, person=person, state=BookingState.REQUESTED
    )
    for by in (
        make.actor(Role.TEACHER, person=person),
        make.actor(Role.STAFF, centre=make.centre()),
    ):
        with pytest.raises(NotFoundError):
            confirmed(session, Confirmation(booking.number), by)
