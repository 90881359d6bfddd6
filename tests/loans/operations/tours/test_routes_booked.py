"""While something is booked to a stop, the courier goes on driving there."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from catalogue.errors import InvalidError
from database.unit_of_work import unit_of_work
from loans.models.tour import CourierRoute
from loans.operations.edit_routes import change_route, remove_stop, route_edition, route_values
from loans.operations.tell_bookings import Was, tell_about_change, tell_about_new
from loans.queries.deliveries import deliveries_of
from loans.queries.picking import PickDay, pick_list
from loans.rules.booking_states import BookingState
from loans.rules.route_faults import RouteFault
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.owed_letter import OwedLetter
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Right, Role
from tests.loans.operations.courier import WEDNESDAY, Table
from tests.make import MONDAY, NOW, Make
from tests.statements import counted

pytestmark = [pytest.mark.both_stores, pytest.mark.lending("11.2")]


def test_a_route_neither_rests_nor_loses_a_stop_while_bookings_wait_for_it(
    make: Make, staff: Table, stop: PickupPlace
) -> None:
    staff.delivered(make.holding(copies=1), stop)
    route = make.session.scalars(select(CourierRoute)).one()
    values, admin = route_values(route), make.actor(Role.CENTRE_ADMIN)
    edit = (replace(values, active=False), route_edition(values))
    asked = (route.id, route.stops[0].id)
    with pytest.raises(InvalidError) as resting, unit_of_work(make.session):
        change_route(make.session, asked[0], edit, admin, NOW)
    with pytest.raises(InvalidError) as taken_off, unit_of_work(make.session):
        remove_stop(make.session, asked, admin, MONDAY, NOW)
    assert resting.value.faults == {"active": RouteFault.STILL_BOOKED}
    assert taken_off.value.faults == {"place": RouteFault.STILL_BOOKED}


def test_what_is_booked_where_no_tour_runs_any_more_is_still_picked(
    make: Make, staff: Table, stop: PickupPlace
) -> None:
    holding = make.holding(copies=1)
    staff.delivered(holding, stop)
    make.session.scalars(select(CourierRoute)).one().active = False
    make.session.commit()
    days = [MONDAY + n * ONE_DAY for n in range(7)]
    asked = [PickDay(make.branch().id, holding.centre_id, day, MONDAY) for day in days]
    scope = staff.by.scope(Right.LEND)
    assert sum(len(pick_list(make.session, scope, each).lines) for each in asked) == 1


@pytest.mark.lending("5.3", "11.1")
def test_the_letter_about_a_change_tells_its_tours(
    make: Make, staff: Table, stop: PickupPlace
) -> None:
    booking = staff.delivered(make.holding(copies=1), stop)
    was = Was.of(booking)
    with unit_of_work(make.session):
        tell_about_change(make.session, booking, was, staff.by, NOW)
    facts = make.session.scalars(select(OwedLetter)).one().facts
    assert {"brought_on", "fetched_on", "change_until"} <= facts.keys()


@pytest.mark.lending("4.4", "11.1")
@pytest.mark.parametrize(
    ("late", "told"),
    [
        pytest.param(timedelta(hours=4), {"brought_on", "fetched_on"}, id="after the cut-off"),
        pytest.param(2 * ONE_DAY, {"fetched_on"}, id="after the tour"),
    ],
)
def test_what_is_booked_against_the_cut_off_is_promised_no_tour_that_is_past(
    make: Make, staff: Table, stop: PickupPlace, late: timedelta, told: set[str]
) -> None:
    booking = staff.delivered(make.holding(copies=1), stop)
    with unit_of_work(make.session):
        tell_about_new(make.session, [booking], NOW + late)
    facts = make.session.scalars(select(OwedLetter)).one().facts
    assert {"brought_on", "fetched_on", "change_until"} & facts.keys() == told


@pytest.mark.lending("5.4", "11.1")
@pytest.mark.parametrize("state", [BookingState.CONFIRMED, BookingState.REQUESTED])
def test_a_letter_about_several_bookings_tells_the_tours_of_each(
    make: Make, staff: Table, stop: PickupPlace, state: BookingState
) -> None:
    person = make.person(make.session.get_one(Institution, stop.institution_id))
    brought = [
        staff.delivered(make.holding(copies=1), stop, first=first, person=person, state=state)
        for first in (WEDNESDAY, WEDNESDAY + 7 * ONE_DAY)
    ]
    collected = make.booking(
        make.holding(), Period(WEDNESDAY, WEDNESDAY), person=person, state=state
    )
    with unit_of_work(make.session):
        tell_about_new(make.session, [*brought, collected], NOW)
    told = make.session.scalars(select(OwedLetter)).one().facts["bookings"]
    days = [WEDNESDAY - ONE_DAY, WEDNESDAY + 6 * ONE_DAY]
    assert [each.get("brought_on") for each in told] == [*map(str, days), None]
    assert [{"fetched_on", "change_until"} <= each.keys() for each in told] == [True, True, False]


@pytest.mark.lending("11.1")
def test_the_tours_of_many_bookings_cost_as_many_statements_as_those_of_one(
    make: Make, staff: Table, stop: PickupPlace, engine: Engine
) -> None:
    bookings = [staff.delivered(make.holding(copies=1), stop) for _ in range(6)]
    assert all(booking.place for booking in bookings)
    with counted(engine) as one:
        deliveries_of(make.session, bookings[:1])
    with counted(engine) as many:
        deliveries_of(make.session, bookings)
    assert many.count == one.count <= 3
