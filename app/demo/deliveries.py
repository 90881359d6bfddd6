"""Bookings that the courier brings today and on the next open day, so that its tours are full."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from app.demo.chance import chance
from app.demo.courier import ROUTES, STARTS_FROM
from app.demo.days import ONE_DAY
from app.demo.demands import Demands
from app.demo.future import Diary
from app.demo.lendings import Demand, Reservation
from app.demo.present import is_for_others
from app.demo.scene import Scene
from loans.rules.booking_states import BookingState

ON_A_TOUR = 7
MOST_PIECES = 3
MOST_TRIES = 400
LONGEST_DAYS = 9


def deliveries(scene: Scene, diary: Diary) -> Iterator[Reservation]:
    """Invent what the tours of today and of the next open day bring, none beyond what is free."""
    random = chance("deliveries")
    demands = Demands(scene, random)
    calendar = scene.rules.calendar(scene.county.branches[STARTS_FROM])
    days = [calendar.next_open_day(scene.today + ONE_DAY)]
    if calendar.is_open(scene.today):
        days.insert(0, scene.today)
    for day in days:
        left = ON_A_TOUR
        for _ in range(MOST_TRIES):
            demand = demands.draw(day) if left else None
            if demand is None or not _fits(scene, demand, day):
                continue
            reservation = _reservation(scene, demand, day, random)
            if diary.book(reservation, as_agreed=True):
                left -= 1
                yield reservation


def _fits(scene: Scene, demand: Demand, day: date) -> bool:
    """Say whether a tour of the day serves the school, and a box holds what is wanted."""
    branch = demand.teacher.school.branch.key
    served = any(spec.branch_key == branch for spec in ROUTES if day.weekday() in spec.weekdays)
    return served and demand.quantity <= MOST_PIECES and is_for_others(scene, demand)


def _reservation(scene: Scene, demand: Demand, day: date, random: Random) -> Reservation:
    calendar = scene.rules.calendar(demand.branch)
    last = calendar.next_open_day(day + timedelta(days=random.randint(2, LONGEST_DAYS)))
    return Reservation(
        demand=demand,
        place_id=demand.teacher.school.courier_id,
        first=day,
        last=last,
        state=BookingState.CONFIRMED,
        made_on=scene.today - timedelta(days=random.randint(3, 12)),
    )
