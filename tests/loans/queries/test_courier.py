"""The store tells availability on which days the courier serves a place."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.booking import Booking
from loans.models.purpose import OtherReason
from loans.operations.book import book
from loans.queries.availability import availability
from loans.queries.deliveries import deliveries_of, delivery_to
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.wishes import BookingWish, one_line
from loans.rules.availability import Wish, check_wish
from loans.rules.codes import DayReason
from loans.rules.tours import HOUSE_TIME
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import LetterKind, OwedLetter
from schools.rules.periods import Period
from schools.rules.roles import Role, Scope
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = pytest.mark.both_stores

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=n) for n in range(1, 5))
NEXT = {n: MONDAY + timedelta(days=7 + n) for n in range(5)}
MORNING, AFTERNOON = (datetime.combine(MONDAY, time(hour), HOUSE_TIME) for hour in (9, 13))


def seen_at(session: Session, place: PickupPlace, now: datetime = MORNING) -> Viewpoint:
    where = Where(place.centre_id, place.id, place.institution_id)
    return viewpoint_of(session, Scope(), where, MONDAY, now)


def starts(session: Session, place: PickupPlace, holding_id: int, **asked: Any) -> set[date]:
    """The days of two weeks on which a booking delivered to a place can start."""
    days = Period(MONDAY, NEXT[4])
    found = availability(session, seen_at(session, place, **asked), {holding_id}, days)
    return {view.day for view in found[holding_id].views() if not view.start_reasons}


@pytest.mark.lending("11.1", "4.5")
def test_a_delivery_starts_on_days_that_a_tour_reaches_in_time(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=1)
    stop = make.courier_stop()
    make.route(stop)
    reached = {TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, NEXT[1], NEXT[2], NEXT[3], NEXT[4]}
    assert starts(session, stop, holding.id) == reached
    past_noon = starts(session, stop, holding.id, now=AFTERNOON)
    assert past_noon == reached - {TUESDAY, WEDNESDAY}


def test_a_stop_without_a_route_is_served_on_every_processed_day(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=1)
    stop = make.courier_stop()
    weekdays = {MONDAY + timedelta(days=n) for n in (*range(1, 5), *range(7, 12))}
    assert starts(session, stop, holding.id, now=AFTERNOON) == weekdays


def test_a_route_nobody_drives_serves_no_day(session: Session, make: Make) -> None:
    holding = make.holding(copies=1)
    stop = make.courier_stop()
    make.route(stop, active=False)
    assert starts(session, stop, holding.id) == set()


def test_a_counter_that_a_route_passes_keeps_its_own_days(session: Session, make: Make) -> None:
    holding = make.holding(copies=1)
    counter = make.place()
    make.route(counter)
    days = Period(MONDAY, FRIDAY)
    view = viewpoint_of(session, Scope(), Where(counter.centre_id), MONDAY, AFTERNOON)
    found = availability(session, view, {holding.id}, days)[holding.id]
    assert all(not each.start_reasons for each in found.views())


@pytest.mark.lending("11.1")
def test_a_booking_without_a_tour_is_refused_as_it_was_displayed(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    stop = make.courier_stop()
    make.route(stop)
    wish = BookingWish(
        lines=one_line(holding.id),
        person_id=person.id,
        period=Period(NEXT[0], NEXT[0]),
        reason=OtherReason.PREVIEW,
        place_id=stop.id,
    )
    view = seen_at(session, stop)
    shown = check_wish(
        availability(session, view, {holding.id}, wish.period)[holding.id],
        Wish(period=wish.period),
    )
    session.rollback()
    by = make.actor(Role.STAFF)
    with pytest.raises(RefusedError) as refused, unit_of_work(session):
        book(session, wish, by, MONDAY, NOW)
    assert refused.value.codes == (DayReason.COURIER_NOT_RUNNING,)
    assert {each.code for each in shown} == {DayReason.COURIER_NOT_RUNNING}


@pytest.mark.lending("11.1")
def test_the_page_and_the_letter_name_the_tours_and_the_cut_off(
    session: Session, make: Make
) -> None:
    holding = make.holding(copies=1)
    person = make.person()
    stop = make.courier_stop()
    route = make.route(stop, name="Di Nord")
    period = Period(WEDNESDAY, NEXT[0])
    wish = BookingWish(
        lines=one_line(holding.id),
        person_id=person.id,
        period=period,
        reason=OtherReason.PREVIEW,
        place_id=stop.id,
    )
    by = make.actor(Role.STAFF)
    with unit_of_work(session):
        number = book(session, wish, by, MONDAY, NOW).number
    view = seen_at(session, stop)
    shown = delivery_to(view, view.place, period)
    booking = session.scalars(select(Booking).where(Booking.number == number)).one()
    found = deliveries_of(session, [booking])[booking.id]
    assert found == shown
    assert (found.route, found.brought_on, found.fetched_on) == (route.name, TUESDAY, NEXT[1])
    noon = datetime.combine(MONDAY, time(12), HOUSE_TIME)
    assert found.closes_at == noon
    letter = session.scalars(select(OwedLetter)).one()
    assert letter.kind is LetterKind.BOOKING_CONFIRMED
    assert letter.facts["brought_on"] == TUESDAY.isoformat()
    assert letter.facts["fetched_on"] == NEXT[1].isoformat()
    assert datetime.fromisoformat(letter.facts["change_until"]) == noon


def test_routes_cost_no_statement(session: Session, make: Make, engine: Engine) -> None:
    holding_id = make.holding(copies=1).id
    stop = make.courier_stop()
    where = Where(stop.centre_id, stop.id, stop.institution_id)

    def statements() -> int:
        session.rollback()
        with counted(engine) as found:
            view = viewpoint_of(session, Scope(), where, MONDAY, MORNING)
            availability(session, view, {holding_id}, Period(MONDAY, FRIDAY))
        return found.count

    without = statements()
    make.route(stop, *(make.courier_stop(make.school()) for _ in range(5)))
    assert statements() == without
