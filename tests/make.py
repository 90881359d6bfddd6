"""Makes rows that are right in every respect the test does not name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from catalogue.models.licence import Licence
from catalogue.models.planned_medium import PlannedMedium
from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from database.base import Base
from loans.models.booking import Booking, BookingLine
from loans.models.closure import OpeningHours
from loans.models.collective_order import CollectiveOrder
from loans.models.hold import STILL_OPEN, Hold
from loans.models.lending_settings import LendingSettings
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.models.refused_wish import RefusedWish
from loans.models.terms import Terms
from loans.models.tour import CourierRoute, RouteStop
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import Basis, ClosedDayRule
from schools.models.account import Account, AccountState, Grant
from schools.models.institution import Institution
from schools.models.media_centre import Branch, MediaCentre, PickupPlace, PlaceKind
from schools.models.media_concept import MediaConcept, TeachingUnit
from schools.models.person import Membership, Person
from schools.rules import roles
from schools.rules.periods import Period

Row = TypeVar("Row", bound=Base)

MONDAY = date(2026, 11, 23)
"""The day most tests take as today: open everywhere, no holiday near."""

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LONG_AGO = date(2020, 8, 1)


@dataclass
class Make:
    """Makers of committed rows; name only what the test is about.

    The first centre, branch, counter and school are shared by everything a test does not place.
    """

    session: Session
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    # Places

    def centre(self, name: str = "") -> MediaCentre:
        """A centre open Monday to Friday 8-16, with one branch, one counter and terms."""
        number = next(self._numbers)
        centre = MediaCentre(
            code=f"MZ{number}", name=name or f"Medienzentrum {number}", email="mz@example.org"
        )
        self.session.add(centre)
        self.session.flush()
        branch = Branch(centre_id=centre.id, name="Hauptstelle")
        self.session.add(branch)
        self.session.flush()
        self.session.add_all(
            OpeningHours(branch_id=branch.id, weekday=day, opens=time(8), closes=time(16))
            for day in range(5)
        )
        self.session.add(PickupPlace(centre_id=centre.id, branch_id=branch.id, name="Theke"))
        self.session.add(self._terms(centre))
        return self._saved(centre)

    def the_centre(self) -> MediaCentre:
        """The first centre, made if there is none."""
        return self.session.scalar(select(MediaCentre).order_by(MediaCentre.id)) or self.centre()

    def branch(self, centre: MediaCentre | None = None) -> Branch:
        """The first branch of a centre."""
        centre = centre or self.the_centre()
        query = select(Branch).where(Branch.centre_id == centre.id).order_by(Branch.id)
        return self.session.scalars(query).first() or self._saved(
            Branch(centre_id=centre.id, name="Hauptstelle")
        )

    def other_branch(self, centre: MediaCentre | None = None) -> Branch:
        """A further branch of a centre with a counter, open as the first."""
        centre = centre or self.the_centre()
        name = f"Nebenstelle {next(self._numbers)}"
        branch = self._saved(Branch(centre_id=centre.id, name=name))
        self.session.add_all(
            OpeningHours(branch_id=branch.id, weekday=day, opens=time(8), closes=time(16))
            for day in range(5)
        )
        self._saved(PickupPlace(centre_id=centre.id, branch_id=branch.id, name="Theke"))
        return branch

    def place_at(self, branch: Branch) -> PickupPlace:
        """The first counter of a branch."""
        query = select(PickupPlace).where(PickupPlace.branch_id == branch.id)
        return self.session.scalars(query.order_by(PickupPlace.id).limit(1)).one()

    def place(self, centre: MediaCentre | None = None) -> PickupPlace:
        """The first counter of a centre."""
        centre = centre or self.the_centre()
        query = select(PickupPlace).where(PickupPlace.centre_id == centre.id)
        return self.session.scalars(query.order_by(PickupPlace.id).limit(1)).one()

    def school(
        self, name: str = "", centre: MediaCentre | None = None, **facts: Any
    ) -> Institution:
        """A Gymnasium served by the centre."""
        number = next(self._numbers)
        values = {"school_form": "20", "number": f"99{number:04d}"} | facts
        centre = centre or self.the_centre()
        return self._saved(
            Institution(name=name or f"Gymnasium {number}", centre_id=centre.id, **values)
        )

    def the_school(self) -> Institution:
        """The first school, made if there is none."""
        return self.session.scalar(select(Institution).order_by(Institution.id)) or self.school()

    # People

    def person(
        self,
        school: Institution | None = None,
        *,
        email: str = "",
        until: date | None = None,
        **facts: Any,
    ) -> Person:
        """A teacher of the school, with a membership that began long ago."""
        number = next(self._numbers)
        school = school or self.the_school()
        values = {"given_name": "Ada", "family_name": f"Lehrerin{number}"} | facts
        person = Person(
            email=email or f"lehrerin{number}@example.org",
            card=f"P-TEST{number:09d}",
            created_at=NOW,
            **values,
        )
        self.session.add(person)
        self.session.flush()
        self.session.add(
            Membership(person_id=person.id, institution_id=school.id, first=LONG_AGO, last=until)
        )
        return self._saved(person)

    def account(
        self,
        role: roles.Role = roles.Role.TEACHER,
        *,
        school: Institution | None = None,
        centre: MediaCentre | None = None,
        person: Person | None = None,
        password_hash: str | None = None,
    ) -> Account:
        """An account that holds one role at the school or centre."""
        at_school = role in {roles.Role.TEACHER, roles.Role.SCHOOL_ADMIN}
        school = (school or self.the_school()) if at_school else None
        centre_id = None
        if role not in {roles.Role.SYSTEM_ADMIN, roles.Role.TEACHER, roles.Role.SCHOOL_ADMIN}:
            centre_id = (centre or self.the_centre()).id
        person = person or self.person(school)
        account = Account(
            person_id=person.id,
            name=person.email or f"name{person.id}",
            password_hash=password_hash,
            state=AccountState.ACTIVE,
            created_at=NOW,
        )
        self.session.add(account)
        self.session.flush()
        self.session.add(
            Grant(
                account_id=account.id,
                role=role,
                centre_id=centre_id,
                institution_id=school.id if school else None,
                first=LONG_AGO,
            )
        )
        return self._saved(account)

    def actor(
        self,
        role: roles.Role = roles.Role.TEACHER,
        *,
        person: Person | None = None,
        school: Institution | None = None,
        centre: MediaCentre | None = None,
    ) -> roles.Actor:
        """Someone who holds one role, as operations see them."""
        return self.actor_of(self.account(role, school=school, centre=centre, person=person))

    def actor_of(self, account: Account) -> roles.Actor:
        """Whoever has this account, as operations see them."""
        grant = account.grants[0]
        centre_id = grant.centre_id
        if grant.institution_id is not None:
            centre_id = self.session.get_one(Institution, grant.institution_id).centre_id
        held = roles.Grant(grant.role, centre_id, grant.institution_id)
        return roles.Actor(account.id, account.person_id, account.person.name, (held,))

    # Curriculum

    def unit(self, school: Institution | None = None, **facts: Any) -> TeachingUnit:
        """A unit of the school's concept: Biologie, grade 7, weeks 49 to 51."""
        school = school or self.the_school()
        concept = self.session.scalar(
            select(MediaConcept).where(MediaConcept.institution_id == school.id)
        ) or self._saved(MediaConcept(institution_id=school.id, name="Medienkonzept"))
        values = {
            "number": "UV 7.2",
            "name": "Energie des Lebens",
            "subject": "BI",
            "grade": 7,
            "first_week": 49,
            "last_week": 51,
        } | facts
        return self._saved(TeachingUnit(concept_id=concept.id, institution_id=school.id, **values))

    def planned(
        self, unit: TeachingUnit, title: Title, quantity: int = 1, note: str = ""
    ) -> PlannedMedium:
        """A medium the unit plans with."""
        return self._saved(
            PlannedMedium(unit_id=unit.id, title_id=title.id, quantity=quantity, note=note)
        )

    # Stock

    def title(self, name: str = "Der Wald im Winter", **facts: Any) -> Title:
        """A film."""
        values = {"media_type": "film", "created_at": NOW, "changed_at": NOW} | facts
        return self._saved(Title(name=name, **values))

    def holding(
        self,
        title: Title | None = None,
        *,
        centre: MediaCentre | None = None,
        copies: int = 0,
        **facts: Any,
    ) -> Holding:
        """A title in the centre's offer, with so many lendable copies."""
        title = title or self.title()
        centre = centre or self.the_centre()
        holding = self._saved(Holding(title_id=title.id, centre_id=centre.id, **facts))
        for _ in range(copies):
            self.copy(holding)
        return holding

    def copy(self, holding: Holding | None = None, **facts: Any) -> Copy:
        """A copy on the shelf; counted in its holding's capacity when it is lendable."""
        holding = holding or self.holding()
        branch = self.branch(self.session.get_one(MediaCentre, holding.centre_id))
        values = {
            "barcode": f"MZ-{next(self._numbers):06d}",
            "home_branch_id": branch.id,
            "branch_id": branch.id,
            "created_at": NOW,
        } | facts
        copy = Copy(holding_id=holding.id, centre_id=holding.centre_id, **values)
        self.session.add(copy)
        kept_back = not facts.get("lendable", True) or facts.get("numbered", False)
        if not kept_back and facts.get("state", "available") != "withdrawn":
            holding.lendable += 1
        return self._saved(copy)

    def part(self, copy: Copy | None = None, name: str = "Netzteil", **facts: Any) -> Part:
        """A part of a box."""
        box = copy or self.copy(self.holding(self.title("Sensorkoffer", media_type="media_box")))
        position = self.session.scalar(select(func.count(Part.id)).where(Part.copy_id == box.id))
        return self._saved(Part(copy_id=box.id, name=name, position=position, **facts))

    def licence(self, title: Title, **facts: Any) -> Licence:
        """A licence for all of the state, open-ended."""
        values = {
            "licence_type": "state",
            "scope": LicenceScope.STATE,
            "valid_from": LONG_AGO,
        } | facts
        return self._saved(Licence(title_id=title.id, **values))

    # Lending

    def booking(
        self,
        holding: Holding,
        period: Period,
        quantity: int = 1,
        *,
        person: Person | None = None,
        **facts: Any,
    ) -> Booking:
        """A confirmed booking of one line, for a preview."""
        person = person or self.person()
        centre = self.session.get_one(MediaCentre, holding.centre_id)
        values = {
            "number": f"R-{next(self._numbers)}",
            "institution_id": person.memberships[0].institution_id,
            "place_id": self.place(centre).id,
            "state": BookingState.CONFIRMED,
            "reason": OtherReason.PREVIEW,
        } | facts
        booking = Booking(
            centre_id=holding.centre_id,
            person_id=person.id,
            first=period.first,
            last=period.last,
            created_at=NOW,
            **values,
        )
        booking.lines.append(BookingLine(holding_id=holding.id, quantity=quantity))
        return self._saved(booking)

    def loan(
        self,
        copy: Copy | None = None,
        *,
        person: Person | None = None,
        lent_on: date = MONDAY,
        days: int = 14,
        **facts: Any,
    ) -> Loan:
        """An open loan of a copy."""
        copy = copy or self.copy()
        person = person or self.person()
        copy.state = facts.pop("state", copy.state.__class__.ON_LOAN)
        values = {
            "due_on": lent_on + timedelta(days=days),
            "institution_id": person.memberships[0].institution_id,
        } | facts
        return self._saved(
            Loan(
                copy_id=copy.id,
                holding_id=copy.holding_id,
                centre_id=copy.centre_id,
                branch_id=copy.home_branch_id,
                person_id=person.id,
                lent_on=lent_on,
                lent_at=datetime.combine(lent_on, time(9), UTC),
                **values,
            )
        )

    def order(
        self, school: Institution, period: Period, place: PickupPlace | None = None, **facts: Any
    ) -> CollectiveOrder:
        """An open order of a school of the first centre, at its counter unless told otherwise."""
        place = place or self.place(self.the_centre())
        return self._saved(
            CollectiveOrder(
                number=f"S-T{next(self._numbers)}",
                centre_id=place.centre_id,
                institution_id=school.id,
                place_id=place.id,
                first=period.first,
                last=period.last,
                created_at=NOW,
                **facts,
            )
        )

    def refused(
        self,
        holding: Holding,
        period: Period,
        quantity: int = 1,
        *,
        day: date = MONDAY,
        school: Institution | None = None,
        unit: TeachingUnit | None = None,
        codes: Sequence[str] = ("NOT_FREE",),
    ) -> RefusedWish:
        """A wish that was refused since too little was free."""
        return self._saved(
            RefusedWish(
                occasion=f"test:{next(self._numbers)}",
                holding_id=holding.id,
                institution_id=None if school is None else school.id,
                unit_id=None if unit is None else unit.id,
                wished_on=day,
                first=period.first,
                last=period.last,
                quantity=quantity,
                codes=[str(code) for code in codes],
            )
        )

    # Courier

    def courier_stop(self, school: Institution | None = None, **facts: Any) -> PickupPlace:
        """A stop of the courier at the school, a processed day away in each direction."""
        school = school or self.the_school()
        centre = self.session.get_one(MediaCentre, school.centre_id)
        values = {
            "centre_id": centre.id,
            "branch_id": self.branch(centre).id,
            "institution_id": school.id,
            "kind": PlaceKind.COURIER,
            "name": f"Schulpost {school.name}",
            "courier_days_before": 1,
            "courier_days_after": 1,
        } | facts
        return self._saved(PickupPlace(**values))

    def route(
        self, *places: PickupPlace, weekdays: tuple[int, ...] = (1, 3), **facts: Any
    ) -> CourierRoute:
        """A route from the first branch on Tuesdays and Thursdays, cut off at noon."""
        centre = self.the_centre()
        if places:
            centre = self.session.get_one(MediaCentre, places[0].centre_id)
        values = {
            "centre_id": centre.id,
            "branch_id": self.branch(centre).id,
            "name": f"Tour {next(self._numbers)}",
            "cut_off": time(12),
        } | facts
        route = CourierRoute(weekdays=list(weekdays), **values)
        route.stops = [
            RouteStop(place_id=place.id, position=position)
            for position, place in enumerate(places)
        ]
        return self._saved(route)

    def hold(self, holding: Holding, person: Person | None = None, **facts: Any) -> Hold:
        """A person who waits at the end of a holding's queue, to fetch at the first counter."""
        person = person or self.person()
        centre = self.session.get_one(MediaCentre, holding.centre_id)
        waiting = Hold.state.in_(STILL_OPEN)
        last = self.session.scalar(
            select(func.max(Hold.rank)).where(Hold.holding_id == holding.id, waiting)
        )
        values = {
            "institution_id": person.memberships[0].institution_id,
            "place_id": self.place(centre).id,
            "rank": (last or 0) + 1,
            "created_at": NOW,
        } | facts
        return self._saved(Hold(holding_id=holding.id, person_id=person.id, **values))

    def choices(self, centre: MediaCentre | None = None, **facts: Any) -> LendingSettings:
        """What a centre chose about its lending."""
        centre = centre or self.the_centre()
        return self._saved(LendingSettings(centre_id=centre.id, **facts))

    def _terms(self, centre: MediaCentre) -> Terms:
        return Terms(
            centre_id=centre.id,
            loan_period=14,
            basis=Basis.CALENDAR_DAYS,
            closed_day_rule=ClosedDayRule.NEXT_OPEN_DAY,
            renewals=2,
            renewal_period=7,
            booking_horizon=365,
        )

    def _saved(self, row: Row) -> Row:
        self.session.add(row)
        self.session.commit()
        return row
