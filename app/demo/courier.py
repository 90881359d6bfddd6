"""Two routes of the courier: today's tour on the road, tomorrow's half packed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.county import BranchRow, County, SchoolRow
from app.demo.days import ONE_DAY, instant
from app.demo.scene import Scene
from catalogue.models.copy import Copy, Part
from catalogue.rules.copy_states import CopyState
from loans.models.booking import BookingPick
from loans.models.tour import CourierRoute, RouteStop, Tour
from loans.operations.count_parts import as_known
from loans.operations.drive import Report, report
from loans.operations.hand_over import hand_over
from loans.operations.open_tour import open_tour
from loans.operations.pack import Packing, pack
from loans.operations.pick_copy import PickWish, pick_copy
from loans.queries.hand_out import parts_of
from loans.queries.picking import PickDay, PickLine, pick_list
from loans.queries.prepared import PreparedLine
from loans.queries.to_pack import to_pack
from loans.queries.tour_heads import head_of_tour
from loans.queries.tours import tour_of_link
from loans.rules.calendar import OpeningCalendar
from loans.rules.packing import Tap
from loans.rules.tours import RouteTimes
from schools.rules.roles import Actor, Grant, Right, Role

CUT_OFF = time(12)
DRIVER = "Spedition Aarblick"
LEFT_OPEN = 3
"""Every third line of tomorrow's list is still to be picked, every third thing to be packed."""


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """A route by the branches whose schools it serves; it starts from the first of them all."""

    name: str
    weekdays: tuple[int, ...]
    branch_key: str
    passes: str | None = None


STARTS_FROM = "lindenau"
ROUTES = (
    RouteSpec("Tour Nord", (0, 2, 4), "lindenau"),
    RouteSpec("Tour Süd", (1, 3), "wiesental", passes="wiesental"),
)
"""On every weekday one of them is driven."""


def route_times(school: SchoolRow, calendar: OpeningCalendar) -> RouteTimes | None:
    """Return when the courier drives to a school, given the calendar it starts by."""
    for spec in ROUTES:
        if school.branch.key == spec.branch_key:
            return RouteTimes(frozenset(spec.weekdays), CUT_OFF, calendar)
    return None


def build_routes(session: Session, county: County) -> None:
    """Write the routes with their stops."""
    start = county.branches[STARTS_FROM]
    for spec in ROUTES:
        places = [each.courier_id for each in county.schools if each.branch.key == spec.branch_key]
        if spec.passes is not None:
            places.insert(len(places) // 2, county.branches[spec.passes].counter_id)
        route = CourierRoute(
            centre_id=start.centre.id,
            branch_id=start.id,
            name=spec.name,
            weekdays=list(spec.weekdays),
            cut_off=CUT_OFF,
        )
        route.stops = [
            RouteStop(place_id=place_id, position=position)
            for position, place_id in enumerate(places)
        ]
        session.add(route)
    session.flush()


def prepare(session: Session, scene: Scene) -> None:
    """Pick and pack as far as a morning's work goes, by the acts of the desk themselves."""
    table = _Table(session, scene)
    calendar = scene.rules.calendar(table.start)
    if calendar.is_open(scene.today):
        table.send_off_today()
    day = calendar.next_open_day(scene.today + ONE_DAY)
    for each in (day, calendar.next_open_day(day + ONE_DAY)):
        for branch in scene.county.branches.values():
            table.pick(branch, each, every=each != day)
    table.pack_some(day)


class _Table:
    """The packing table of the first branch."""

    def __init__(self, session: Session, scene: Scene) -> None:
        self._session = session
        self._today = scene.today
        self._desks = scene.people.desk
        self._shown = scene.people.shown.person_id
        self.start = scene.county.branches[STARTS_FROM]

    @property
    def _now(self) -> datetime:
        return instant(self._today, 8, 30)

    def pick(self, branch: BranchRow, day: date, *, every: bool) -> None:
        """Pick what lies on the shelves for a day; some lines are left for others."""
        by = self._staff(branch)
        asked = PickDay(branch.id, branch.centre.id, day, self._today)
        listed = pick_list(self._session, by.scope(Right.LEND), asked).lines
        for place, each in enumerate(listed):
            shown = each.line.person_id == self._shown
            if every or shown or place % LEFT_OPEN != LEFT_OPEN - 1:
                self._pick_line(each, branch, day, by)

    def send_off_today(self) -> None:
        """Pack the tour of today and send it off; its first stop has had its boxes."""
        for tour in self._tours(self._today):
            self._pack(tour, every=True)
            by = self._staff(self.start)
            hand_over(self._session, tour.id, DRIVER, by, self._now)
            facts = tour_of_link(self._session, tour.id)
            for stop in facts.stops if facts else ():
                if stop.boxes:
                    told = Report(tour.id, stop.id, Tap.DELIVERED)
                    report(self._session, told, None, instant(self._today, 9, 20))
                    break

    def pack_some(self, day: date) -> None:
        """Pack a part of the tours of a day."""
        for tour in self._tours(day):
            self._pack(tour, every=False)

    def _staff(self, branch: BranchRow) -> Actor:
        centre_id = branch.centre.id
        grant = Grant(Role.STAFF, centre_id)
        return Actor(self._desks[centre_id][0], None, "", (grant,))

    def _pick_line(self, each: PickLine, branch: BranchRow, day: date, by: Actor) -> None:
        for copy in self._on_shelf(each.line, each.open):
            wish = PickWish(copy.id, branch.id, day)
            pick_copy(self._session, wish, by, self._today, self._now)

    def _on_shelf(self, line: PreparedLine, count: int) -> list[Copy]:
        """Return whole copies on the shelf that nobody picked yet."""
        missing = select(Part.copy_id).where(Part.missing > 0)
        picked = select(BookingPick.copy_id)
        query = (
            select(Copy)
            .where(Copy.holding_id == line.holding_id, Copy.state == CopyState.AVAILABLE)
            .where(Copy.lendable, ~Copy.numbered)
            .where(Copy.id.not_in(missing), Copy.id.not_in(picked))
            .order_by(Copy.id)
            .limit(count)
        )
        return list(self._session.scalars(query))

    def _tours(self, day: date) -> Iterator[Tour]:
        """Go through the tours that run on a day, opened."""
        by = self._staff(self.start)
        routes = select(CourierRoute).order_by(CourierRoute.id)
        for route in self._session.scalars(routes).all():
            if day.weekday() in route.weekdays:
                tour = open_tour(self._session, (route.id, day), by, self._today, self._now)
                tour.driver_nonce = sha256(f"{route.id}:{day}".encode()).hexdigest()[:32]
                yield tour

    def _pack(self, tour: Tour, *, every: bool) -> None:
        by = self._staff(self.start)
        head = head_of_tour(self._session, tour.id)
        if head is None:
            return
        waiting = to_pack(self._session, by.scope(Right.LEND), head, self._today)
        lines = [each.line for lines in waiting.values() for each in lines]
        for place, copy in enumerate(self._for(lines)):
            if every or place % LEFT_OPEN == 0:
                pieces = as_known(parts_of(self._session, copy.id)) or None
                wish = Packing(tour.id, copy.id, pieces=pieces)
                pack(self._session, wish, by, self._today, self._now)

    def _for(self, lines: Iterable[PreparedLine]) -> Iterator[Copy]:
        """Go through copies for lines: those picked for them, then others on the shelf."""
        for line in lines:
            query = select(Copy).join(BookingPick).where(BookingPick.line_id == line.id)
            picked = list(self._session.scalars(query.order_by(BookingPick.id)))
            yield from picked
            yield from self._on_shelf(line, line.left - len(picked))
