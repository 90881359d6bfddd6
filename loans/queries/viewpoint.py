"""For whom, where and when availability is looked at; read once a request."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, select, union_all
from sqlalchemy.orm import Session

from catalogue.rules.licences import Licensee
from loans.errors import NotFoundError
from loans.models.booking import Booking
from loans.queries.calendars import Calendars, calendars_of
from loans.queries.terms import VISITORS_CLASS, effective_terms, terms_rows
from loans.rules.booking_days import Place
from loans.rules.booking_states import COMMITTING, BookingState
from loans.rules.calendar import OpeningCalendar
from loans.rules.commitments import Margins
from loans.rules.terms import Effective, TermsRow
from schools.models.authority import District
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace, PlaceKind
from schools.rules.periods import Period
from schools.rules.roles import Scope

STATE = "NW"
"""The state whose licences hold here."""

VISITING = COMMITTING | {BookingState.COLLECTED}
"""States of bookings whose people still come: to collect, or to bring back."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A pick-up place as its row says; `institution_id` is whose courier stop it is, if any."""

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


@dataclass(frozen=True, slots=True)
class Customer:
    """The institution that borrows.

    Attributes:
        id: of the institution.
        centre_id: the centre that serves it.
        name: as pages show it.
        customer_class: whose terms hold.
        licensee: what licences ask about it.
    """

    id: int
    centre_id: int | None
    name: str
    customer_class: str
    licensee: Licensee


@dataclass(frozen=True, slots=True)
class Where:
    """Where availability is asked for; without a place, at the centre's first counter.

    Attributes:
        centre_id: the centre whose holdings they are.
        place_id: a pick-up place of that centre.
        institution_id: for whom; without it what schools in general are shown.
    """

    centre_id: int
    place_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Viewpoint:
    """Everything about availability that does not depend on the holding.

    Attributes:
        scope: whose hidden holdings are seen as well.
        place: where it is handed over.
        places: all places of the centre this customer may choose.
        widest: the greatest of each margin that any commitment of the centre has.
        calendars: of every branch of the centre.
        terms: the rows that hold at the centre.
        customer: None for visitors without an institution.
        visits: pick-ups and returns by day at the branch, where it limits them.
        today: the day.
        now: the instant; basket lines run out by it.
    """

    scope: Scope
    place: PlaceFacts
    places: tuple[PlaceFacts, ...]
    widest: Margins
    calendars: Calendars
    terms: tuple[TermsRow, ...]
    customer: Customer | None
    visits: dict[date, int]
    today: date
    now: datetime
    _effective: dict[tuple[str, str], Effective] = field(default_factory=dict, init=False)

    @property
    def centre_id(self) -> int:
        """The centre whose holdings are looked at."""
        return self.place.centre_id

    @property
    def calendar(self) -> OpeningCalendar:
        """The calendar of the place."""
        return self.calendars.of(self.place.branch_id)

    @property
    def customer_class(self) -> str:
        """Whose terms hold."""
        return VISITORS_CLASS if self.customer is None else self.customer.customer_class

    def effective(self, type_code: str, customer_class: str | None = None) -> Effective:
        """Return the terms for a media type, of this customer or of another class."""
        key = (customer_class or self.customer_class, type_code)
        if key not in self._effective:
            self._effective[key] = effective_terms(self.terms, self.centre_id, *key)
        return self._effective[key]

    def at(self, place_id: int) -> "Viewpoint":
        """Return the same as seen from another of `places`.

        Raises:
            loans.errors.NotFoundError: this customer cannot choose it.
        """
        return replace(self, place=_chosen(self.places, place_id))

    def at_branch(self, branch_id: int) -> "Viewpoint":
        """Return the same as seen from the first of `places` at a branch, counters first.

        Raises:
            loans.errors.NotFoundError: the branch has no place this customer can choose.
        """
        for place in self.places:
            if place.branch_id == branch_id:
                return replace(self, place=place)
        raise NotFoundError("branch", branch_id)

    def rules_place(self) -> Place:
        """Return the place as the rules see it."""
        return Place(
            self.calendars.days(self.place.branch_id),
            courier_before=self.place.courier_before,
            courier_after=self.place.courier_after,
            visits=self.visits,
            visits_a_day=self.place.visits_a_day,
        )


