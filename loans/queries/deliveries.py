"""Which tour brings and fetches a booking, and until when it can be changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
from schools.queries.signed_in import day_of
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


def deliveries_of(session: Session, bookings: Iterable[Booking]) -> dict[int, Brought]:
    """Return by booking which tours serve it as it stands, for whoever may see them.

    Takes three statements however many there are, and none where all are collected. Bookings at
    a counter, and where no route is set, are left out.

    Source:
        docs/rules.md, Lending 11.1.
    """
    stays = {
        booking.id: _Stay(booking.place_id, Period(booking.first, booking.last))
        for booking in bookings
        if booking.place.kind is PlaceKind.COURIER
    }
    return _deliveries(session, stays)


def delivery_at(session: Session, place_id: int, period: Period) -> Brought | None:
    """Return which tours serve a booking of a period at a place, in at most three statements.

    When tours run is public knowledge.

    Returns:
        None at a counter, and where no route is set.

    Source:
        docs/rules.md, Lending 11.1.
    """
    return _deliveries(session, {0: _Stay(place_id, period)}).get(0)


def still_ahead(brought: Brought, now: datetime) -> Brought:
    """Return what is left of a delivery: its tours and its deadline that are not past.

    What missed its tour goes with the next, on a day that nobody promises.

    Source:
        docs/rules.md, Lending 11.1.
    """
    today, closes_at = day_of(now), brought.closes_at
    return replace(
        brought,
        brought_on=_unless_past(brought.brought_on, today),
        fetched_on=_unless_past(brought.fetched_on, today),
        closes_at=None if closes_at is None or closes_at <= now else closes_at,
    )


def _unless_past(day: date | None, today: date) -> date | None:
    return None if day is None or day < today else day


@dataclass(frozen=True, slots=True)
class _Stay:
    """Something is at a place for a period."""

    place_id: int
    period: Period


def _deliveries(session: Session, stays: Mapping[int, _Stay]) -> dict[int, Brought]:
    if not stays:
        return {}
    place_ids = {stay.place_id for stay in stays.values()}
    rows = session.execute(
        select(PickupPlace, CourierRoute)
        .join(RouteStop, RouteStop.place_id == PickupPlace.id)
        .join(CourierRoute, CourierRoute.id == RouteStop.route_id)
        .where(PickupPlace.id.in_(place_ids), PickupPlace.kind == PlaceKind.COURIER)
    ).all()
    served = {place.id: (place, facts_of_route(route)) for place, route in rows}
    if not served:
        return {}
    branches = {each.branch_id for pair in served.values() for each in pair}
    every = [stay.period for stay in stays.values()]
    reach = Period(min(each.first for each in every), max(each.last for each in every))
    calendars = calendars_of(session, branches, reach)
    found = {}
    for key, stay in stays.items():
        if stay.place_id in served:
            place, route = served[stay.place_id]
            days = CourierDays(place.courier_days_before, place.courier_days_after)
            calendar = calendars.of(place.branch_id)
            tours = delivery(route.times(calendars), stay.period, days, calendar)
            found[key] = _brought(place.id, route.name, tours)
    return found


def facts_of_route(row: CourierRoute) -> RouteFacts:
    """Return a route as rules and pages take it."""
    weekdays = frozenset(int(day) for day in row.weekdays)
    return RouteFacts(row.id, row.name, row.branch_id, weekdays, row.cut_off, row.active)


def _brought(place_id: int, route: str, found: Delivery) -> Brought:
    return Brought(place_id, route, found.brought_on, found.fetched_on, found.closes_at)
