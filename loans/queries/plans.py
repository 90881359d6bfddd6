"""The unit that a teacher plans for next, and which of its media are booked already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.planned_medium import PlannedMedium
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.queries.borrowers import within
from loans.rules.booking_states import BookingState
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.rules.periods import Period, ReversedPeriodError
from schools.rules.roles import Scope
from schools.rules.school_year import NoSuchWeekError, calendar_weeks, school_year_of

LOOK_AHEAD = timedelta(weeks=6)

KEPT = frozenset(BookingState) - {
    BookingState.CANCELLED,
    BookingState.DECLINED,
    BookingState.LAPSED,
}


@dataclass(frozen=True, slots=True)
class PlannedTitle:
    """A medium that the unit plans with; `booked` for this unit by anyone of the school."""

    title_id: int
    name: str
    quantity: int
    booked: bool


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit that runs or begins soon, with its days in this school year."""

    unit_id: int
    words: str
    subject: str
    grade: int
    period: Period
    titles: tuple[PlannedTitle, ...]

    @property
    def open_titles(self) -> int:
        """How many of its media are not booked yet."""
        return sum(not each.booked for each in self.titles)


def next_plan(session: Session, scope: Scope, person_id: int, today: date) -> UnitPlan | None:
    """Return the next unit with planned media in a subject the person has booked for before.

    It runs, or begins within six weeks; units that still lack a booking come first. At most
    three statements. None without such a unit, or out of the scope.

    Source:
        docs/rules.md, Lending 6.2.
    """
    soon = [
        (unit, period)
        for unit in _units(session, scope, person_id)
        if (period := _days_of(unit, today)) is not None
        and period.last >= today
        and period.first <= today + LOOK_AHEAD
    ]
    plans = _plans(session, soon)
    return min(plans, key=lambda plan: (not plan.open_titles, plan.period.first), default=None)


def _units(session: Session, scope: Scope, person_id: int) -> Iterable[TeachingUnit]:
    """Return units with media, of the subjects and grades the person has booked for."""
    taught = (
        select(TeachingUnit.subject, TeachingUnit.grade)
        .join(Booking, Booking.unit_id == TeachingUnit.id)
        .where(Booking.person_id == person_id)
        .distinct()
        .subquery()
    )
    return session.scalars(
        select(TeachingUnit)
        .join(Institution, Institution.id == TeachingUnit.institution_id)
        .join(
            taught,
            (taught.c.subject == TeachingUnit.subject) & (taught.c.grade == TeachingUnit.grade),
        )
        .where(TeachingUnit.retired_on.is_(None))
        .where(within(scope, Institution.centre_id, Institution.id))
        .where(exists().where(PlannedMedium.unit_id == TeachingUnit.id))
        .order_by(TeachingUnit.id)
    )


def _days_of(unit: TeachingUnit, today: date) -> Period | None:
    try:
        return calendar_weeks(school_year_of(today), unit.first_week, unit.last_week)
    except (NoSuchWeekError, ReversedPeriodError):
        return None


def _plans(session: Session, units: list[tuple[TeachingUnit, Period]]) -> list[UnitPlan]:
    ids = [unit.id for unit, _ in units]
    if not ids:
        return []
    booked = _booked(session, ids)
    titles: dict[int, list[PlannedTitle]] = {unit_id: [] for unit_id in ids}
    rows = session.execute(
        select(PlannedMedium.unit_id, Title.id, Title.name, PlannedMedium.quantity)
        .join(Title, Title.id == PlannedMedium.title_id)
        .where(PlannedMedium.unit_id.in_(ids))
        .order_by(Title.name)
    )
    for unit_id, title_id, name, quantity in rows:
        planned = PlannedTitle(title_id, name, quantity, (unit_id, title_id) in booked)
        titles[unit_id].append(planned)
    return [
        UnitPlan(
            unit_id=unit.id,
            words=f"{unit.number} {unit.name}".strip(),
            subject=unit.subject,
            grade=unit.grade,
            period=period,
            titles=tuple(titles[unit.id]),
        )
        for unit, period in units
    ]


def _booked(session: Session, unit_ids: list[int]) -> set[tuple[int, int]]:
    rows = session.execute(
        select(Booking.unit_id, Holding.title_id)
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .join(Holding, Holding.id == BookingLine.holding_id)
        .where(Booking.unit_id.in_(unit_ids), Booking.state.in_(KEPT))
        .distinct()
    )
    return {(unit_id, title_id) for unit_id, title_id in rows if unit_id is not None}