def viewpoint_of(
    session: Session, scope: Scope, where: Where, today: date, now: datetime
) -> Viewpoint:
    """Read everything about availability that does not depend on the holding.

    At most five statements, whatever the store holds.

    Raises:
        loans.errors.NotFoundError: no such centre, place or institution, or the place is
            another institution's courier stop.
    """
    customer = None
    if where.institution_id is not None:
        customer = customer_of(session, where.institution_id)
    every = tuple(_all_places(session, where.centre_id))
    chosen = tuple(each for each in every if each.institution_id in {None, where.institution_id})
    place = _chosen(chosen, where.place_id)
    terms = terms_rows(session, {where.centre_id})
    calendars = calendars_of(
        session, {each.branch_id for each in every}, Period(today, today), where.institution_id
    )
    return Viewpoint(
        scope=scope,
        place=place,
        places=chosen,
        widest=_widest(every, terms),
        calendars=calendars,
        terms=terms,
        customer=customer,
        visits=_visits(session, place, today),
        today=today,
        now=now,
    )


def customer_of(session: Session, institution_id: int) -> Customer:
    """Return an institution as terms and licences see it; what is said is public.

    Raises:
        loans.errors.NotFoundError: there is none.
    """
    row = session.execute(
        select(
            Institution.id,
            Institution.centre_id,
            Institution.name,
            Institution.short_name,
            Institution.customer_class,
            Institution.school_form,
            Institution.number,
            District.ags,
        )
        .outerjoin(District, District.id == Institution.district_id)
        .where(Institution.id == institution_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("institution", institution_id)
    licensee = Licensee(STATE, row.ags or "", row.school_form or "", row.number or "")
    name = row.short_name or row.name
    return Customer(row.id, row.centre_id, name, row.customer_class, licensee)


def _all_places(session: Session, centre_id: int) -> Iterable[PlaceFacts]:
    """Return the active places of a centre: counters first, by id."""
    query: Select[*tuple[Any, ...]] = (
        select(
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
        )
        .join(Branch, Branch.id == PickupPlace.branch_id)
        .where(PickupPlace.centre_id == centre_id, PickupPlace.active)
        .order_by(PickupPlace.id)
    )
    facts = [PlaceFacts(*row) for row in session.execute(query)]
    return sorted(facts, key=lambda place: place.kind is not PlaceKind.COUNTER)


def _chosen(places: tuple[PlaceFacts, ...], place_id: int | None) -> PlaceFacts:
    for place in places:
        if place_id in {None, place.id}:
            return place
    raise NotFoundError("place", place_id or 0)


def _widest(places: tuple[PlaceFacts, ...], terms: tuple[TermsRow, ...]) -> Margins:
    return Margins(
        service_before=max((row.values.service_days_before or 0 for row in terms), default=0),
        courier_before=max(place.courier_before for place in places),
        courier_after=max(place.courier_after for place in places),
        service_after=max((row.values.service_days_after or 0 for row in terms), default=0),
    )


def _visits(session: Session, place: PlaceFacts, today: date) -> dict[date, int]:
    """Count visits of bookings by day, one a booking and day, where the branch limits them."""
    if place.visits_a_day is None:
        return {}
    pickups = _visits_on(Booking.first, place.branch_id, today)
    returns = _visits_on(Booking.last, place.branch_id, today).where(Booking.first != Booking.last)
    counted: dict[date, int] = {}
    for day, number in session.execute(union_all(pickups, returns)):
        counted[day] = counted.get(day, 0) + number
    return counted


def _visits_on(
    column: SQLColumnExpression[date], branch_id: int, today: date
) -> Select[*tuple[Any, ...]]:
    return (
        select(column.label("day"), func.count(Booking.id))
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .where(PickupPlace.branch_id == branch_id, Booking.state.in_(VISITING), column >= today)
        .group_by(column)
    )
