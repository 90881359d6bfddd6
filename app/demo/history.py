"""Two years of lending that are over: more on Mondays, hardly any in the holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from app.demo.chance import chance
from app.demo.days import DAYS_OF_HISTORY, ONE_DAY
from app.demo.demands import Demands
from app.demo.lendings import Demand, Lending, Reservation
from app.demo.scene import Scene
from app.demo.shelf import Shelf
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import uncapped_due_date
from schools.rules.periods import Period

PAST_LOANS = 9_000
MOST_TRIES = 40_000
WEEKDAYS = (1.3, 1.0, 0.85, 1.1, 0.8)
IN_THE_HOLIDAYS = 0.06
ONE_MORE_A_YEAR = 1.15
"""The second year has so many times the loans of the first."""

BOOKED_AHEAD = 0.5
BY_COURIER = 0.35
LONGEST_AHEAD_DAYS = 35
RENEWED = 0.15
EARLY, IN_TIME = 0.7, 0.9
"""Shares, added up, of loans back before and on the due date; the rest is late."""

DAYS_LATE = (1, 1, 2, 3, 3, 4, 6, 9, 14)
CANCELLED, LAPSED = 150, 60


@dataclass(frozen=True, slots=True)
class Past:
    """What is over."""

    lendings: tuple[Lending, ...]
    given_up: tuple[Reservation, ...]


def past(scene: Scene, shelf: Shelf) -> Past:
    """Invent what is over, around everything the shelf knows already."""
    writer = _History(scene, shelf, chance("history"))
    return Past(tuple(writer.lendings()), tuple(writer.given_up()))


class _History:
    def __init__(self, scene: Scene, shelf: Shelf, random: Random) -> None:
        self._scene = scene
        self._shelf = shelf
        self._random = random
        self._demands = Demands(scene, random)
        main = next(iter(scene.county.branches.values()))
        self._calendar = scene.rules.calendar(main)
        first = scene.today - timedelta(days=DAYS_OF_HISTORY)
        self._yesterday = scene.today - ONE_DAY
        self._days = [day for day in Period(first, self._yesterday) if self._calendar.is_open(day)]
        self._weights = list(accumulate(map(self._weight, self._days)))

    def lendings(self) -> Iterator[Lending]:
        """Go through lendings until there are enough loans, in no order."""
        left = PAST_LOANS
        for _ in range(MOST_TRIES):
            if left <= 0:
                return
            lending = self._lending(left)
            if lending is not None:
                left -= len(lending.copies)
                yield lending

    def given_up(self) -> Iterator[Reservation]:
        """Go through bookings that nobody collected."""
        states = [BookingState.CANCELLED] * CANCELLED + [BookingState.LAPSED] * LAPSED
        for state in states:
            demand = self._demands.draw(first := self._day())
            if demand is not None:
                last = min(self._due(demand, first), self._yesterday)
                yield self._reservation(demand, Period(first, max(first, last)), state)

    def _lending(self, most: int) -> Lending | None:
        lent_on = self._day()
        demand = self._demands.draw(lent_on)
        if demand is None or demand.quantity > most:
            return None
        due_on = due = self._due(demand, lent_on)
        renewals = int(self._is_renewed(demand))
        if renewals:
            due_on = self._renewed(demand, due)
        returned_on = self._return(lent_on, due_on)
        if returned_on > self._yesterday:
            return None
        away = Period(lent_on, returned_on)
        copies = self._shelf.take(demand.holding, away, demand.quantity, demand.branch)
        if not copies:
            return None
        reservation = None
        if self._random.random() < BOOKED_AHEAD:
            reservation = self._reservation(
                demand, Period(lent_on, due), BookingState.CLOSED, handed_out=demand.quantity
            )
        return Lending(demand, copies, lent_on, due_on, returned_on, renewals, reservation)

    def _day(self) -> date:
        return self._random.choices(self._days, cum_weights=self._weights)[0]

    def _weight(self, day: date) -> float:
        holiday = IN_THE_HOLIDAYS if self._calendar.is_school_holiday(day) else 1.0
        recent = ONE_MORE_A_YEAR if (self._scene.today - day).days <= DAYS_OF_HISTORY // 2 else 1.0
        return WEEKDAYS[day.weekday()] * holiday * recent

    def _due(self, demand: Demand, day: date) -> date:
        terms = self._scene.rules.terms(demand.holding.centre.id, demand.holding.title.entry.type)
        return uncapped_due_date(day, terms.period, self._scene.rules.days(demand.branch))

    def _renewed(self, demand: Demand, due: date) -> date:
        terms = self._scene.rules.terms(demand.holding.centre.id, demand.holding.title.entry.type)
        return uncapped_due_date(due, terms.renewed_period, self._scene.rules.days(demand.branch))

    def _is_renewed(self, demand: Demand) -> bool:
        terms = self._scene.rules.terms(demand.holding.centre.id, demand.holding.title.entry.type)
        return terms.renewals > 0 and self._random.random() < RENEWED

    def _return(self, lent_on: date, due_on: date) -> date:
        drawn = self._random.random()
        if drawn < EARLY:
            days = self._random.randint(1, (due_on - lent_on).days)
            back = self._calendar.previous_open_day(lent_on + timedelta(days=days))
            return max(lent_on, back)
        if drawn < IN_TIME:
            return due_on
        late = timedelta(days=self._random.choice(DAYS_LATE))
        return self._calendar.next_open_day(due_on + late)

    def _reservation(
        self, demand: Demand, period: Period, state: BookingState, *, handed_out: int = 0
    ) -> Reservation:
        by_courier = self._random.random() < BY_COURIER
        school = demand.teacher.school
        ahead = timedelta(days=self._random.randint(1, LONGEST_AHEAD_DAYS))
        return Reservation(
            demand=demand,
            place_id=school.courier_id if by_courier else demand.branch.counter_id,
            first=period.first,
            last=period.last,
            state=state,
            made_on=period.first - ahead,
            handed_out=handed_out,
        )
