"""What feeds show: bookings, days on which loans are due, tours; without anybody's name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from catalogue.amounts import counted
from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.models.feed import FeedKind
from loans.models.loan import Loan
from loans.models.tour import CourierRoute, RouteStop, Tour, TourState, TourStop
from loans.queries.calendars import calendars_of
from loans.queries.deliveries import Brought, deliveries_of, facts_of_route, still_ahead
from loans.queries.feeds import FeedSubject
from loans.rules.booking_edits import outstanding
from loans.rules.booking_states import COMMITTING, BookingState
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace, PlaceKind
from schools.rules.periods import Period

SHOWN = COMMITTING | {BookingState.CANCELLED, BookingState.DECLINED, BookingState.LAPSED}
"""States of bookings that a feed tells; those given up are told as cancelled."""


@dataclass(frozen=True, slots=True)
class FeedBooking:
    """A booking as feeds show it.

    Attributes:
        comes_on: the day it is collected, or of the tour that brings it.
        goes_on: the day it is brought back, or of the tour that fetches it.
        changed_at: the last instant that is known of it.
    """

    number: str
    first: date
    comes_on: date
    goes_on: date
    state: BookingState
    sequence: int
    titles: tuple[str, ...]
    pieces: int
    class_name: str
    school: str
    place: str
    is_delivered: bool
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FeedLoan:
    """A thing that is out as feeds show it."""

    due_on: date
    title: str
    number: str
    class_name: str
    school: str
    lent_at: datetime


@dataclass(frozen=True, slots=True)
class FeedTour:
    """A tour as feeds show it; `changed_at` is None while nothing was done for it."""

    route_id: int
    route: str
    branch: str
    day: date
    stops: tuple[str, ...]
    state: TourState
    changed_at: datetime | None


def bookings_of_feed(
    session: Session, of: FeedSubject, window: Period, now: datetime
) -> tuple[FeedBooking, ...]:
    """Return the bookings of a person, school or desk that touch a window.

    Takes two statements, and three more where the courier brings some of them.
    """
    rows = session.scalars(
        select(Booking)
        .join(Booking.place)
        .where(_whose_bookings(of), Booking.state.in_(SHOWN))
        .where(Booking.last >= window.first, Booking.first <= window.last)
        .order_by(Booking.first, Booking.id)
        .options(
            joinedload(Booking.institution).load_only(Institution.name, Institution.short_name),
            joinedload(Booking.place).joinedload(PickupPlace.branch),
            selectinload(Booking.lines)
            .joinedload(BookingLine.holding)
            .joinedload(Holding.title)
            .load_only(Title.name),
        )
    ).all()
    brought = deliveries_of(session, rows)
    return tuple(
        _booking(row, still_ahead(brought[row.id], now) if row.id in brought else None)
        for row in rows
    )


def loans_of_feed(session: Session, of: FeedSubject) -> tuple[FeedLoan, ...]:
    """Return what is out with a person or school, or due at a desk, in one statement.

    What was received is in the house, though nobody has looked it over yet.
    """
    school = func.coalesce(func.nullif(Institution.short_name, ""), Institution.name)
    rows = session.execute(
        select(
            Loan.due_on,
            Title.name,
            Copy.barcode,
            Loan.class_name,
            school,
            Loan.lent_at,
        )
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .where(_whose_loans(of), ~Loan.placed)
        .where(Loan.received_on.is_(None), Loan.returned_on.is_(None))
        .order_by(Loan.due_on, Title.name, Loan.id)
    )
    return tuple(FeedLoan(*row) for row in rows)


def tours_of_feed(session: Session, of: FeedSubject, window: Period) -> tuple[FeedTour, ...]:
    """Return the tours of a route, or from a desk, in a window; five statements at most.

    A tour that nobody has looked at yet is none the less driven.
    """
    wanted = CourierRoute.id if of.kind is FeedKind.ROUTE else CourierRoute.branch_id
    routes = session.scalars(
        select(CourierRoute)
        .where(wanted == of.key, CourierRoute.active)
        .order_by(CourierRoute.name)
        .options(
            joinedload(CourierRoute.branch),
            selectinload(CourierRoute.stops).joinedload(RouteStop.place),
        )
    ).all()
    made = _made_tours(session, [route.id for route in routes], window)
    calendars = calendars_of(session, {route.branch_id for route in routes}, window)
    times = {route.id: facts_of_route(route).times(calendars) for route in routes}
    found = [
        _tour(route, day, made.get((route.id, day)))
        for route in routes
        for day in window
        if (route.id, day) in made or times[route.id].runs_on(day)
    ]
    return tuple(sorted(found, key=lambda tour: (tour.day, tour.route)))


def by_day(loans: Iterable[FeedLoan]) -> dict[date, Sequence[FeedLoan]]:
    """Return loans by the day they are due."""
    found: dict[date, list[FeedLoan]] = defaultdict(list)
    for loan in loans:
        found[loan.due_on].append(loan)
    return dict(found)


def _whose_bookings(of: FeedSubject) -> ColumnElement[bool]:
    columns = {
        FeedKind.PERSON: Booking.person_id,
        FeedKind.SCHOOL: Booking.institution_id,
        FeedKind.DESK: PickupPlace.branch_id,
    }
    return columns[of.kind] == of.key


def _whose_loans(of: FeedSubject) -> ColumnElement[bool]:
    columns = {
        FeedKind.PERSON: Loan.person_id,
        FeedKind.SCHOOL: Loan.institution_id,
        FeedKind.DESK: Loan.branch_id,
    }
    return columns[of.kind] == of.key


def _booking(row: Booking, brought: Brought | None) -> FeedBooking:
    """Tell what of a booking is still to be collected; what is out has its own day."""
    left = [(line, outstanding(line.quantity, line.handed_out)) for line in row.lines]
    told = [(line, count) for line, count in left if count]
    return FeedBooking(
        number=row.number,
        first=row.first,
        comes_on=(brought and brought.brought_on) or row.first,
        goes_on=(brought and brought.fetched_on) or row.last,
        state=row.state,
        sequence=row.sequence,
        titles=tuple(counted(line.holding.title.name, count) for line, count in told),
        pieces=sum(count for _line, count in told),
        class_name=row.class_name,
        school=row.institution.short_name or row.institution.name,
        place=f"{row.place.name}, {row.place.branch.name}",
        is_delivered=row.place.kind is PlaceKind.COURIER,
        changed_at=max(filter(None, (row.created_at, row.cancelled_at, row.ready_at))),
    )


def _made_tours(
    session: Session, route_ids: Sequence[int], window: Period
) -> dict[tuple[int, date], Tour]:
    if not route_ids:
        return {}
    query = (
        select(Tour)
        .where(Tour.route_id.in_(route_ids), Tour.day.between(window.first, window.last))
        .options(selectinload(Tour.stops).joinedload(TourStop.place))
    )
    return {(tour.route_id, tour.day): tour for tour in session.scalars(query)}


def _tour(route: CourierRoute, day: date, made: Tour | None) -> FeedTour:
    stops = route.stops if made is None or not made.stops else made.stops
    return FeedTour(
        route_id=route.id,
        route=route.name,
        branch=route.branch.name,
        day=day,
        stops=tuple(stop.place.name for stop in stops),
        state=TourState.PLANNED if made is None else made.state,
        changed_at=None if made is None else made.handed_over_at,
    )
