"""A day at the packing table for tests: what is booked, picked, and packed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.unit_of_work import unit_of_work
from loans.models.booking import Booking
from loans.models.tour import Tour
from loans.operations.open_tour import open_tour
from loans.operations.pack import Packed, Packing, pack
from loans.operations.pick_copy import PickDone, PickWish, pick_copy
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Role
from tests.make import MONDAY, NOW, Make

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
THURSDAY = MONDAY + timedelta(days=3)


@dataclass
class Table:
    """One member of staff; today is Monday, tours run on Tuesdays and Thursdays."""

    session: Session
    make: Make
    by: Actor
    today: date = MONDAY
    now: datetime = NOW

    def delivered(
        self,
        holding: Holding,
        stop: PickupPlace,
        quantity: int = 1,
        *,
        first: date = WEDNESDAY,
        person: Person | None = None,
        **facts: object,
    ) -> Booking:
        """A booking that the courier brings to a stop."""
        school = self.make.session.get_one(Institution, stop.institution_id)
        person = person or self.make.person(school)
        period = Period(first, first + timedelta(days=5))
        return self.make.booking(
            holding, period, quantity, person=person, place_id=stop.id, **facts
        )

    def pick(self, copy: Copy, day: date = TUESDAY) -> PickDone:
        """Scan a copy at the shelf."""
        wish = PickWish(copy.id, self.make.branch().id, day)
        with unit_of_work(self.session):
            return pick_copy(self.session, wish, self.by, self.today, self.now)

    def tour(self, route_id: int, day: date = TUESDAY) -> Tour:
        """Open the tour of a route."""
        with unit_of_work(self.session):
            return open_tour(self.session, (route_id, day), self.by, self.today, self.now)

    def pack(
        self,
        tour: Tour,
        copy: Copy,
        pieces: Mapping[int, int] | None = None,
        *,
        box_id: int | None = None,
    ) -> Packed:
        """Scan a copy at a tour."""
        wish = Packing(tour.id, copy.id, box_id, pieces)
        with unit_of_work(self.session):
            return pack(self.session, wish, self.by, self.today, self.now)


def di_nord(make: Make) -> PickupPlace:
    """The first school's stop, on the route of Tuesdays and Thursdays."""
    stop = make.courier_stop()
    make.route(stop, name="Di Nord")
    return stop


def table(make: Make, role: Role = Role.STAFF) -> Table:
    """A packing table at the first centre."""
    make.the_centre()
    return Table(make.session, make, make.actor(role))
