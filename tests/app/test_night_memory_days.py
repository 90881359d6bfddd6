"""How long who had it is remembered, and what keeps the night from forgetting sooner."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.models.defect import Defect
from catalogue.rules.defect_states import DefectState
from database.audit import AuditEntry
from database.job_runs import JobRun
from database.unit_of_work import unit_of_work
from loans.models.booking import Booking
from loans.models.claim import LoanClaim
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan
from loans.models.refused_wish import RefusedWish
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed
from schools.rules.periods import Period
from tests.app.night_stories import loan, night, told
from tests.make import MONDAY, NOW, Make

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("12.1")]


def test_who_consented_to_a_history_keeps_it_until_that_ends(
    app: Flask, session: Session, make: Make
) -> None:
    story = told(make)
    session.get_one(Person, story.person_id).keeps_history = True
    session.commit()
    night(app)
    assert loan(session, story).person_id == story.person_id
    assert session.get_one(Booking, story.booking_id).person_id == story.person_id
    session.get_one(Person, story.person_id).keeps_history = False
    session.query(JobRun).delete()
    session.commit()
    night(app)
    assert loan(session, story).person_id is None


@pytest.mark.parametrize("what", ["claim", "defect", "not checked"])
def test_while_something_is_open_the_person_stays(
    app: Flask, session: Session, make: Make, what: str
) -> None:
    story = told(make)
    match what:
        case "claim":
            session.scalars(select(LoanClaim)).one().settled_at = None
        case "defect":
            session.scalars(select(Defect)).one().state = DefectState.IN_WORK
        case _:
            session.get_one(Loan, story.loan_id).checked_at = None
    session.commit()
    night(app)
    assert loan(session, story).person_id == story.person_id


@pytest.mark.parametrize(
    ("days", "checked", "kept"),
    [
        pytest.param(90, 90, True, id="checked in 90 days ago"),
        pytest.param(90, 91, False, id="a day earlier"),
        pytest.param(0, 0, True, id="none kept, checked in today"),
        pytest.param(0, 1, False, id="none kept, checked in yesterday"),
        pytest.param(365, 365, True, id="a whole year"),
        pytest.param(365, 366, False, id="over a year"),
    ],
)
def test_a_centre_chooses_how_long(
    app: Flask, session: Session, make: Make, *, days: int, checked: int, kept: bool
) -> None:
    session.add(LendingSettings(centre_id=make.the_centre().id, person_days=days))
    at = NOW - timedelta(days=checked)
    old = make.loan(
        lent_on=MONDAY - timedelta(days=400),
        returned_on=at.date(),
        returned_at=at,
        checked_at=at,
        state="available",
    )
    loan_id = old.id
    night(app)
    session.rollback()
    assert (session.get_one(Loan, loan_id).person_id is not None) is kept


def test_with_no_days_the_booking_still_running_is_let_go_of_by_the_loan(
    app: Flask, session: Session, make: Make
) -> None:
    """A loan that is cut must not lead to a person through the line of its booking."""
    session.add(LendingSettings(centre_id=make.the_centre().id, person_days=0))
    holding = make.holding(copies=1)
    yesterday = NOW - timedelta(days=1)
    person = make.person()
    days = Period(MONDAY - timedelta(days=3), MONDAY + timedelta(days=3))
    booking = make.booking(holding, days, person=person)
    back = make.loan(
        holding.copies[0],
        person=person,
        lent_on=days.first,
        line_id=booking.lines[0].id,
        returned_on=yesterday.date(),
        returned_at=yesterday,
        checked_at=yesterday,
        state="available",
    )
    keys = back.id, booking.id
    night(app)
    session.rollback()
    assert session.get_one(Loan, keys[0]).line_id is None
    assert session.get_one(Booking, keys[1]).person_id == person.id


def test_a_booking_of_which_something_is_still_out_keeps_its_person(
    app: Flask, session: Session, make: Make
) -> None:
    story = told(make)
    row = session.get_one(Loan, story.loan_id)
    row.returned_on = row.checked_at = None
    session.commit()
    night(app)
    session.rollback()
    assert session.get_one(Booking, story.booking_id).person_id == story.person_id


@pytest.mark.parametrize("told_of", ["itself", "several", "daily letter"])
def test_letters_that_name_a_booking_go_with_its_person(
    app: Flask, session: Session, make: Make, told_of: str
) -> None:
    person, first = make.person(), MONDAY - timedelta(days=45)
    period = Period(first, first + timedelta(days=4))
    holding = make.holding(copies=1)
    booking = make.booking(holding, period, person=person, state=BookingState.LAPSED)
    by_letter: dict[str, tuple[LetterKind, dict[str, Any]]] = {
        "itself": (LetterKind.BOOKING_CONFIRMED, {"number": booking.number}),
        "several": (LetterKind.BOOKINGS_CONFIRMED, {"bookings": [{"number": booking.number}]}),
        "daily letter": (LetterKind.DIGEST, {"items": [{"facts": {"number": booking.number}}]}),
    }
    others: tuple[LetterKind, dict[str, Any]] = (
        LetterKind.BOOKING_CONFIRMED,
        {"number": f"{booking.number}0"},
    )
    to = person_addressed(person, centre_id=holding.centre_id)
    with unit_of_work(session):
        for place, (each, said) in enumerate((by_letter[told_of], others)):
            owe(session, Letter(each, f"{place}", said), to, NOW - timedelta(days=50))
        session.execute(update(OwedLetter).values(state=LetterState.SENT))
    night(app)
    session.expire_all()
    assert session.get_one(Booking, booking.id).person_id is None
    assert session.scalars(select(OwedLetter.occasion)).all() == ["1"]


@pytest.mark.parametrize("state", [BookingState.DECLINED, BookingState.CANCELLED])
def test_what_was_given_up_long_ago_for_a_far_day_loses_its_person(
    app: Flask, session: Session, make: Make, state: BookingState
) -> None:
    far = MONDAY + timedelta(days=200)
    given_up = NOW - timedelta(days=60)
    holding = make.holding(copies=1)
    booking = make.booking(holding, Period(far, far), state=state, cancelled_at=given_up)
    night(app)
    session.expire_all()
    assert session.get_one(Booking, booking.id).person_id is None


def test_audit_entries_are_deleted_after_a_year_and_not_before(
    app: Flask, session: Session
) -> None:
    for days in (364, 366, 500):
        at = NOW - timedelta(days=days)
        session.add(AuditEntry(at=at, act="edit_copy", subject_kind="copy", subject_id=days))
    session.commit()
    run = night(app)
    session.rollback()
    assert list(session.scalars(select(AuditEntry.subject_id))) == [364]
    assert run.result["centres"]["0"]["audit_entries"] == 2


def test_letters_that_wait_to_be_sent_and_young_ones_stay(
    app: Flask, session: Session, make: Make
) -> None:
    told(make, timedelta(days=10))
    letters = session.query(OwedLetter).count()
    assert letters > 3
    night(app)
    session.rollback()
    assert session.query(OwedLetter).count() == letters


def test_a_refused_wish_keeps_no_trace_of_the_account_that_asked(
    session: Session, make: Make
) -> None:
    story = told(make)
    occasion = session.scalars(select(RefusedWish.occasion)).one()
    assert str(story.account_id) not in occasion.split(":")
    assert len(occasion) == 64
