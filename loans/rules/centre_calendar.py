"""The calendar of a centre as its office edits it: weeks of branches, closures, openings."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from loans.errors import NoOpenDayError
from loans.rules.calendar import (
    Closure,
    ExceptionalOpening,
    Hours,
    NamedDay,
    OpeningCalendar,
)
from loans.rules.calendar_faults import Fault, calendar_faults
from schools.rules.periods import Period

NEW = 0
"""The id of what is not stored yet."""


@dataclass(frozen=True, slots=True)
class Week:
    """The regular week of a branch.

    Attributes:
        hours: pairs of weekday, Monday 0, and hours, in order; weekdays without are closed.
        processed: weekdays closed to visitors on which orders are worked on.
        visits_a_day: how many bookings may be collected or brought back on a day; None for any.
    """

    hours: tuple[tuple[int, Hours], ...] = ()
    processed: frozenset[int] = frozenset()
    visits_a_day: int | None = None

    @property
    def open_weekdays(self) -> frozenset[int]:
        """Weekdays with any hours."""
        return frozenset(weekday for weekday, _ in self.hours)


@dataclass(frozen=True, slots=True)
class PlacedClosure:
    """A closure with its id, of one branch or, without, of the whole centre."""

    id: int
    branch_id: int | None
    closure: Closure


@dataclass(frozen=True, slots=True)
class PlacedOpening:
    """An exceptional opening with its id, of one branch or, without, of the whole centre."""

    id: int
    branch_id: int | None
    opening: ExceptionalOpening


@dataclass(frozen=True, slots=True)
class CentreCalendar:
    """Everything that decides when the branches of a centre are open.

    Attributes:
        weeks: by branch.
        closures: of the centre and of branches.
        openings: the same.
        public_holidays: of the state.
        school_holidays: of the state.
    """

    weeks: Mapping[int, Week]
    closures: tuple[PlacedClosure, ...] = ()
    openings: tuple[PlacedOpening, ...] = ()
    public_holidays: tuple[NamedDay, ...] = ()
    school_holidays: tuple[Period, ...] = ()

    def of(self, branch_id: int) -> OpeningCalendar:
        """Return the calendar of one branch.

        Raises:
            KeyError: the centre has no such branch.
        """
        week = self.weeks[branch_id]
        here = {None, branch_id}
        return OpeningCalendar(
            weekdays=week.open_weekdays,
            hours=week.hours,
            processed_weekdays=week.processed,
            closures=tuple(each.closure for each in self.closures if each.branch_id in here),
            openings=tuple(each.opening for each in self.openings if each.branch_id in here),
            public_holidays=self.public_holidays,
            school_holidays=self.school_holidays,
        )

    def with_week(self, branch_id: int, week: Week) -> "CentreCalendar":
        """Return the same with another week of one branch."""
        return replace(self, weeks={**self.weeks, branch_id: week})

    def with_closure(self, placed: PlacedClosure) -> "CentreCalendar":
        """Return the same with a closure more, or in place of the one with its id."""
        others = self.without_closure(placed.id).closures
        return replace(self, closures=(*others, placed))

    def without_closure(self, closure_id: int) -> "CentreCalendar":
        """Return the same without one closure."""
        kept = tuple(each for each in self.closures if each.id != closure_id)
        return replace(self, closures=kept)

    def with_opening(self, placed: PlacedOpening) -> "CentreCalendar":
        """Return the same with an opening more, or in place of the one with its id."""
        others = self.without_opening(placed.id).openings
        return replace(self, openings=(*others, placed))

    def without_opening(self, opening_id: int) -> "CentreCalendar":
        """Return the same without one exceptional opening."""
        kept = tuple(each for each in self.openings if each.id != opening_id)
        return replace(self, openings=kept)

    def faults_beyond(self, before: "CentreCalendar") -> tuple[Fault, ...]:
        """Return what is wrong here and was not wrong before; each fault once.

        What a store has been carrying along keeps nobody from editing something else.

        Source:
            docs/rules.md, Lending 1.3.
        """
        found: dict[Fault, None] = {}
        for branch_id in self.weeks:
            old = Counter(calendar_faults(before.of(branch_id)))
            found |= dict.fromkeys(Counter(calendar_faults(self.of(branch_id))) - old)
        return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class Closing:
    """A change of a centre's calendar, looked at for the days it closes.

    Attributes:
        centre_id: of the centre.
        before: its calendar.
        after: the same once the change is made.
    """

    centre_id: int
    before: CentreCalendar
    after: CentreCalendar
    _calendars: dict[int, tuple[OpeningCalendar, OpeningCalendar]] = field(
        default_factory=dict, init=False
    )

    def closes(self, branch_id: int, day: date) -> bool:
        """Say whether a day on which the branch would have been open becomes closed.

        Source:
            docs/rules.md, Lending 1.7.
        """
        before, after = self._both(branch_id)
        return before.is_open(day) and not after.is_open(day)

    def next_open_day(self, branch_id: int, day: date) -> date | None:
        """Return the first open day from a day on under the new calendar; None without one."""
        try:
            return self._both(branch_id)[1].next_open_day(day)
        except NoOpenDayError:
            return None

    def closed_days(self, span: Period) -> frozenset[date]:
        """Return the days of a period that close at any branch."""
        return frozenset(
            day for branch_id in self.after.weeks for day in span if self.closes(branch_id, day)
        )

    def _both(self, branch_id: int) -> tuple[OpeningCalendar, OpeningCalendar]:
        if branch_id not in self._calendars:
            self._calendars[branch_id] = self.before.of(branch_id), self.after.of(branch_id)
        return self._calendars[branch_id]
