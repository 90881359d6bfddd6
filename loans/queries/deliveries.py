"""Which tour brings and fetches a booking, and until when it can be changed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.models.tour import CourierRoute, RouteStop
from loans.queries.calendars import calendars_of
from loans.queries.places import PlaceFacts, RouteFacts
from loans.queries.viewpoint import Viewpoint
from loans.rules.tours import CourierDays, Delivery, delivery
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Brought:
    """How something booked comes to a place and goes back.

    Attributes:
        place_id: where.
        route: name of the route.
        brought_on: the tour that brings it; None if none comes in time.
        fetched_on: the tour that fetches it; None if none leaves soon enough.
        closes_at: until when it can still be changed.
    """

    place_id: int
    route: str
    brought_on: date | None
    fetched_on: date | None
    closes_at: datetime | None


def delivery_to(view: Viewpoint, place: PlaceFacts, period: Period) -> Brought | None:
    """Return which tours would serve a booking at one of the viewpoint's places.

    Returns:
        None at a counter, and where no route is set.

    Source:
        docs/rules.md, Lending 11.1.
    """
    if place.courier is None:
        return None
    calendar = view.calendars.of(place.branch_id)
    days = CourierDays(place.courier_before, place.courier_after)
    found = delivery(place.courier.times(view.calendars), period, days, calendar)
    return _brought(place.id, place.courier.name, found)


def delivery_of(session: Session, booking: Booking) -> Brought | None:
    """Return which tours serve a booking as it stands; for whoever may see it."""
    if booking.place.kind is not PlaceKind.COURIER:
        return None
    return delivery_at(session, booking.place_id, Period(booking.first, booking.last))


def delivery_at(session: Session, place_id: int, period: Period) -> Brought | None:
    """Return which tours serve a booking of a period at a place, in at most two statements.

    When tours run is public knowledge.

    Returns:
        None at a counter, and where no route is set.

    Source:
        docs/rules.md, Lending 11.1.
    """
    row = session.execute(
        select(PickupPlace, CourierRoute)
        .join(RouteStop, RouteStop.place_id == PickupPlace.id)
        .join(CourierRoute, CourierRoute.id == RouteStop.route_id)
        .where(PickupPlace.id == place_id, PickupPlace.kind == PlaceKind.COURIER)
    ).first()
    if row is None:
        return None
    place, route = row.PickupPlace, facts_of_route(row.CourierRoute)
    calendars = calendars_of(session, {place.branch_id, route.branch_id}, period)
    days = CourierDays(place.courier_days_before, place.courier_days_after)
    calendar = calendars.of(place.branch_id)
    found = delivery(route.times(calendars), period, days, calendar)
    return _brought(place.id, route.name, found)


def facts_of_route(row: CourierRoute) -> RouteFacts:
    """Return a route as rules and pages take it."""
    weekdays = frozenset(int(day) for day in row.weekdays)
    return RouteFacts(row.id, row.name, row.branch_id, weekdays, row.cut_off, row.active)


def _brought(place_id: int, route: str, found: Delivery) -> Brought:
    return Brought(place_id, route, found.brought_on, found.fetched_on, found.closes_at)
