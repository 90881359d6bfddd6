"""Each night: holds that are over end with one letter, and shelves serve who still waits."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from catalogue.rules.copy_states import CopyState
from database.unit_of_work import unit_of_work
from loans.models.booking import BookingPick
from loans.models.hold import HoldState
from loans.models.transit import Transit
from loans.operations.serve_holds import Served, serve_holds
from loans.queries.invariants import breaches
from loans.rules.booking_states import BookingState
from loans.rules.holds import Ending
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import SYSTEM
from tests.loans.operations.desks import Counter, counter
from tests.make import MONDAY, NOW, Make

pytestmark = pytest.mark.both_stores

DAY = timedelta(days=1)
DEADLINE = date(2026, 12, 1)


@pytest.fixture
def desk(make: Make) -> Counter:
    make.centre()
    return counter(make)


def night(session: Session, holding: Holding, today: date = MONDAY) -> Served:
    with unit_of_work(session):
        return serve_holds(session, holding.id, SYSTEM, today, NOW)


def letters(session: Session, kind: LetterKind) -> list[OwedLetter]:
    return list(session.scalars(select(OwedLetter).where(OwedLetter.kind == kind)))


@pytest.mark.lending("7.2")
def test_what_is_not_fetched_ends_with_one_letter_and_the_next_is_served(
    make: Make, desk: Counter, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    first, second = make.hold(loan.holding), make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert night(session, loan.holding, DEADLINE) == Served(0, 0)
    assert night(session, loan.holding, DEADLINE + DAY) == Served(1, 1)
    assert (first.state, first.ended_why) == (HoldState.EXPIRED, Ending.NOT_COLLECTED)
    assert (second.state, second.rank, second.ready_on) == (
        HoldState.SET_ASIDE,
        1,
        DEADLINE + DAY,
    )
    assert second.copy_id == loan.copy_id
    assert night(session, loan.holding, DEADLINE + DAY) == Served(0, 0)
    (ended,) = letters(session, LetterKind.HOLD_EXPIRED)
    assert (ended.person_id, ended.facts["why"]) == (first.person_id, "not_collected")
    assert breaches(session) == []


@pytest.mark.lending("7.1")
def test_a_hold_for_days_lapses_at_their_start(make: Make, session: Session) -> None:
    loan = make.loan(make.copy(make.holding()))
    begins, waits = MONDAY + 3 * DAY, make.hold(loan.holding)
    hold = make.hold(loan.holding, first=begins, last=begins + DAY)
    assert night(session, loan.holding, begins - DAY) == Served(0, 0)
    assert night(session, loan.holding, begins) == Served(1, 0)
    assert (hold.state, hold.ended_why) == (HoldState.EXPIRED, Ending.PERIOD_BEGUN)
    assert waits.state is HoldState.WAITING


@pytest.mark.lending("7.1")
def test_a_hold_not_needed_any_more_ends(make: Make, session: Session) -> None:
    loan = make.loan(make.copy(make.holding()))
    hold, behind = make.hold(loan.holding, not_after=MONDAY), make.hold(loan.holding)
    assert night(session, loan.holding, MONDAY) == Served(0, 0)
    assert night(session, loan.holding, MONDAY + DAY) == Served(1, 0)
    assert (hold.ended_why, behind.rank) == (Ending.NOT_NEEDED, 1)


@pytest.mark.lending("7.2")
def test_a_hold_that_a_booking_kept_from_being_served_is_tried_again_each_night(
    make: Make, desk: Counter, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    booked = make.booking(loan.holding, Period(MONDAY + 2 * DAY, MONDAY + 2 * DAY))
    hold = make.hold(loan.holding)
    desk.take_back(loan.copy)
    assert night(session, loan.holding, MONDAY + DAY) == Served(0, 0)
    assert hold.state is HoldState.WAITING
    assert booked.last < MONDAY + 3 * DAY
    assert night(session, loan.holding, MONDAY + 3 * DAY) == Served(0, 1)
    assert (hold.state, loan.copy.state) == (HoldState.SET_ASIDE, CopyState.SET_ASIDE)
    (notice,) = letters(session, LetterKind.HOLD_AT_DESK)
    assert notice.facts["origin"] == ""


@pytest.mark.lending("7.2")
def test_a_night_serves_as_many_as_there_are_copies(make: Make, session: Session) -> None:
    holding = make.holding(copies=2)
    holds = [make.hold(holding) for _ in range(3)]
    assert night(session, holding) == Served(0, 2)
    assert [hold.state for hold in holds] == [
        HoldState.SET_ASIDE,
        HoldState.SET_ASIDE,
        HoldState.WAITING,
    ]
    assert len({hold.copy_id for hold in holds[:2]}) == 2
    assert breaches(session) == []


@pytest.mark.lending("3.3", "7.2")
def test_a_numbered_copy_that_the_first_cannot_have_serves_the_next(
    make: Make, session: Session
) -> None:
    make.choices(pickup_days=2)
    holding = make.holding(booked_by=BookedBy.NUMBER)
    booked, free = (make.copy(holding, numbered=True) for _ in range(2))
    days = Period(MONDAY + 7 * DAY, MONDAY + 9 * DAY)
    make.booking(holding, days).lines[0].copy_id = booked.id
    session.commit()
    first, second = make.hold(holding, first=days.first, last=days.last), make.hold(holding)
    assert night(session, holding) == Served(0, 2)
    assert (first.copy_id, second.copy_id) == (free.id, booked.id)


@pytest.mark.lending("7.2")
def test_a_night_takes_the_copy_that_need_not_travel(make: Make, session: Session) -> None:
    holding = make.holding(copies=1)
    branch = make.other_branch()
    near = make.copy(holding, home_branch_id=branch.id, branch_id=branch.id)
    hold = make.hold(holding, place_id=make.place_at(branch).id)
    night(session, holding)
    assert (hold.copy_id, hold.state) == (near.id, HoldState.SET_ASIDE)
    assert session.scalars(select(Transit)).all() == []


@pytest.mark.lending("5.6", "7.2")
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_night_leaves_what_lies_ready_for_a_booking_while_another_copy_is_there(
    make: Make, session: Session, *, elsewhere: bool
) -> None:
    holding = make.holding(copies=1)
    branch = make.other_branch() if elsewhere else make.branch()
    other = make.copy(holding, home_branch_id=branch.id, branch_id=branch.id)
    days = Period(MONDAY + DAY, MONDAY + 20 * DAY)
    booking = make.booking(holding, days, state=BookingState.READY)
    booking.lines[0].picks.append(
        BookingPick(copy_id=holding.copies[0].id, first=days.first, picked_at=NOW)
    )
    session.commit()
    hold = make.hold(holding)
    assert night(session, holding) == Served(0, 1)
    assert (hold.copy_id, booking.state) == (other.id, BookingState.READY)


@pytest.mark.lending("7.2")
def test_a_night_sends_a_copy_to_where_it_is_fetched(make: Make, session: Session) -> None:
    holding = make.holding(copies=1)
    branch = make.other_branch()
    hold = make.hold(holding, place_id=make.place_at(branch).id)
    night(session, holding)
    transit = session.scalars(select(Transit)).one()
    assert (transit.to_branch_id, hold.state) == (branch.id, HoldState.IN_TRANSIT)
    (notice,) = letters(session, LetterKind.HOLD_AT_DESK)
    assert (notice.to_name, notice.facts["origin"]) == (branch.name, "Hauptstelle")
    assert breaches(session) == []


def test_what_staff_keep_back_serves_nobody(make: Make, session: Session) -> None:
    holding = make.holding()
    make.copy(holding, lendable=False, not_lendable_reason="neu")
    hold = make.hold(holding)
    assert night(session, holding) == Served(0, 0)
    assert hold.state is HoldState.WAITING


def test_what_is_on_its_way_arrives_first_and_ends_then(
    make: Make, desk: Counter, session: Session
) -> None:
    loan = make.loan(make.copy(make.holding()))
    branch = make.other_branch()
    hold = make.hold(loan.holding, place_id=make.place_at(branch).id, not_after=MONDAY)
    desk.take_back(loan.copy)
    assert night(session, loan.holding, MONDAY + DAY) == Served(0, 0)
    replace(desk, today=MONDAY + DAY).take_back(loan.copy, branch_id=branch.id)
    assert (hold.state, hold.ended_why) == (HoldState.EXPIRED, Ending.NOT_NEEDED)
    assert loan.copy.state is CopyState.IN_TRANSIT
