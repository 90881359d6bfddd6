"""Pick-up places of a centre, and how many people come there on each day."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from loans.models.booking import Booking
from loans.models.lending_settings import LendingSettings
from loans.models.tour import CourierRoute, RouteStop
from loans.queries.calendars import Calendars
from loans.queries.choices import COLUMNS, made_of
from loans.rules.booking_days import Tours
from loans.rules.booking_states import COMMITTING, BookingState
from loans.rules.choices import CentreChoices
from loans.rules.tours import RouteTimes, tours_of
from schools.models.media_centre import Branch, PickupPlace, PlaceKind

VISITING = COMMITTING | {BookingState.COLLECTED}
"""States of bookings whose people still come: to collect, or to bring back."""

ROUTE_COLUMNS = (
    CourierRoute.id.label("route_id"),
    CourierRoute.name.label("route_name"),
    CourierRoute.branch_id.label("route_branch_id"),
    CourierRoute.weekdays,
    CourierRoute.cut_off,
    CourierRoute.active.label("route_active"),
)
"""What `RouteFacts` are made of, in its order."""


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """A courier route as its row says: where it starts, when it is driven."""

    id: int
    name: str
    branch_id: int
    weekdays: frozenset[int]
    cut_off: time
    active: bool

    def times(self, calendars: Calendars) -> RouteTimes:
        """Return when it is driven; the calendar of its branch must be among them."""
        calendar = calendars.of(self.branch_id)
        return RouteTimes(self.weekdays, self.cut_off, calendar, self.active)


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A pick-up place as its row says.

    `institution_id` is whose courier stop it is, if any; `route` is the one that stops here.
    """

    choices: CentreChoices
    id: int
    centre_id: int
    branch_id: int
    branch_name: str
    kind: PlaceKind
    name: str
    courier_before: int
    courier_after: int
    visits_a_day: int | None
    institution_id: int | None
    route: RouteFacts | None = None

    @property
    def is_driven_to(self) -> bool:
        """Say whether the courier brings things here, and nobody comes for them."""
        return self.kind is PlaceKind.COURIER

    @property
    def courier(self) -> RouteFacts | None:
        """The route that delivers here; a counter on a route is only passed by."""
        return self.route if self.is_driven_to else None

    def tours(self, calendars: Calendars, now: datetime) -> Tours | None:
        """Return when the courier serves it; None at a counter, and where no route is set.

        Source:
            docs/rules.md, Lending 11.1.
        """
        return None if self.courier is None else tours_of(self.courier.times(calendars), now)


def places_of(session: Session, centre_id: int) -> Iterable[PlaceFacts]:
    """Return the active places of a centre: counters first, by id; each with its choices."""
    facts = [_place(row) for row in session.execute(_places(), {"centre_id": centre_id})]
    return sorted(facts, key=lambda place: place.kind is not PlaceKind.COUNTER)


def branches_of(places: Iterable[PlaceFacts]) -> set[int]:
    """Return the branches whose calendars places need: their own, and where their routes start."""
    return {
        branch_id
        for place in places
        for branch_id in (place.branch_id, place.route.branch_id if place.route else None)
        if branch_id is not None
    }


def _place(row: Row[*tuple[Any, ...]]) -> PlaceFacts:
    own, last = len(COLUMNS), len(row) - len(ROUTE_COLUMNS)
    route_id, name, branch_id, weekdays, *rest = row[last:]
    route = None
    if route_id is not None:
        route = RouteFacts(route_id, name, branch_id, frozenset(weekdays), *rest)
    place = PlaceFacts(made_of(*row[:own]), *row[own:last])
    return replace(place, route=route)


@cache
def _places() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(
            *COLUMNS,
            PickupPlace.id,
            PickupPlace.centre_id,
            PickupPlace.branch_id,
            Branch.name.label("branch_name"),
            PickupPlace.kind,
            PickupPlace.name,
            PickupPlace.courier_days_before,
            PickupPlace.courier_days_after,
            Branch.visits_a_day,
            PickupPlace.institution_id,
            *ROUTE_COLUMNS,
        )
        .join(Branch, Branch.id == PickupPlace.branch_id)
        .outerjoin(LendingSettings, LendingSettings.centre_id == PickupPlace.centre_id)
        .outerjoin(RouteStop, RouteStop.place_id == PickupPlace.id)
        .outerjoin(CourierRoute, CourierRoute.id == RouteStop.route_id)
        .where(PickupPlace.centre_id == bindparam("centre_id"), PickupPlace.active)
        .order_by(PickupPlace.id)
    )


def visits_of(
    session: Session, places: Iterable[PlaceFacts], today: date, editing: int = 0
) -> dict[int, dict[date, int]]:
    """Count visits of bookings by branch and day, one a booking and day, in one statement.

    Branches that do not limit them are left out; without any, nothing is asked. What the courier
    drives is no visit, and who has collected early comes to bring it back only.

    Args:
        session: the session.
        places: of one centre.
        today: the first day that counts.
        editing: a booking that makes way for itself.

    Source:
        docs/rules.md, Lending 4.5.
    """
    limited = {each.branch_id for each in places if each.visits_a_day is not None}
    if not limited:
        return {}
    counted: dict[int, dict[date, int]] = {branch_id: {} for branch_id in limited}
    early = and_(Booking.state == BookingState.COLLECTED, Booking.first > today)
    twice = or_(Booking.first != Booking.last, early)
    pickups = _visits_on(Booking.first, limited, today).where(~early)
    returns = _visits_on(Booking.last, limited, today).where(twice)
    both = (each.where(Booking.id != editing) for each in (pickups, returns))
    for branch_id, day, number in session.execute(union_all(*both)):
        counted[branch_id][day] = counted[branch_id].get(day, 0) + number
    return counted


def _visits_on(
    column: SQLColumnExpression[date], branch_ids: Collection[int], today: date
) -> Select[*tuple[Any, ...]]:
    return (
        select(PickupPlace.branch_id, column.label("day"), func.count(Booking.id))
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .where(PickupPlace.branch_id.in_(branch_ids), PickupPlace.kind == PlaceKind.COUNTER)
        .where(Booking.state.in_(VISITING))
        .where(column >= today)
        .group_by(PickupPlace.branch_id, column)
    )
