"""What is out today: in time, overdue by a few days, overdue by weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo.chance import chance
from app.demo.days import ONE_DAY
from app.demo.demands import Demands
from app.demo.lendings import Demand, Lending, Reservation
from app.demo.scene import Scene
from app.demo.shelf import FOR_GOOD, Shelf
from loans.rules.booking_states import BookingState
from loans.rules.due_dates import uncapped_due_date
from schools.rules.periods import Period
from schools.vocabularies.media_types import MediaCategory

LOOKED_BACK_DAYS = 75
LONGEST_OVERDUE_SET = 4
COLLECTED_BOOKINGS = 0.45
TRIES = 40
KEPT_FREE = frozenset({"Fotosynthese", "Warum sind Blätter grün?", "Vom Gen zum Merkmal"})
"""Titles that anybody who tries the demo shall find on the shelf, one for a running unit."""


@dataclass(frozen=True, slots=True)
class Band:
    """So many loans are overdue by so many days, both included; below 1 they are in time."""

    least: int
    most: int
    loans: int


BANDS = (Band(-60, 0, 212), Band(1, 2, 10), Band(3, 9, 16), Band(10, 16, 8), Band(17, 35, 4))


@dataclass(frozen=True, slots=True)
class Span:
    """A loan that is still out: its days and renewals."""

    lent_on: date
    due_on: date
    renewals: int = 0


class OpenSpans:
    """Which loans can be out today, by what the terms say."""

    def __init__(self, scene: Scene) -> None:
        """Work nothing out yet."""
        self._scene = scene
        self._known: dict[tuple[int, MediaCategory], list[Span]] = {}

    def within(self, demand: Demand, least: int, most: int) -> list[Span]:
        """Return the spans overdue by so many days, both included; in time below 1."""
        today = self._scene.today
        return [
            span for span in self._spans(demand) if least <= (today - span.due_on).days <= most
        ]

    def _spans(self, demand: Demand) -> list[Span]:
        key = (demand.branch.id, demand.holding.category)
        if key not in self._known:
            self._known[key] = list(self._found(demand))
        return self._known[key]

    def _found(self, demand: Demand) -> Iterator[Span]:
        rules, branch = self._scene.rules, demand.branch
        days, calendar = rules.days(branch), rules.calendar(branch)
        terms = rules.terms(demand.holding.centre.id, demand.holding.title.entry.type)
        yesterday = self._scene.today - ONE_DAY
        for lent_on in Period(yesterday - timedelta(days=LOOKED_BACK_DAYS), yesterday):
            if calendar.is_open(lent_on):
                due_on = uncapped_due_date(lent_on, terms.period, days)
                yield Span(lent_on, due_on)
                if terms.renewals and due_on < self._scene.today:
                    renewed = uncapped_due_date(due_on, terms.renewed_period, days)
                    yield Span(lent_on, renewed, renewals=1)


def present(scene: Scene, shelf: Shelf) -> Iterator[Lending]:
    """Invent what is out today; each borrower has it from a shelf that knows the rest."""
    random = chance("present")
    demands, spans = Demands(scene, random), OpenSpans(scene)
    for band in BANDS:
        left = band.loans
        for _ in range(TRIES * band.loans):
            if left <= 0:
                break
            demand = demands.draw(scene.today)
            if demand is None or not _is_fit(scene, demand, band, left):
                continue
            found = spans.within(demand, band.least, band.most)
            lending = take(shelf, demand, random.choice(found), random) if found else None
            if lending is not None:
                left -= demand.quantity
                yield lending


def take(shelf: Shelf, demand: Demand, span: Span, random: Random) -> Lending | None:
    """Take a demand's copies from the shelf for good; None if they are not there."""
    out = Period(span.lent_on, FOR_GOOD)
    copies = shelf.take(demand.holding, out, demand.quantity, demand.branch)
    if not copies:
        return None
    reservation = None
    if random.random() < COLLECTED_BOOKINGS:
        reservation = Reservation(
            demand=demand,
            place_id=demand.branch.counter_id,
            first=span.lent_on,
            last=span.due_on,
            state=BookingState.COLLECTED,
            made_on=span.lent_on - timedelta(days=random.randint(1, 20)),
            handed_out=demand.quantity,
        )
    return Lending(demand, copies, span.lent_on, span.due_on, None, span.renewals, reservation)


def is_for_others(scene: Scene, demand: Demand) -> bool:
    """Say whether a demand leaves alone the teacher who is shown, and what is kept free."""
    shown = demand.teacher is scene.people.shown
    return not shown and demand.holding.title.entry.name not in KEPT_FREE


def _is_fit(scene: Scene, demand: Demand, band: Band, left: int) -> bool:
    if not is_for_others(scene, demand) or demand.quantity > left:
        return False
    return band.least < 1 or demand.quantity <= LONGEST_OVERDUE_SET
