"""What is still to be packed for a tour, and which tours lie ahead."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.tour import CourierRoute, TourState
from loans.queries.deliveries import facts_of_route
from loans.queries.picking import Picked, picks_of
from loans.queries.places import RouteFacts
from loans.queries.prepared import Leaving, PreparedLine, dispatch_of, prepared_lines
from loans.queries.terms import effective_terms, terms_rows
from loans.queries.tour_heads import TourHead, heads_within, loaded_in
from schools.rules.periods import Period
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class ToPack:
    """A line that goes with a tour.

    Attributes:
        line: as booked.
        picks: copies taken off the shelf for it.
        in_person: by its terms it is handed out in person only, so it stays here.
    """

    line: PreparedLine
    picks: tuple[Picked, ...]
    in_person: bool


@dataclass(frozen=True, slots=True)
class AheadOf:
    """Which tours are asked for: of a branch of a centre, on days from `today` on."""

    branch_id: int
    centre_id: int
    days: Period
    today: date


@dataclass(frozen=True, slots=True)
class PlannedTour:
    """A route driven on a day.

    Attributes:
        route_id: the route.
        route: its name.
        day: on which it runs.
        head: what is known of it once somebody opened it.
        bookings: of how many bookings something is still to be packed.
        pieces: how many things.
        loaded: how many are packed.
    """

    route_id: int
    route: str
    day: date
    head: TourHead | None
    bookings: int
    pieces: int
    loaded: int


def to_pack(
    session: Session, scope: Scope, head: TourHead, today: date
) -> Mapping[int, tuple[ToPack, ...]]:
    """Return by place what is still to be packed for a tour, in six statements.

    Nothing for a tour that is under way or past, or out of the scope.
    """
    found: dict[int, tuple[ToPack, ...]] = defaultdict(tuple)
    if head.state is not TourState.PLANNED or head.day < today:
        return found
    dispatch = dispatch_of(session, scope, head.centre_id, today)
    leaving = Leaving(dispatch.of_route(head.route_id), Period(head.day, head.day))
    lines = prepared_lines(session, scope, dispatch, leaving)
    picks = picks_of(session, [line.id for line in lines])
    terms = terms_rows(session, {head.centre_id})
    for line in lines:
        known = effective_terms(terms, head.centre_id, line.customer_class, line.media_type).terms
        in_person = known is not None and known.personal_pickup
        found[line.place.id] += (ToPack(line, tuple(picks[line.id]), in_person),)
    return found


def tours_ahead(session: Session, scope: Scope, asked: AheadOf) -> list[PlannedTour]:
    """Return the tours of a branch by day and name, opened or not, in seven statements."""
    dispatch = dispatch_of(session, scope, asked.centre_id, asked.today)
    if asked.branch_id not in dispatch.calendars.by_branch:
        return []
    places = [each for each in dispatch.of_branch(asked.branch_id) if each.courier]
    lines = prepared_lines(session, scope, dispatch, Leaving(places, asked.days))
    routes = [route for route in _routes(session, asked) if route.branch_id == asked.branch_id]
    heads = heads_within(session, scope, asked.branch_id, (asked.days.first, asked.days.last))
    loaded = loaded_in(session, scope, heads)
    by_key = {(head.route_id, head.day): head for head in heads}
    counted = _counted(lines)
    planned = [
        (route, day)
        for route in routes
        for day in asked.days
        if (route.id, day) in by_key or route.times(dispatch.calendars).runs_on(day)
    ]
    return [
        _planned(route, day, by_key.get((route.id, day)), counted[route.id, day], loaded)
        for route, day in sorted(planned, key=lambda pair: (pair[1], pair[0].name))
    ]


def _routes(session: Session, asked: AheadOf) -> Iterable[RouteFacts]:
    query = select(CourierRoute).where(CourierRoute.branch_id == asked.branch_id)
    return map(facts_of_route, session.scalars(query.order_by(CourierRoute.name)))


def _counted(lines: Iterable[PreparedLine]) -> Mapping[tuple[int, date], tuple[int, int]]:
    """Count bookings and things by route and day."""
    bookings: dict[tuple[int, date], set[int]] = defaultdict(set)
    pieces: Counter[tuple[int, date]] = Counter()
    for line in lines:
        if line.place.courier is not None:
            key = (line.place.courier.id, line.prepared_on)
            bookings[key].add(line.booking_id)
            pieces[key] += line.left
    found: dict[tuple[int, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    return found | {key: (len(bookings[key]), pieces[key]) for key in pieces}


def _planned(
    route: RouteFacts,
    day: date,
    head: TourHead | None,
    counted: tuple[int, int],
    loaded: Mapping[int, int],
) -> PlannedTour:
    packed = 0 if head is None else loaded.get(head.id, 0)
    return PlannedTour(route.id, route.name, day, head, *counted, packed)
