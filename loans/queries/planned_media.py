"""Teaching units with the media planned for them, and what of these is booked already."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.planned_medium import PlannedMedium
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.queries.borrowers import within
from loans.queries.plans import KEPT
from loans.rules.booking_states import BookingState
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.rules.periods import Period
from schools.rules.roles import Scope

MOST_UNITS = 400
"""Far more than a school plans with media; keeps one odd school from making a page slow."""


@dataclass(frozen=True, slots=True)
class PlannedTitle:
    """So many pieces of a title, planned for a unit."""

    title_id: int
    name: str
    type_code: str
    quantity: int
    note: str


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A teaching unit with its media by name; weeks are calendar weeks."""

    id: int
    institution_id: int
    institution: str
    centre_id: int | None
    number: str
    name: str
    subject: str
    grade: int
    first_week: int
    last_week: int
    media: tuple[PlannedTitle, ...]

    @property
    def words(self) -> str:
        """Number and name, as lists show it."""
        return f"{self.number} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class BookedTitle:
    """Pieces of a title that are booked for a unit in a school year, by whomever."""

    title_id: int
    name: str
    type_code: str
    quantity: int


def unit_within(session: Session, scope: Scope, unit_id: int) -> PlannedUnit | None:
    """Return a unit with its media, if any; None where the scope ends or if it is retired."""
    rows = session.execute(_units(scope).where(TeachingUnit.id == unit_id)).all()
    return next(iter(_grouped(rows)), None)


def planned_units(session: Session, scope: Scope, institution_id: int) -> tuple[PlannedUnit, ...]:
    """Return the units of a school that plan with media, by subject, grade and number.

    One statement, at most `MOST_UNITS` units.
    """
    rows = session.execute(
        _units(scope).where(
            TeachingUnit.institution_id == institution_id, PlannedMedium.title_id.is_not(None)
        )
    ).all()
    return tuple(_grouped(rows))[:MOST_UNITS]


def subjects_taught(session: Session, person_id: int) -> frozenset[str]:
    """Return the subjects of units somebody has booked for."""
    query = (
        select(TeachingUnit.subject)
        .join(Booking, Booking.unit_id == TeachingUnit.id)
        .where(Booking.person_id == person_id)
        .distinct()
    )
    return frozenset(session.scalars(query))


def booked_for(
    session: Session, scope: Scope, unit_ids: Collection[int], year: Period
) -> Mapping[int, Sequence[BookedTitle]]:
    """Return by unit the titles booked for it with days in a school year, in one statement.

    What was cancelled, declined or lapsed does not count, nor does the rest of what was collected
    in part; what is over does.

    Source:
        docs/rules.md, Lending 6.2.
    """
    given_up = Booking.state.in_((BookingState.COLLECTED, BookingState.CLOSED))
    kept = case((given_up, BookingLine.handed_out), else_=BookingLine.quantity)
    pieces = func.sum(kept)
    rows = session.execute(
        select(Booking.unit_id, Title.id, Title.name, Title.media_type, pieces)
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .join(Holding, Holding.id == BookingLine.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(Booking.unit_id.in_(unit_ids), Booking.state.in_(KEPT))
        .where(Booking.first <= year.last, Booking.last >= year.first)
        .where(within(scope, Booking.centre_id, Booking.institution_id))
        .where(kept > 0)
        .group_by(Booking.unit_id, Title.id, Title.name, Title.media_type)
        .order_by(Booking.unit_id, Title.name)
    )
    found: dict[int, list[BookedTitle]] = defaultdict(list)
    for unit_id, title_id, name, type_code, quantity in rows:
        if unit_id is not None:
            found[unit_id].append(BookedTitle(title_id, name, type_code, int(quantity)))
    return found


@cache
def _columns() -> tuple[Any, ...]:
    return (
        TeachingUnit.id,
        TeachingUnit.institution_id,
        func.coalesce(func.nullif(Institution.short_name, ""), Institution.name),
        Institution.centre_id,
        TeachingUnit.number,
        TeachingUnit.name,
        TeachingUnit.subject,
        TeachingUnit.grade,
        TeachingUnit.first_week,
        TeachingUnit.last_week,
        Title.id.label("title_id"),
        Title.name.label("title"),
        Title.media_type,
        PlannedMedium.quantity,
        PlannedMedium.note,
    )


def _units(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(*_columns())
        .join(Institution, Institution.id == TeachingUnit.institution_id)
        .outerjoin(PlannedMedium, PlannedMedium.unit_id == TeachingUnit.id)
        .outerjoin(Title, Title.id == PlannedMedium.title_id)
        .where(TeachingUnit.retired_on.is_(None))
        .where(within(scope, Institution.centre_id, Institution.id))
        .order_by(
            TeachingUnit.subject,
            TeachingUnit.grade,
            TeachingUnit.number,
            TeachingUnit.id,
            Title.name,
        )
    )


def _grouped(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[PlannedUnit]:
    by_unit: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        by_unit[row.id].append(row)
    for same in by_unit.values():
        media = tuple(
            PlannedTitle(row.title_id, row.title, row.media_type, row.quantity, row.note)
            for row in same
            if row.title_id is not None
        )
        values: tuple[Any, ...] = (*same[0][:10], media)
        yield PlannedUnit(*values)
