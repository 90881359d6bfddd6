"""Which branch and day a page of the courier is about, as its address says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.exceptions import NotFound

from app.addressed import day_named, number_named
from app.sessions import session
from app.today import today
from app.visitor import actor
from loans.errors import NoOpenDayError
from loans.queries.calendars import calendar_of
from loans.queries.desk import Counter, counters
from loans.queries.tours import TourFacts, tour_within
from loans.rules.calendar import OpeningCalendar
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Right, Scope

FURTHEST = timedelta(days=366)
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches within the visitor's reach, and the one this page is about."""

    offered: Sequence[Counter]
    chosen: Counter

    @property
    def branch_id(self) -> int:
        """Of the chosen one."""
        return self.chosen.branch_id

    @property
    def centre_id(self) -> int:
        """Of the chosen one."""
        return self.chosen.centre_id


@dataclass(frozen=True, slots=True)
class Days:
    """The day of a list, and the days of a branch around it on which something leaves.

    Attributes:
        chosen: today or later.
        standard: the next open day, which a list is about unless its address says otherwise.
        before: the open day before it; None if that is past.
        after: the open day after it.
    """

    chosen: date
    standard: date
    before: date | None
    after: date | None


def lending_scope() -> Scope:
    """Return how far the visitor's desk reaches."""
    return actor().scope(Right.LEND)


def asked_branches(wanted: int | None = None) -> Branches:
    """Return the branch a form or the address names, or the first in reach.

    Raises:
        NotFound: no branch is in reach, or the one named is not.
    """
    offered = counters(session(), lending_scope())
    named = wanted if wanted is not None else number_named("branch")
    for each in offered:
        if named in {None, each.branch_id}:
            return Branches(offered, each)
    raise NotFound


def asked_days(branch_id: int, wanted: date | None = None) -> Days:
    """Return the day a form or the address names, or the next open one.

    What is no day, past, or more than a year ahead is let go.
    """
    calendar = calendar_of(session(), branch_id, Period(today(), today() + FURTHEST))
    standard = _open_day(calendar, today() + ONE_DAY) or today()
    asked = wanted or day_named("day")
    fits = asked is not None and today() <= asked <= today() + FURTHEST
    chosen = asked if asked is not None and fits else standard
    before = _open_before(calendar, chosen)
    return Days(chosen, standard, before, _open_day(calendar, chosen + ONE_DAY))


def tour_in_reach(tour_id: int) -> TourFacts:
    """Return a tour.

    Raises:
        NotFound: it is gone, or another centre's.
    """
    found = tour_within(session(), lending_scope(), tour_id)
    if found is None:
        raise NotFound
    return found


def _open_before(calendar: OpeningCalendar, day: date) -> date | None:
    try:
        found = calendar.previous_open_day(day - ONE_DAY)
    except NoOpenDayError:
        return None
    return found if found >= today() else None


def _open_day(calendar: OpeningCalendar, day: date) -> date | None:
    try:
        return calendar.next_open_day(day)
    except NoOpenDayError:
        return None
