"""Open a tour: a route driven on a day, with its stops as they are then."""

from collections.abc import Sequence
from datetime import date, datetime
from secrets import token_hex

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from loans.errors import Fact, NotFoundError, Refused, RefusedError
from loans.models.tour import CourierRoute, RouteStop, Tour, TourState, TourStop
from loans.queries.calendars import calendars_of
from loans.queries.deliveries import facts_of_route
from loans.rules.codes import DayReason
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right

NONCE_BYTES = 16


def open_tour(
    session: Session, asked: tuple[int, date], by: Actor, today: date, now: datetime
) -> Tour:
    """Return the tour of a route on a day, made if nobody opened it yet; locks the route.

    Args:
        session: inside a unit of work.
        asked: the route's key and the day.
        by: whoever packs.
        today: nothing is made for days before it.
        now: the instant.

    Raises:
        NotFoundError: no such route within the actor's reach.
        RefusedError: the route is not driven on that day, or the day is past.

    Source:
        docs/rules.md, Lending 11.1 and 11.2.
    """
    route_id, day = asked
    route = _lock_route(session, route_id, by)
    query = select(Tour).where(Tour.route_id == route.id, Tour.day == day)
    tour = session.scalar(query.execution_options(populate_existing=True))
    if tour is not None:
        return tour
    _check_day(session, route, day, today)
    tour = Tour(route_id=route.id, day=day, driver_nonce=token_hex(NONCE_BYTES))
    tour.stops = [
        TourStop(place_id=stop.place_id, position=place) for place, stop in enumerate(route.stops)
    ]
    session.add(tour)
    session.flush()
    change = Change("open_tour", after={"route": route.name, "day": day.isoformat()})
    record(session, by, Subject("tour", tour.id, route.centre_id), change, now)
    return tour


def lock_tour(session: Session, tour_id: int, by: Actor | None) -> Tour:
    """Return a tour under its lock, before any holding; packers of one tour follow each other.

    Args:
        session: inside a unit of work.
        tour_id: which.
        by: None for a driver whose link was proved.

    Raises:
        NotFoundError: no such tour within reach.
    """
    query = select(Tour).where(Tour.id == tour_id).with_for_update(key_share=True, of=Tour)
    tour = session.scalar(query.execution_options(populate_existing=True))
    if tour is None:
        raise NotFoundError("tour", tour_id)
    if by is not None and not by.scope(Right.LEND).covers_centre(tour.route.centre_id):
        raise NotFoundError("tour", tour_id)
    return tour


def follow_route(session: Session, route: CourierRoute, today: date) -> None:
    """Give the tours of a route that nobody handed over its stops as they are now.

    A stop that is no longer on the route stays while a box is packed for it.
    """
    planned = select(Tour).where(Tour.route_id == route.id, Tour.day >= today)
    for tour in session.scalars(planned.where(Tour.state == TourState.PLANNED)):
        _take_stops(tour, route.stops)
    session.flush()


def _take_stops(tour: Tour, stops: Sequence[RouteStop]) -> None:
    known = {stop.place_id: stop for stop in tour.stops}
    wanted = [stop.place_id for stop in stops]
    new = {place_id: TourStop(place_id=place_id, position=0) for place_id in wanted}
    kept = [{**new, **known}[place_id] for place_id in wanted]
    kept += [stop for stop in tour.stops if stop.place_id not in wanted and stop.boxes]
    for place, stop in enumerate(kept):
        stop.position = place
    tour.stops = kept


def _lock_route(session: Session, route_id: int, by: Actor) -> CourierRoute:
    query = select(CourierRoute).where(CourierRoute.id == route_id)
    locked = query.with_for_update(key_share=True, of=CourierRoute)
    route = session.scalar(locked.execution_options(populate_existing=True))
    if route is None or not by.scope(Right.LEND).covers_centre(route.centre_id):
        raise NotFoundError("route", route_id)
    return route


def _check_day(session: Session, route: CourierRoute, day: date, today: date) -> None:
    if day < today:
        raise RefusedError((Refused(DayReason.PAST, {"day": day}),))
    calendars = calendars_of(session, {route.branch_id}, Period(day, day))
    if not facts_of_route(route).times(calendars).runs_on(day):
        facts: dict[str, Fact] = {"day": day, "route": route.name}
        raise RefusedError((Refused(DayReason.COURIER_NOT_RUNNING, facts),))
