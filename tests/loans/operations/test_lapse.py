"""What nobody collected lapses at night, and so does a request nobody answered."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.letter_calendar import calendar_of_letter
from app.letter_facts import readable
from database.audit import AuditEntry
from database.unit_of_work import unit_of_work
from loans.models.booking import Booking, BookingPick
from loans.models.lending_settings import LendingSettings
from loans.operations.lapse import Lapsed, lapse
from loans.queries.availability import availability
from loans.queries.uncollected import uncollected
from loans.queries.viewpoint import Where, viewpoint_of
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM, Scope
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("4.3", "5.1")]

EVERYTHING = Scope(everything=True)
YESTERDAY = MONDAY - timedelta(days=1)
OVER = Period(MONDAY - timedelta(days=4), YESTERDAY)


def night(session: Session, make: Make) -> Lapsed:
    centre_id = make.the_centre().id
    lapses = True
    ids = uncollected(session, EVERYTHING, centre_id, MONDAY, lapses=lapses)
    with unit_of_work(session):
        return lapse(session, centre_id, ids, SYSTEM, (MONDAY, NOW))


def state(session: Session, booking: Booking) -> BookingState:
    session.rollback()
    return session.get_one(Booking, booking.id).state


@pytest.mark.parametrize("before", [BookingState.CONFIRMED, BookingState.READY])
def test_what_nobody_collected_lapses_after_its_last_day_with_one_letter(
    session: Session, make: Make, before: BookingState
) -> None:
    booking = make.booking(make.holding(copies=1), OVER, state=before)
    assert night(session, make) == Lapsed(bookings=1, letters=1)
    assert state(session, booking) is BookingState.LAPSED
    letter = session.scalars(select(OwedLetter)).one()
    assert (letter.kind, letter.facts["unanswered"]) == (LetterKind.BOOKING_LAPSED, False)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.after) == ("lapse", {"state": "lapsed"})
    assert night(session, make) == Lapsed()


def test_the_letter_withdraws_the_event_that_calendars_know(session: Session, make: Make) -> None:
    booking = make.booking(make.holding(copies=1), OVER, sequence=2)
    asked = make.booking(
        make.holding(copies=1), OVER, state=BookingState.REQUESTED, number="R-9001"
    )
    changed = make.booking(
        make.holding(copies=1), OVER, state=BookingState.REQUESTED, sequence=1, number="R-9002"
    )
    night(session, make)
    told = {letter.facts["number"]: letter.facts for letter in session.scalars(select(OwedLetter))}
    event = calendar_of_letter(
        LetterKind.BOOKING_LAPSED, readable(told[booking.number]), "https://medien.example"
    )
    assert event is not None
    assert event.method == "CANCEL"
    assert b"SEQUENCE:3" in event.content
    session.refresh(booking)
    assert booking.sequence == 3
    assert "sequence" not in told[asked.number]
    assert told[changed.number]["sequence"] == 1


@pytest.mark.parametrize(
    "period",
    [
        pytest.param(Period(YESTERDAY, MONDAY), id="its last day is today"),
        pytest.param(Period(MONDAY, MONDAY), id="it begins today"),
    ],
)
def test_on_its_last_day_it_may_still_be_collected(
    session: Session, make: Make, period: Period
) -> None:
    make.booking(make.holding(copies=1), period)
    assert night(session, make) == Lapsed()


def test_where_the_centre_chose_otherwise_only_the_rest_of_what_was_collected_lapses(
    session: Session, make: Make
) -> None:
    session.add(LendingSettings(centre_id=make.the_centre().id, lapses_uncollected=False))
    whole = make.booking(make.holding(copies=1), OVER)
    rest = make.booking(make.holding(copies=2), OVER, 2, state=BookingState.PARTLY_COLLECTED)
    assert night(session, make) == Lapsed(rests=1)
    assert state(session, whole) is BookingState.CONFIRMED
    assert state(session, rest) is BookingState.CLOSED


def test_the_rest_lapses_without_a_letter_and_what_is_out_stays_out(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=2)
    booking = make.booking(holding, OVER, 2, state=BookingState.PARTLY_COLLECTED)
    booking.lines[0].handed_out = 1
    loan = make.loan(holding.copies[0], line_id=booking.lines[0].id)
    assert night(session, make) == Lapsed(rests=1)
    assert state(session, booking) is BookingState.COLLECTED
    assert session.scalars(select(OwedLetter)).all() == []
    assert loan.returned_on is None


def test_a_request_nobody_answered_lapses_after_its_first_day_and_frees_its_copies(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=1)
    period = Period(YESTERDAY, MONDAY + timedelta(days=10))
    booking = make.booking(holding, period, state=BookingState.REQUESTED)
    make.booking(holding, Period(MONDAY, MONDAY), state=BookingState.REQUESTED)
    later = Period(MONDAY + timedelta(days=3), MONDAY + timedelta(days=4))

    def free() -> int:
        view = viewpoint_of(session, EVERYTHING, Where(holding.centre_id), MONDAY, NOW)
        return availability(session, view, {holding.id}, later)[holding.id].free_in(later)

    assert free() == 0
    assert night(session, make) == Lapsed(requests=1, letters=1)
    assert state(session, booking) is BookingState.LAPSED
    assert session.scalars(select(OwedLetter)).one().facts["unanswered"]
    assert free() == 1


def test_a_running_booking_that_was_asked_for_anew_waits_until_its_last_day(
    session: Session, make: Make
) -> None:
    running = Period(YESTERDAY, MONDAY + timedelta(days=3))
    extended = make.booking(make.holding(), running, state=BookingState.REQUESTED, sequence=1)
    over = make.booking(make.holding(), OVER, state=BookingState.REQUESTED, sequence=1)
    assert night(session, make) == Lapsed(requests=1, letters=1)
    assert state(session, extended) is BookingState.REQUESTED
    assert state(session, over) is BookingState.LAPSED


def test_copies_picked_for_it_go_back_among_the_others(session: Session, make: Make) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, OVER, state=BookingState.READY)
    line, copy = booking.lines[0], holding.copies[0]
    session.add(BookingPick(line_id=line.id, copy_id=copy.id, first=OVER.first, picked_at=NOW))
    session.commit()
    night(session, make)
    assert session.scalars(select(BookingPick)).all() == []


def test_what_was_collected_or_cancelled_meanwhile_is_left_alone(
    session: Session, make: Make
) -> None:
    booking = make.booking(make.holding(copies=1), OVER)
    booking.state = BookingState.COLLECTED
    session.commit()
    with unit_of_work(session):
        done = lapse(session, booking.centre_id, [booking.id], SYSTEM, (MONDAY, NOW))
    assert done == Lapsed()
