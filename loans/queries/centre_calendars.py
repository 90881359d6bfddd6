"""The whole calendar of a centre, as its office edits it; days of every year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.closure import Closure, ExceptionalOpening, Holiday, OpeningHours
from loans.queries.calendars import weekdays_in
from loans.rules import calendar as rules
from loans.rules.centre_calendar import CentreCalendar, PlacedClosure, PlacedOpening, Week
from schools.models.media_centre import Branch
from schools.rules.periods import Period
from schools.rules.roles import Scope
from schools.vocabularies.holidays import HolidayKind


def centre_calendar(session: Session, centre_id: int) -> CentreCalendar:
    """Return everything that decides when the branches of a centre are open, in five statements.

    It is published, so no scope is asked for.
    """
    holidays = session.scalars(select(Holiday).order_by(Holiday.first, Holiday.id)).all()
    return CentreCalendar(
        weeks=_weeks(session, centre_id),
        closures=_closures(session, centre_id),
        openings=_openings(session, centre_id),
        public_holidays=tuple(
            rules.NamedDay(day, row.name)
            for row in holidays
            if row.kind is HolidayKind.PUBLIC
            for day in Period(row.first, row.last)
        ),
        school_holidays=tuple(
            Period(row.first, row.last) for row in holidays if row.kind is HolidayKind.SCHOOL
        ),
    )


def closure_within(
    session: Session, scope: Scope, closure_id: int
) -> tuple[int, PlacedClosure] | None:
    """Return a closure with its centre; None where the scope ends."""
    row = session.get(Closure, closure_id)
    if row is None or not scope.covers_centre(row.centre_id):
        return None
    return row.centre_id, placed_closure(row)


def opening_within(
    session: Session, scope: Scope, opening_id: int
) -> tuple[int, PlacedOpening] | None:
    """Return an exceptional opening by its first row, with its centre; None outside the scope."""
    row = session.get(ExceptionalOpening, opening_id)
    if row is None or not scope.covers_centre(row.centre_id):
        return None
    found = _openings(session, row.centre_id)
    return next(((row.centre_id, each) for each in found if each.id == opening_id), None)


def _weeks(session: Session, centre_id: int) -> dict[int, Week]:
    branches = session.execute(
        select(Branch.id, Branch.processed_weekdays, Branch.visits_a_day)
        .where(Branch.centre_id == centre_id)
        .order_by(Branch.id)
    ).all()
    rows = session.scalars(
        select(OpeningHours)
        .join(Branch, Branch.id == OpeningHours.branch_id)
        .where(Branch.centre_id == centre_id)
        .order_by(OpeningHours.weekday, OpeningHours.opens)
    )
    hours: dict[int, list[tuple[int, rules.Hours]]] = defaultdict(list)
    for row in rows:
        hours[row.branch_id].append((row.weekday, rules.Hours(row.opens, row.closes)))
    return {
        branch_id: Week(tuple(hours[branch_id]), weekdays_in(processed), visits)
        for branch_id, processed, visits in branches
    }


def _closures(session: Session, centre_id: int) -> tuple[PlacedClosure, ...]:
    rows = session.scalars(
        select(Closure).where(Closure.centre_id == centre_id).order_by(Closure.first, Closure.id)
    )
    return tuple(placed_closure(row) for row in rows)


def placed_closure(row: Closure) -> PlacedClosure:
    """Return a stored closure as the rules see it."""
    closure = rules.Closure(row.name, row.first, row.last, row.yearly, row.processed)
    return PlacedClosure(row.id, row.branch_id, closure)


def _openings(session: Session, centre_id: int) -> tuple[PlacedOpening, ...]:
    rows = session.scalars(
        select(ExceptionalOpening)
        .where(ExceptionalOpening.centre_id == centre_id)
        .order_by(ExceptionalOpening.day, ExceptionalOpening.opens, ExceptionalOpening.id)
    )
    return placed_openings(rows)


def placed_openings(rows: Iterable[ExceptionalOpening]) -> tuple[PlacedOpening, ...]:
    """Return stored stretches as openings: those of one day and place are one, by its first id."""
    found: dict[_Key, list[ExceptionalOpening]] = defaultdict(list)
    for row in rows:
        found[_Key(row.day, row.branch_id)].append(row)
    return tuple(
        PlacedOpening(
            min(row.id for row in same),
            key.branch_id,
            rules.ExceptionalOpening(
                key.day,
                tuple(rules.Hours(row.opens, row.closes) for row in same),
                same[0].name,
            ),
        )
        for key, same in found.items()
    )


@dataclass(frozen=True, slots=True)
class _Key:
    day: date
    branch_id: int | None
