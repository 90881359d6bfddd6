"""Courier routes and pick-up places as the office shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from loans.models.tour import CourierRoute, RouteStop
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre, PickupPlace, PlaceKind
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place in the office's list.

    Attributes:
        school: whose stop it is; empty at a counter.
        route: the one that stops there; empty for none.
    """

    id: int
    name: str
    kind: PlaceKind
    branch: str
    school: str
    route_id: int | None
    route: str
    days_before: int
    days_after: int
    active: bool


def routes_within(session: Session, scope: Scope, centre_id: int) -> Sequence[CourierRoute]:
    """Return the routes of a centre in the scope by name, with stops and places."""
    if not scope.covers_centre(centre_id):
        return ()
    return session.scalars(
        select(CourierRoute)
        .where(CourierRoute.centre_id == centre_id)
        .options(joinedload(CourierRoute.branch), _with_places())
        .order_by(CourierRoute.name)
    ).all()


def route_within(session: Session, scope: Scope, route_id: int) -> CourierRoute | None:
    """Return a route with stops and places; None where the scope ends."""
    route = session.scalar(
        select(CourierRoute)
        .where(CourierRoute.id == route_id)
        .options(joinedload(CourierRoute.branch), _with_places())
        .execution_options(populate_existing=True)
    )
    return route if route is not None and scope.covers_centre(route.centre_id) else None


def places_to_stop_at(
    session: Session, scope: Scope, route: CourierRoute
) -> Sequence[PickupPlace]:
    """Return the active places of the route's centre that no route stops at yet, by name.

    Of counters those of other branches than it starts from.
    """
    if not scope.covers_centre(route.centre_id):
        return ()
    elsewhere = PickupPlace.branch_id != route.branch_id
    return session.scalars(
        select(PickupPlace)
        .where(PickupPlace.centre_id == route.centre_id, PickupPlace.active)
        .where(or_(PickupPlace.kind == PlaceKind.COURIER, elsewhere))
        .where(~exists().where(RouteStop.place_id == PickupPlace.id))
        .options(joinedload(PickupPlace.branch))
        .order_by(PickupPlace.name, PickupPlace.id)
    ).all()


def places_within(
    session: Session, scope: Scope, centre_id: int, page: int, rows: int
) -> tuple[list[PlaceRow], int]:
    """Return a page of a centre's places, counters first, and how many there are."""
    if not scope.covers_centre(centre_id):
        return [], 0
    own = PickupPlace.centre_id == centre_id
    total = session.scalar(select(func.count(PickupPlace.id)).where(own)) or 0
    found = session.execute(
        select(PickupPlace, Branch.name, Institution.name, CourierRoute.id, CourierRoute.name)
        .join(Branch, Branch.id == PickupPlace.branch_id)
        .outerjoin(Institution, Institution.id == PickupPlace.institution_id)
        .outerjoin(RouteStop, RouteStop.place_id == PickupPlace.id)
        .outerjoin(CourierRoute, CourierRoute.id == RouteStop.route_id)
        .where(own)
        .order_by((PickupPlace.kind != PlaceKind.COUNTER), PickupPlace.name, PickupPlace.id)
        .limit(rows)
        .offset(rows * (page - 1))
    )
    return [
        PlaceRow(
            id=place.id,
            name=place.name,
            kind=place.kind,
            branch=branch,
            school=school or "",
            route_id=route_id,
            route=route or "",
            days_before=place.courier_days_before,
            days_after=place.courier_days_after,
            active=place.active,
        )
        for place, branch, school, route_id, route in found
    ], total


def place_within(session: Session, scope: Scope, place_id: int) -> PickupPlace | None:
    """Return a place; None where the scope ends."""
    place = session.get(PickupPlace, place_id)
    return place if place is not None and scope.covers_centre(place.centre_id) else None


def schools_of(session: Session, scope: Scope, centre_id: int) -> Sequence[Institution]:
    """Return the institutions a centre in the scope serves, by name."""
    if not scope.covers_centre(centre_id):
        return ()
    query = select(Institution).where(Institution.centre_id == centre_id)
    return session.scalars(query.order_by(Institution.name, Institution.id)).all()


def branches_within(session: Session, scope: Scope) -> Sequence[Branch]:
    """Return the branches of the centres in the scope, by centre and id."""
    query = select(Branch).options(joinedload(Branch.centre)).join(MediaCentre)
    if not scope.everything:
        query = query.where(Branch.centre_id.in_(scope.centre_ids))
    return session.scalars(query.order_by(Branch.centre_id, Branch.id)).all()


def _with_places() -> ORMOption:
    return (
        selectinload(CourierRoute.stops).joinedload(RouteStop.place).joinedload(PickupPlace.branch)
    )
