"""For whom, where and when availability is looked at; read once a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from loans.errors import NotFoundError
from loans.queries.calendars import Calendars, calendars_of
from loans.queries.customers import Customer, customer_of
from loans.queries.places import PlaceFacts, branches_of, places_of, visits_of
from loans.queries.terms import VISITORS_CLASS, effective_terms, terms_rows
from loans.rules.booking_days import Place
from loans.rules.calendar import OpeningCalendar
from loans.rules.choices import CentreChoices
from loans.rules.commitments import Margins
from loans.rules.terms import Effective, TermsRow
from schools.rules.periods import Period
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class Where:
    """Where availability is asked for; without a place, at the centre's first counter.

    Attributes:
        centre_id: the centre whose holdings they are.
        place_id: a pick-up place of that centre.
        institution_id: for whom; without it what schools in general are shown.
        editing: a booking that is changed; its visits make way for it.
    """

    centre_id: int
    place_id: int | None = None
    institution_id: int | None = None
    editing: int = 0


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
        visits: pick-ups and returns by day at each branch that limits them.
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
    visits: Mapping[int, Mapping[date, int]]
    today: date
    now: datetime
    _effective: dict[tuple[str, str], Effective] = field(default_factory=dict, init=False)

    @property
    def centre_id(self) -> int:
        """The centre whose holdings are looked at."""
        return self.place.centre_id

    @property
    def choices(self) -> CentreChoices:
        """What the centre chose about its lending beyond the terms."""
        return self.place.choices

    @property
    def calendar(self) -> OpeningCalendar:
        """The calendar of the place."""
        return self.calendars.of(self.place.branch_id)

    def calendar_at(self, branch_id: int | None) -> OpeningCalendar:
        """Return the calendar of a branch; that of the place for one that hands out nothing."""
        return self.calendars.by_branch.get(branch_id or 0, self.calendar)

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

    def has_place(self, place_id: int) -> bool:
        """Say whether this customer can choose it."""
        return any(place.id == place_id for place in self.places)

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
            tours=self.place.tours(self.calendars, self.now),
            visits=self.visits.get(self.place.branch_id, {}),
            visits_a_day=None if self.place.is_driven_to else self.place.visits_a_day,
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
    every = tuple(places_of(session, where.centre_id))
    chosen = tuple(each for each in every if each.institution_id in {None, where.institution_id})
    place = _chosen(chosen, where.place_id)
    terms = terms_rows(session, {where.centre_id})
    calendars = calendars_of(
        session, branches_of(every), Period(today, today), where.institution_id
    )
    return Viewpoint(
        scope=scope,
        place=place,
        places=chosen,
        widest=_widest(every, terms),
        calendars=calendars,
        terms=terms,
        customer=customer,
        visits=visits_of(session, every, today, where.editing),
        today=today,
        now=now,
    )


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
