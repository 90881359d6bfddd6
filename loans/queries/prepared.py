"""What leaves the house on a day: the bookings of a branch's counters and of its tours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.models.tour import Tour, TourState
from loans.queries.calendars import Calendars, calendars_of
from loans.queries.places import PlaceFacts, branches_of, places_of
from loans.rules.booking_states import COLLECTABLE, BookingState
from loans.rules.picking import WayOut, prepared_on, shelf_order
from schools.models.institution import Institution
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Scope

AHEAD = timedelta(days=62)
"""So far after a day a booking may begin that is prepared on it: a route rests in the summer."""


@dataclass(frozen=True, slots=True, eq=False)
class Dispatch:
    """The places of a centre, with when each is served.

    Attributes:
        places: by id.
        calendars: of every branch they need.
        left: routes whose tour of today is under way already.
        today: the day.
    """

    places: Mapping[int, PlaceFacts]
    calendars: Calendars
    left: frozenset[int]
    today: date

    def of_branch(self, branch_id: int) -> list[PlaceFacts]:
        """Return the places that a branch prepares for: where its routes go, and its own."""
        return [each for each in self.places.values() if _prepared_at(each) == branch_id]

    def of_route(self, route_id: int) -> list[PlaceFacts]:
        """Return the courier's places on a route."""
        return [each for each in self.places.values() if _delivers(each, {route_id})]

    def prepared_on(self, place: PlaceFacts, first: date) -> date:
        """Return the day for which a booking at a place is prepared."""
        earliest = self.today + ONE_DAY if _delivers(place, self.left) else self.today
        return prepared_on(self.way_out(place), first, earliest)

    def way_out(self, place: PlaceFacts) -> WayOut:
        """Return how what is booked at a place leaves the house."""
        route = None if place.courier is None else place.courier.times(self.calendars)
        return WayOut(self.calendars.of(place.branch_id), route, place.courier_before)


@dataclass(frozen=True, slots=True)
class PreparedLine:
    """A line of a booking that is to leave the house.

    Attributes:
        booking_id: of the booking.
        number: of the booking.
        state: of the booking.
        person_id: who borrows.
        institution_id: for whom.
        school: its short name.
        customer_class: its class, for the terms.
        class_name: of pupils, as the borrower wrote.
        period: the borrower's own days.
        place: where it is handed over.
        prepared_on: for which day.
        id: of the line.
        holding_id: what.
        copy_id: the numbered copy it names; None for any.
        title: its name.
        media_type: its type.
        shelf_mark: where it stands.
        quantity: as booked.
        handed_out: of these.
    """

    booking_id: int
    number: str
    state: BookingState
    person_id: int | None
    institution_id: int
    school: str
    customer_class: str
    class_name: str
    period: Period
    place: PlaceFacts
    prepared_on: date
    id: int
    holding_id: int
    copy_id: int | None
    title: str
    media_type: str
    shelf_mark: str
    quantity: int
    handed_out: int

    @property
    def left(self) -> int:
        """How many are still to leave."""
        return self.quantity - self.handed_out


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is asked for: handed over at these places, leaving on these days.

    Attributes:
        places: of one centre.
        days: today or later.
        holding_id: only of this holding; None of all.
    """

    places: Collection[PlaceFacts]
    days: Period
    holding_id: int | None = None


def dispatch_of(session: Session, scope: Scope, centre_id: int, today: date) -> Dispatch:
    """Return a centre's places with when each is served, in three statements.

    Empty where the scope does not cover the centre.
    """
    places = list(places_of(session, centre_id)) if scope.covers_centre(centre_id) else []
    calendars = calendars_of(session, branches_of(places), Period(today, today))
    gone = select(Tour.route_id).where(Tour.day == today, Tour.state != TourState.PLANNED)
    left = frozenset(session.scalars(gone))
    return Dispatch({each.id: each for each in places}, calendars, left, today)


def prepared_lines(
    session: Session, scope: Scope, dispatch: Dispatch, asked: Leaving
) -> list[PreparedLine]:
    """Return what is to leave on some days at some places, by shelf mark, in one statement.

    What should have left before today and has not is counted to today.

    Args:
        session: the session.
        scope: places of centres it does not cover are left out.
        dispatch: of the places' centre.
        asked: where and when.
    """
    values = {
        "place_ids": [each.id for each in asked.places if scope.covers_centre(each.centre_id)],
        "since": asked.days.first,
        "until": asked.days.last + AHEAD,
        "holding_id": asked.holding_id,
    }
    rows = session.execute(_lines(), values).all()
    lines = (_line(dispatch, row) for row in rows)
    wanted = (each for each in lines if asked.days.contains(each.prepared_on))
    return sorted(wanted, key=_on_the_way)


@cache
def _lines() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    holding_id = bindparam("holding_id", type_=Integer())
    return (
        select(
            Booking.id.label("booking_id"),
            Booking.number,
            Booking.state,
            Booking.person_id,
            Booking.institution_id,
            Institution.name,
            Institution.short_name,
            Institution.customer_class,
            Booking.class_name,
            Booking.first,
            Booking.last,
            Booking.place_id,
            BookingLine.id,
            BookingLine.holding_id,
            BookingLine.copy_id,
            Title.name.label("title"),
            Title.media_type,
            Holding.shelf_mark,
            BookingLine.quantity,
            BookingLine.handed_out,
        )
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .join(Holding, Holding.id == BookingLine.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .where(Booking.place_id.in_(bindparam("place_ids", expanding=True)))
        .where(Booking.state.in_(COLLECTABLE), BookingLine.handed_out < BookingLine.quantity)
        .where(Booking.first <= bindparam("until"), Booking.last >= bindparam("since"))
        .where(BookingLine.holding_id == func.coalesce(holding_id, BookingLine.holding_id))
    )


def _line(dispatch: Dispatch, row: Row[*tuple[Any, ...]]) -> PreparedLine:
    place = dispatch.places[row.place_id]
    day = dispatch.prepared_on(place, row.first)
    return PreparedLine(
        booking_id=row.booking_id,
        number=row.number,
        state=row.state,
        person_id=row.person_id,
        institution_id=row.institution_id,
        school=row.short_name or row.name,
        customer_class=row.customer_class,
        class_name=row.class_name,
        period=Period(row.first, row.last),
        place=place,
        prepared_on=max(day, dispatch.today),
        id=row.id,
        holding_id=row.holding_id,
        copy_id=row.copy_id,
        title=row.title,
        media_type=row.media_type,
        shelf_mark=row.shelf_mark,
        quantity=row.quantity,
        handed_out=row.handed_out,
    )


def _on_the_way(line: PreparedLine) -> tuple[Any, ...]:
    """Order lines as somebody walks along the shelves; what has no mark comes last."""
    return (shelf_order(line.shelf_mark), line.title, line.period.first, line.id)


def _prepared_at(place: PlaceFacts) -> int:
    return place.branch_id if place.courier is None else place.courier.branch_id


def _delivers(place: PlaceFacts, route_ids: Collection[int]) -> bool:
    return place.courier is not None and place.courier.id in route_ids
