"""Lending as a child would keep it: one list of who has what, and counting day by day.

Open days are Monday to Friday, without those that were closed. Nothing here is clever, so that
what is clever can be held against it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
LOAN_DAYS, RENEWAL_DAYS, RENEWALS = 7, 7, 2
SERVICE_DAYS_AFTER = 1
SATURDAY = 5


def a_month_after(day: date) -> date:
    month = day.month % 12 + 1
    year = day.year + day.month // 12
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def days(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


@dataclass
class Booked:
    """What is left of a booking: `quantity` of a holding, less what was `handed_out`."""

    number: str
    person: int
    holding: int
    first: date
    last: date
    quantity: int
    handed_out: int = 0
    over: bool = False

    @property
    def left(self) -> int:
        return 0 if self.over else self.quantity - self.handed_out


@dataclass
class Lent:
    """One copy that is out."""

    id: int
    copy: int
    person: int
    holding: int
    lent_on: date
    due_on: date
    booked: Booked | None = None
    renewals: int = 0


@dataclass
class Naive:
    """The whole of it: what each holding has, what is booked and what is out."""

    today: date
    capacity: dict[int, int]
    booked: list[Booked] = field(default_factory=list)
    lent: list[Lent] = field(default_factory=list)
    lost: list[Lent] = field(default_factory=list)
    closed: set[date] = field(default_factory=set)

    def is_open(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.closed

    def next_open(self, day: date) -> date:
        while not self.is_open(day):
            day += ONE_DAY
        return day

    def after(self, last: date) -> date:
        """The last day of looking over what was used until `last`."""
        for _ in range(SERVICE_DAYS_AFTER):
            last = self.next_open(last + ONE_DAY)
        return last

    def close(self, first: date, last: date) -> None:
        """Close some days; what is due on one of them is due on the next open day."""
        newly = {day for day in days(first, last) if self.is_open(day)}
        self.closed |= set(days(first, last))
        for each in self.lent:
            if each.due_on in newly and each.due_on >= self.today:
                each.due_on = self.next_open(each.due_on)

    def free(self, holding: int, day: date, without: Lent | Booked | None = None) -> int:
        """How many are left on a day; below 0 where too much is promised."""
        taken = sum(
            each.left
            for each in self.booked
            if each is not without and each.holding == holding and day in self._days_of(each)
        )
        taken += sum(
            1
            for each in self.lent
            if each.holding == holding and not self._is_of(each, without)
            if day in days(each.lent_on, self.after(self._back_on(each)))
        )
        return self.capacity[holding] - taken

    def free_for(
        self, holding: int, first: date, last: date, without: Lent | Booked | None = None
    ) -> int:
        """How many could be had from a day to another, with looking them over."""
        wanted = [day for day in days(first, self.after(last)) if day >= self.today]
        return min(
            (self.free(holding, day, without) for day in wanted), default=self.capacity[holding]
        )

    def hand_out(self, lent: Lent, served: Booked | None) -> None:
        """Write down that a copy went, and on which booking."""
        lent.booked = served
        if served is not None:
            served.handed_out += 1
        self.lent.append(lent)

    def can_become(self, booked: Booked, first: date, last: date, quantity: int) -> bool:
        """Whether a booking can have other days and another amount."""
        within = booked.first <= first and last <= booked.last
        if within and quantity <= booked.quantity:
            return True
        starts = booked.first <= first <= booked.last or self.is_open(first)
        ends = booked.first <= last <= booked.last or self.is_open(last)
        free = self.free_for(booked.holding, first, last, booked)
        return starts and ends and free >= quantity

    def lose(self, lent: Lent) -> None:
        """Count a copy no more; the loan of it takes nothing any longer."""
        self.lent.remove(lent)
        self.lost.append(lent)
        self.capacity[lent.holding] -= 1

    def find(self, lent: Lent) -> None:
        """Count a lost copy again."""
        self.lost.remove(lent)
        self.capacity[lent.holding] += 1

    def walk_in_due(self, holding: int) -> date | None:
        """The last open day until which a copy can go without anybody missing it."""
        longest = self.next_open(self.today + timedelta(days=LOAN_DAYS))
        for day in reversed(days(self.today, longest)):
            if self.is_open(day) and self.free_for(holding, self.today, day) >= 1:
                return day
        return None

    def served(self, person: int, holding: int) -> Booked | None:
        """The person's booking that a scan serves: the one that starts earliest."""
        own = [
            each
            for each in self.booked
            if (each.person, each.holding) == (person, holding)
            and each.left
            and each.last >= self.today
        ]
        return min(own, key=lambda each: each.first, default=None)

    def own_due(self, booked: Booked) -> date | None:
        """The last open day of a booking, or the next one while nobody else needs the copy."""
        for day in reversed(days(self.today, self.next_open(booked.last))):
            beyond = days(booked.last + ONE_DAY, self.after(day))
            own = self._days_of(booked)
            kept = (self.free(booked.holding, each) + (each in own) for each in beyond)
            if self.is_open(day) and (day <= booked.last or min(kept) >= 1):
                return day
        return None

    def goes_today(self, booked: Booked) -> bool:
        """Whether a copy can go before the booking's first day."""
        early = days(self.today, booked.first - ONE_DAY)
        return all(self.free(booked.holding, day) >= 1 for day in early)

    def renewed_due(self, lent: Lent) -> date | None:
        """The new due date, if the loan can be renewed."""
        if lent.due_on < self.today or lent.renewals >= RENEWALS:
            return None
        new = self.next_open(lent.due_on + timedelta(days=RENEWAL_DAYS))
        longer = self.free_for(lent.holding, lent.due_on + ONE_DAY, new, lent)
        return new if longer >= 1 else None

    def _days_of(self, booked: Booked) -> list[date]:
        if booked.last < self.today:
            return []
        return days(booked.first, self.after(booked.last))

    def _back_on(self, lent: Lent) -> date:
        return lent.due_on if lent.due_on >= self.today else a_month_after(self.today)

    @staticmethod
    def _is_of(lent: Lent, without: Lent | Booked | None) -> bool:
        return lent is without or (without is not None and lent.booked is without)
