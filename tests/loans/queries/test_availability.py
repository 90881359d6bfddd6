"""What is free is computed from the store in a constant number of statements."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from catalogue.rules.copy_states import CopyState
from loans.errors import NotFoundError
from loans.models.basket import BasketLine
from loans.models.closure import OpeningHours
from loans.models.hold import Hold, HoldState
from loans.models.terms import Terms
from loans.queries.availability import availability, strips
from loans.rules.availability import Wish, check_wish
from loans.rules.booking_states import BookingState
from loans.rules.codes import DayReason, Refusal
from loans.rules.commitments import of_booking
from schools.models.institution import CustomerClass
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Scope
from tests.loans.queries.conftest import See
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.lending("4.1", "4.2", "4.3"), pytest.mark.both_stores]

WEEK = Period(MONDAY, MONDAY + timedelta(days=4))
NEXT_WEEK = Period(MONDAY + timedelta(days=7), MONDAY + timedelta(days=11))


def test_a_booking_keeps_its_copies_for_its_days_only(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=3)
    make.booking(holding, WEEK, 2)
    found = availability(session, see(), {holding.id}, Period(WEEK.first, NEXT_WEEK.last))
    assert found[holding.id].free_in(WEEK) == 1
    assert found[holding.id].free_in(NEXT_WEEK) == 3


@pytest.mark.parametrize(
    "state", [BookingState.CANCELLED, BookingState.DECLINED, BookingState.CLOSED]
)
def test_what_is_over_keeps_nothing(
    session: Session, make: Make, see: See, state: BookingState
) -> None:
    holding = make.holding(copies=1)
    make.booking(holding, WEEK, state=state)
    assert availability(session, see(), {holding.id}, WEEK)[holding.id].free_in(WEEK) == 1


def test_a_loan_keeps_its_copy_until_it_is_due(session: Session, make: Make, see: See) -> None:
    holding = make.holding(copies=2)
    make.loan(holding.copies[0], days=4)
    found = availability(session, see(), {holding.id}, Period(WEEK.first, NEXT_WEEK.last))
    assert found[holding.id].free_in(WEEK) == 1
    assert found[holding.id].free_in(NEXT_WEEK) == 2


def test_an_overdue_loan_is_expected_in_a_month(session: Session, make: Make, see: See) -> None:
    holding = make.holding(copies=1)
    make.loan(holding.copies[0], lent_on=MONDAY - timedelta(days=30), days=7)
    days = Period(MONDAY, date(2026, 12, 31))
    found = availability(session, see(), {holding.id}, days)[holding.id]
    assert found.free_on(date(2026, 12, 23)) == 0
    assert found.free_on(date(2026, 12, 24)) == 1


def test_what_was_handed_out_on_a_booking_counts_once(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=3)
    booking = make.booking(holding, WEEK, 2, state=BookingState.PARTLY_COLLECTED)
    booking.lines[0].handed_out = 1
    make.loan(holding.copies[0], days=4, line_id=booking.lines[0].id)
    found = availability(session, see(), {holding.id}, WEEK)[holding.id]
    assert found.free_in(WEEK) == 1


def test_baskets_holds_and_unchecked_returns_keep_copies(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=5)
    person, copies = make.person(), holding.copies
    copies[0].state, copies[1].state = CopyState.SET_ASIDE, CopyState.RECEIVED
    for held_until in (NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)):
        session.add(
            BasketLine(
                person_id=person.id,
                institution_id=make.the_school().id,
                place_id=make.place().id,
                holding_id=holding.id,
                quantity=1,
                first=WEEK.first,
                last=WEEK.last,
                held_until=held_until,
            )
        )
    session.add(
        Hold(
            holding_id=holding.id,
            person_id=person.id,
            institution_id=make.the_school().id,
            place_id=make.place().id,
            state=HoldState.SET_ASIDE,
            rank=1,
            copy_id=copies[0].id,
            pickup_deadline=MONDAY + timedelta(days=1),
            created_at=NOW,
        )
    )
    session.commit()
    found = availability(session, see(), {holding.id}, WEEK)[holding.id]
    assert [found.free_on(day) for day in WEEK] == [2, 3, 4, 4, 4]


def test_service_and_courier_days_stretch_what_is_booked(
    session: Session, make: Make, see: See
) -> None:
    holding = make.holding(copies=1)
    terms = session.scalars(select(Terms).where(Terms.media_category == "")).one()
    terms.service_days_after = 1
    stop = PickupPlace(
        centre_id=make.the_centre().id,
        branch_id=make.branch().id,
        institution_id=make.the_school().id,
        kind=PlaceKind.COURIER,
        name="Kurier",
        courier_days_before=1,
        courier_days_after=1,
    )
    session.add(stop)
    session.commit()
    tuesday = MONDAY + timedelta(days=8)
    make.booking(holding, Period(tuesday, tuesday), place_id=stop.id)
    found = availability(session, see(), {holding.id}, NEXT_WEEK)[holding.id]
    assert [found.free_on(day) for day in NEXT_WEEK] == [0, 0, 0, 0, 1]


@pytest.mark.lending("4.3")
def test_a_received_copy_has_the_service_days_of_its_borrower(
    session: Session, make: Make, see: See
) -> None:
    school = make.school(customer_class=CustomerClass.EDUCATION)
    session.add(
        Terms(
            centre_id=make.the_centre().id,
            customer_class=CustomerClass.EDUCATION,
            service_days_after=3,
        )
    )
    session.commit()
    holding = make.holding()
    person = make.person(school)
    week_ago = MONDAY - timedelta(days=7)
    make.loan(
        make.copy(holding),
        person=person,
        state=CopyState.RECEIVED,
        lent_on=week_ago,
        days=14,
        received_on=MONDAY,
    )
    found = availability(session, see(), {holding.id}, WEEK)[holding.id]
    assert [each.free for each in found.views()][:5] == [0, 0, 0, 0, 1]


@pytest.mark.lending("1.4", "4.3")
def test_seen_from_a_branch_that_never_opens_what_travels_for_a_hold_is_away_today(
    session: Session, make: Make, see: See
) -> None:
    holding, branch = make.holding(copies=2), make.other_branch()
    copy = holding.copies[0]
    copy.state = CopyState.IN_TRANSIT
    make.hold(holding, state=HoldState.IN_TRANSIT, copy_id=copy.id)
    session.execute(delete(OpeningHours).where(OpeningHours.branch_id == branch.id))
    session.commit()
    view = see(place_id=make.place_at(branch).id)
    found = availability(session, view, {holding.id}, WEEK)[holding.id]
    assert found.free_on(MONDAY) == 1


@pytest.mark.parametrize("asked_at", ["here", "there"])
def test_each_branch_prepares_what_it_hands_out_on_its_own_open_days(
    session: Session, make: Make, see: See, asked_at: str
) -> None:
    """Whoever asks, and wherever: else one branch would book what the other still looks over."""
    here, there = make.branch(), make.other_branch()
    saturday = WEEK.last + ONE_DAY
    session.scalars(select(Terms)).one().service_days_after = 1
    session.add(
        OpeningHours(branch_id=there.id, weekday=5, opens=time(9), closes=time(12)),
    )
    session.commit()
    at_each = {}
    for branch in (here, there):
        holding = make.holding(copies=1)
        make.booking(holding, WEEK, place_id=make.place_at(branch).id)
        at_each[branch.name] = holding.id
    place = make.place_at(here if asked_at == "here" else there).id
    period = Period(WEEK.first, NEXT_WEEK.last)
    found = availability(session, see(place_id=place), set(at_each.values()), period)
    free = {
        name: [found[key].free_on(saturday + each * ONE_DAY) for each in range(4)]
        for name, key in at_each.items()
    }
    assert free == {there.name: [0, 1, 1, 1], here.name: [0, 0, 0, 1]}


def test_an_edit_does_not_collide_with_itself(session: Session, make: Make, see: See) -> None:
    holding = make.holding(copies=1)
    booking = make.booking(holding, WEEK)
    ignoring = of_booking(booking.id)
    found = availability(session, see(), {holding.id}, WEEK, ignoring=ignoring)
    assert found[holding.id].free_in(WEEK) == 1


def test_copies_that_do_not_count_do_not_commit(session: Session, make: Make, see: See) -> None:
    holding = make.holding(copies=1)
    kept_back = make.copy(holding, lendable=False)
    make.loan(kept_back, days=4)
    found = availability(session, see(), {holding.id}, WEEK)[holding.id]
    assert (found.capacity, found.free_in(WEEK)) == (1, 1)


def test_every_reason_against_a_wish_is_told(session: Session, make: Make, see: See) -> None:
    holding = make.holding(copies=1)
    saturday = MONDAY + timedelta(days=5)
    make.booking(holding, Period(saturday, saturday))
    wish = Wish(period=Period(saturday, saturday), quantity=2)
    found = availability(session, see(), {holding.id}, wish.period)[holding.id]
    codes = {refused.code for refused in check_wish(found, wish)}
    assert codes == {DayReason.CLOSED, Refusal.NOT_FREE}


def test_hidden_holdings_are_seen_by_staff_only(session: Session, make: Make, see: See) -> None:
    holding = make.holding(copies=1, visible=False)
    staff = Scope(centre_ids=frozenset({holding.centre_id}))
    assert availability(session, see(), {holding.id}, WEEK) == {}
    assert list(availability(session, see(staff), {holding.id}, WEEK)) == [holding.id]


def test_another_schools_courier_stop_is_no_place_for_us(
    session: Session, make: Make, see: See
) -> None:
    ours, theirs = make.school(), make.school()
    stop = PickupPlace(
        centre_id=make.the_centre().id,
        branch_id=make.branch().id,
        institution_id=theirs.id,
        kind=PlaceKind.COURIER,
        name="Kurier",
    )
    session.add(stop)
    session.commit()
    with pytest.raises(NotFoundError):
        see(place_id=stop.id, institution_id=ours.id)


def test_a_page_needs_the_same_statements_for_one_hit_and_for_thirty(
    engine: Engine, session: Session, make: Make, see: See
) -> None:
    holdings = [make.holding(copies=2) for _ in range(30)]
    for holding in holdings:
        make.booking(holding, WEEK)
        make.loan(holding.copies[0])
    ids = [holding.id for holding in holdings]
    sent = []
    for some in (ids[:1], ids):
        with counted(engine) as statements:
            view = see(institution_id=make.the_school().id)
            availability(session, view, some, WEEK)
            strips(session, view, some, MONDAY)
        sent.append(statements.count)
    assert sent[0] == sent[1] <= 13
