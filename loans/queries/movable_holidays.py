"""A school's movable holidays, and the state's holidays they must not fall on."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.closure import Holiday, MovableHoliday
from loans.queries.borrowers import within
from loans.rules.calendar import NamedDay
from loans.rules.movable_days import StateHolidays
from schools.models.institution import Institution
from schools.rules.periods import Period
from schools.rules.roles import Scope
from schools.vocabularies.holidays import HolidayKind


@dataclass(frozen=True, slots=True)
class MovableDay:
    """A day off that a school has chosen."""

    id: int
    day: date
    name: str


def movable_days_of(
    session: Session, scope: Scope, institution_id: int, period: Period
) -> tuple[MovableDay, ...]:
    """Return a school's movable holidays in a period by their day; none outside the scope."""
    query = (
        select(MovableHoliday.id, MovableHoliday.day, MovableHoliday.name)
        .join(Institution, Institution.id == MovableHoliday.institution_id)
        .where(MovableHoliday.institution_id == institution_id)
        .where(within(scope, Institution.centre_id, Institution.id))
        .where(MovableHoliday.day.between(period.first, period.last))
        .order_by(MovableHoliday.day, MovableHoliday.id)
    )
    return tuple(MovableDay(*row) for row in session.execute(query))


def state_holidays(session: Session) -> StateHolidays:
    """Return the holidays of the state, as the store has them."""
    rows = session.scalars(select(Holiday).order_by(Holiday.first, Holiday.id)).all()
    return StateHolidays(
        public=tuple(
            NamedDay(day, row.name)
            for row in rows
            if row.kind is HolidayKind.PUBLIC
            for day in Period(row.first, row.last)
        ),
        school=tuple(
            Period(row.first, row.last) for row in rows if row.kind is HolidayKind.SCHOOL
        ),
    )
