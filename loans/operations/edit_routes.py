"""Edit the courier's routes: when they are driven, and where they stop in which order."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalogue.errors import InvalidError
from catalogue.operations.editing import check_edition, take_over
from catalogue.rules.editions import edition_of
from database.audit import Change, Subject, record
from loans.errors import NotFoundError
from loans.models.booking import Booking
from loans.models.tour import CourierRoute, RouteStop, Tour, TourBox, TourState, TourStop
from loans.operations.open_tour import follow_route
from loans.rules.booking_states import COMMITTING
from loans.rules.route_faults import RouteFault, RouteValues, route_faults
from schools.models.media_centre import Branch, MediaCentre, PickupPlace, PlaceKind
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class Move:
    """A stop that goes one place up or down its route."""

    route_id: int
    stop_id: int
    up: bool


def route_values(route: CourierRoute) -> RouteValues:
    """Return what is said of a stored route."""
    weekdays = tuple(int(day) for day in route.weekdays)
    return RouteValues(route.name, route.branch_id, weekdays, route.cut_off, route.active)


def route_edition(values: RouteValues) -> str:
    """Return what tells these values from any others."""
    return edition_of(_stored(values))


def add_route(
    session: Session, centre_id: int, values: RouteValues, by: Actor, now: datetime
) -> CourierRoute:
    """Add a route without stops; locks the centre.

    Raises:
        NotFoundError: no such centre within the actor's reach.
        InvalidError: with every fault by the value's name.

    Source:
        docs/rules.md, Lending 11.1 and 12.2.
    """
    _lock_centre(session, centre_id, by)
    _check(session, centre_id, None, values)
    route = CourierRoute(centre_id=centre_id, **_stored(values))
    session.add(route)
    session.flush()
    _record(session, route, Change("add_route", after=_plain(_stored(values))), by, now)
    return route


def change_route(
    session: Session,
    route_id: int,
    edit: tuple[RouteValues, str],
    by: Actor,
    now: datetime,
) -> CourierRoute:
    """Take over what is said of a route; locks the centre, then the route.

    Bookings stay as they are: each goes with the tour that now fits. So a route does not rest
    while open bookings wait for its stops.

    Args:
        session: inside a unit of work.
        route_id: which.
        edit: the values, and the edition of those that were opened.
        by: whoever saves.
        now: the instant.

    Raises:
        NotFoundError: no such route within the actor's reach.
        ChangedMeanwhileError: it is not the one that was opened any more.
        InvalidError: with every fault by the value's name.
    """
    values, edition = edit
    route = lock_route(session, route_id, by)
    stored, wished = _stored(route_values(route)), _stored(values)
    check_edition(session, _subject(route), edition, stored, wished)
    if stored == wished:
        return route
    _check(session, route.centre_id, route.id, values)
    stops = [stop.place_id for stop in route.stops]
    if route.active and not values.active and _is_booked(session, stops):
        raise InvalidError({"active": RouteFault.STILL_BOOKED})
    before, after = take_over(route, wished)
    _record(session, route, Change("change_route", _plain(before), _plain(after)), by, now)
    return route


def add_stop(
    session: Session, asked: tuple[int, int], by: Actor, today: date, now: datetime
) -> RouteStop:
    """Let a route stop at a place, as its last stop; `asked` are their keys.

    Raises:
        NotFoundError: no such route or active place within reach.
        InvalidError: another route stops there, or it is the counter the route starts from.

    Source:
        docs/rules.md, Lending 11.1: a place belongs to one route.
    """
    route_id, place_id = asked
    route = lock_route(session, route_id, by)
    place = session.get(PickupPlace, place_id)
    if place is None or place.centre_id != route.centre_id or not place.active:
        raise NotFoundError("place", place_id)
    if session.scalar(select(exists().where(RouteStop.place_id == place_id))):
        raise InvalidError({"place": RouteFault.PLACE_TAKEN})
    if place.kind is PlaceKind.COUNTER and place.branch_id == route.branch_id:
        raise InvalidError({"place": RouteFault.OWN_COUNTER})
    stop = RouteStop(place_id=place_id, position=len(route.stops))
    route.stops.append(stop)
    session.flush()
    _record(session, route, Change("add_stop", after={"place": place.name}), by, now)
    follow_route(session, route, today)
    return stop


def move_stop(session: Session, move: Move, by: Actor, today: date, now: datetime) -> CourierRoute:
    """Let a stop change places with the one before or after it; at an end nothing changes.

    Raises:
        NotFoundError: no such route or stop within reach.
    """
    route = lock_route(session, move.route_id, by)
    stops = list(route.stops)
    here = stops.index(_stop(route, move.stop_id))
    there = here - 1 if move.up else here + 1
    if not 0 <= there < len(stops):
        return route
    before = [stop.place.name for stop in stops]
    stops[here], stops[there] = stops[there], stops[here]
    _number(stops)
    after = [stop.place.name for stop in stops]
    _record(session, route, Change("move_stop", {"stops": before}, {"stops": after}), by, now)
    _follow(session, route, today)
    return route


def remove_stop(
    session: Session, asked: tuple[int, int], by: Actor, today: date, now: datetime
) -> CourierRoute:
    """Let a route no longer stop at a place; `asked` are the keys of route and stop.

    Raises:
        NotFoundError: no such route or stop within reach.
        InvalidError: a box is packed for it on a tour that was not handed over, or open bookings
            wait for it.
    """
    route_id, stop_id = asked
    route = lock_route(session, route_id, by)
    stop = _stop(route, stop_id)
    if _is_packed(session, route, stop, today):
        raise InvalidError({"place": RouteFault.STOP_PACKED})
    if _is_booked(session, [stop.place_id]):
        raise InvalidError({"place": RouteFault.STILL_BOOKED})
    route.stops.remove(stop)
    _number(route.stops)
    _record(session, route, Change("remove_stop", before={"place": stop.place.name}), by, now)
    _follow(session, route, today)
    return route


def lock_route(session: Session, route_id: int, by: Actor) -> CourierRoute:
    """Return a route behind its centre, both locked: the editors of one centre queue.

    Raises:
        NotFoundError: no such route within the actor's reach.
    """
    centre_id = session.scalar(select(CourierRoute.centre_id).where(CourierRoute.id == route_id))
    if centre_id is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("route", route_id)
    _lock_centre(session, centre_id, by)
    query = select(CourierRoute).where(CourierRoute.id == route_id)
    locked = query.with_for_update(key_share=True, of=CourierRoute)
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _lock_centre(session: Session, centre_id: int, by: Actor) -> None:
    query = select(MediaCentre.id).where(MediaCentre.id == centre_id)
    found = session.scalar(query.with_for_update(key_share=True))
    if found is None or not by.scope(Right.MANAGE_CENTRE).covers_centre(centre_id):
        raise NotFoundError("media_centre", centre_id)


def _check(session: Session, centre_id: int, route_id: int | None, values: RouteValues) -> None:
    wrong = route_faults(values)
    branch = session.get(Branch, values.branch_id)
    if branch is None or branch.centre_id != centre_id:
        wrong["branch_id"] = RouteFault.BRANCH_ELSEWHERE
    same = exists().where(
        CourierRoute.centre_id == centre_id,
        CourierRoute.name == values.name,
        CourierRoute.id != (route_id or 0),
    )
    if session.scalar(select(same)):
        wrong["name"] = RouteFault.NAME_TAKEN
    if wrong:
        raise InvalidError(wrong)


def _is_packed(session: Session, route: CourierRoute, stop: RouteStop, today: date) -> bool:
    packed = (
        select(TourBox.id)
        .join(TourStop, TourStop.id == TourBox.stop_id)
        .join(Tour, Tour.id == TourStop.tour_id)
        .where(Tour.route_id == route.id, TourStop.place_id == stop.place_id)
        .where(Tour.day >= today, Tour.state == TourState.PLANNED)
    )
    return session.scalar(packed.limit(1)) is not None


def _is_booked(session: Session, place_ids: list[int]) -> bool:
    booked = exists().where(Booking.place_id.in_(place_ids), Booking.state.in_(COMMITTING))
    return bool(session.scalar(select(booked)))


def _stop(route: CourierRoute, stop_id: int) -> RouteStop:
    for stop in route.stops:
        if stop.id == stop_id:
            return stop
    raise NotFoundError("stop", stop_id)


def _number(stops: list[RouteStop]) -> None:
    for position, stop in enumerate(stops):
        stop.position = position


def _follow(session: Session, route: CourierRoute, today: date) -> None:
    session.flush()
    session.refresh(route, ["stops"])
    follow_route(session, route, today)


def _stored(values: RouteValues) -> dict[str, Any]:
    return {
        "name": values.name,
        "branch_id": values.branch_id,
        "weekdays": list(values.weekdays),
        "cut_off": values.cut_off,
        "active": values.active,
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, time) else value
        for name, value in values.items()
    }


def _subject(route: CourierRoute) -> Subject:
    return Subject("courier_route", route.id, route.centre_id)


def _record(
    session: Session, route: CourierRoute, change: Change, by: Actor, now: datetime
) -> None:
    record(session, by, _subject(route), change, now)
