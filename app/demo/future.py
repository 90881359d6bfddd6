"""Bookings of the coming weeks, none beyond what is free: asked of the rules themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from app.demo.chance import chance
from app.demo.county import COURIER_DAYS
from app.demo.courier import STARTS_FROM, route_times
from app.demo.days import instant
from app.demo.demands import Demands
from app.demo.lendings import Demand, Lending, Reservation
from app.demo.present import is_for_others
from app.demo.scene import Scene
from app.demo.stock import HoldingRow
from loans.rules.availability import Stock, Wish, availability, check_wish
from loans.rules.booking_days import Place, booking_rules
from loans.rules.booking_states import BookingState
from loans.rules.commitments import Commitment, CommitmentKind, Margins
from loans.rules.terms import Terms
from loans.rules.tours import tours_of
from schools.rules.periods import Period

BOOKINGS = 120
"""With those that are shown."""

SOON, READY_DAYS = 12, 2
"""So many bookings begin on the next open days; what was picked of them is ready."""

WEEKS = 10
BY_COURIER = 0.4
LENGTHS = (1, 2, 3, 5, 7, 8, 10, 12, 14)
MOST_TRIES = 3_000
LONGEST_AGO_DAYS = 25


class Diary:
    """Knows what is promised and lent of each holding."""

    def __init__(self, scene: Scene, capacity: dict[int, int], out: Iterable[Lending]) -> None:
        """Note what is out.

        Args:
            scene: places, terms and calendars.
            capacity: lendable copies by holding.
            out: open loans.
        """
        self._scene = scene
        self._capacity = capacity
        self._noted: dict[int, list[Commitment]] = defaultdict(list)
        for lending in out:
            self._noted[lending.demand.holding.id].append(self._loan(lending))

    def book(self, reservation: Reservation, *, as_agreed: bool = False) -> bool:
        """Note a booking if the rules allow it today; says whether they did.

        `as_agreed`: its days were allowed when it was made, so only what is free counts.
        """
        holding = reservation.demand.holding
        period = Period(reservation.first, reservation.last)
        terms = self._terms(holding)
        stock = Stock(
            holding.id,
            self._capacity[holding.id],
            tuple(self._noted[holding.id]),
            booking_rules(terms),
        )
        place = self._place(reservation)
        found = availability([stock], place, period, today=self._scene.today)[holding.id]
        wish = Wish(
            period=period,
            quantity=reservation.demand.quantity,
            keeps_first=as_agreed,
            keeps_last=as_agreed,
        )
        if check_wish(found, wish):
            return False
        self._noted[holding.id].append(
            Commitment(
                CommitmentKind.BOOKING,
                period.first,
                period.last,
                quantity=reservation.demand.quantity,
                margins=place.margins(booking_rules(terms)),
            )
        )
        return True

    def _place(self, reservation: Reservation) -> Place:
        days = self._scene.rules.days(reservation.demand.branch)
        courier = COURIER_DAYS if reservation.by_courier else 0
        start = self._scene.county.branches[STARTS_FROM]
        times = route_times(reservation.demand.teacher.school, self._scene.rules.calendar(start))
        tours = None
        if courier and times is not None:
            tours = tours_of(times, instant(self._scene.today, 8))
        return Place(days, courier_before=courier, courier_after=courier, tours=tours)

    def _loan(self, lending: Lending) -> Commitment:
        terms = self._terms(lending.demand.holding)
        return Commitment(
            CommitmentKind.LOAN,
            lending.lent_on,
            lending.due_on,
            quantity=len(lending.copies),
            margins=Margins(service_after=terms.service_days_after),
        )

    def _terms(self, holding: HoldingRow) -> Terms:
        return self._scene.rules.terms(holding.centre.id, holding.title.entry.type)


def future(scene: Scene, diary: Diary, shown: int) -> Iterator[Reservation]:
    """Invent the bookings of the coming weeks.

    Args:
        scene: places, people and stock.
        diary: in which the bookings that are shown are noted already.
        shown: how many those are.
    """
    random = chance("future")
    demands = Demands(scene, random)
    soon, later = _days(scene)
    invented = left = BOOKINGS - shown
    for _ in range(MOST_TRIES):
        if not left:
            return
        first = random.choice(soon if left > invented - SOON else later)
        demand = demands.draw(first)
        if demand is None or not is_for_others(scene, demand):
            continue
        reservation = _reservation(scene, demand, first, random)
        if diary.book(reservation):
            left -= 1
            yield reservation


def _days(scene: Scene) -> tuple[list[date], list[date]]:
    """Return the next open days, and those of the coming weeks on which schools teach."""
    calendar = scene.rules.calendar(next(iter(scene.county.branches.values())))
    span = Period(scene.today, scene.today + timedelta(weeks=WEEKS))
    open_days = [day for day in span if calendar.is_open(day)]
    soon = [day for day in open_days if day > scene.today][:READY_DAYS]
    later = [day for day in open_days if day > soon[-1] and not calendar.is_school_holiday(day)]
    return soon, later


def _reservation(scene: Scene, demand: Demand, first: date, random: Random) -> Reservation:
    calendar = scene.rules.calendar(demand.branch)
    last = first + timedelta(days=random.choice(LENGTHS) - 1)
    by_courier = random.random() < BY_COURIER
    return Reservation(
        demand=demand,
        place_id=demand.teacher.school.courier_id if by_courier else demand.branch.counter_id,
        first=first,
        last=max(first, calendar.previous_open_day(last)),
        state=BookingState.CONFIRMED,
        made_on=scene.today - timedelta(days=random.randint(1, LONGEST_AGO_DAYS)),
    )
