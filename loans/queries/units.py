"""Teaching units as purposes: those that fit a title first, last used first."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from catalogue.models.curriculum_link import CurriculumLink
from catalogue.models.title import Title
from loans.models.booking import Booking
from loans.queries.scopes import in_scope, scope_values
from schools.models.curriculum import Scheme
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit as a purpose.

    Attributes:
        fits: subject and grade are those of the title.
        any_subject: the title serves every subject, as devices do.
    """

    id: int
    institution_id: int
    number: str
    name: str
    subject: str
    grade: int
    fits: bool
    any_subject: bool = False

    @property
    def words(self) -> str:
        """Number and name, as lists show it."""
        return f"{self.number} {self.name}".strip()


def units_for(
    session: Session, scope: Scope, institution_id: int, title_id: int
) -> tuple[UnitChoice, ...]:
    """Return the units of an institution as purposes for a title; see `units_for_titles`."""
    pair = (institution_id, title_id)
    return units_for_titles(session, scope, {pair})[pair]


def units_for_titles(
    session: Session, scope: Scope, pairs: Collection[tuple[int, int]]
) -> dict[tuple[int, int], tuple[UnitChoice, ...]]:
    """Return units as purposes, for each pair of institution and title; in two statements.

    Those whose subject and grade fit come first, among them the last used first; then the
    others by subject, grade and number. Empty for an institution out of the scope.

    Source:
        docs/rules.md, Lending 6.1.
    """
    institutions = {institution_id for institution_id, _ in pairs}
    asked = {"institution_ids": list(institutions)} | scope_values(scope)
    units: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in session.execute(_units(), asked):
        units[row.institution_id].append(row)
    fitting = _fitting(session, {title_id for _, title_id in pairs})
    return {
        (institution_id, title_id): _ordered(units[institution_id], fitting.get(title_id, _NONE))
        for institution_id, title_id in pairs
    }


def _ordered(rows: Iterable[Row[*tuple[Any, ...]]], fit: "_Fit") -> tuple[UnitChoice, ...]:
    choices = [(_choice(row, fit), row.last_used or 0) for row in rows]
    choices.sort(key=lambda each: (not each[0].fits, -each[1]))
    return tuple(choice for choice, _ in choices)


@cache
def _units() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    last_used = (
        select(func.max(Booking.id)).where(Booking.unit_id == TeachingUnit.id).scalar_subquery()
    )
    return (
        select(
            TeachingUnit.id,
            TeachingUnit.institution_id,
            TeachingUnit.number,
            TeachingUnit.name,
            TeachingUnit.subject,
            TeachingUnit.grade,
            last_used.label("last_used"),
        )
        .join(Institution, Institution.id == TeachingUnit.institution_id)
        .where(TeachingUnit.institution_id.in_(bindparam("institution_ids", expanding=True)))
        .where(TeachingUnit.retired_on.is_(None))
        .where(in_scope(Institution.centre_id, Institution.id))
        .order_by(TeachingUnit.subject, TeachingUnit.grade, TeachingUnit.number)
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """Subjects and grades of a title; no grades suit every grade, no subjects suit none."""

    subjects: frozenset[str]
    first: int | None
    last: int | None

    def suits(self, subject: str, grade: int) -> bool:
        if subject not in self.subjects:
            return False
        return self.first is None or self.last is None or self.first <= grade <= self.last


_NONE = _Fit(frozenset(), None, None)


def _fitting(session: Session, title_ids: Collection[int]) -> dict[int, _Fit]:
    found: dict[int, _Fit] = {}
    for row in session.execute(_subjects_and_grades(), {"title_ids": list(title_ids)}):
        known = found.get(row.id, _NONE).subjects
        subjects = known if row.code is None else known | {row.code}
        found[row.id] = _Fit(subjects, row.grade_from, row.grade_to)
    return found


@cache
def _subjects_and_grades() -> Select[*tuple[Any, ...]]:
    subject = and_(CurriculumLink.title_id == Title.id, CurriculumLink.scheme == Scheme.SUBJECT)
    return (
        select(Title.id, CurriculumLink.code, Title.grade_from, Title.grade_to)
        .select_from(Title)
        .outerjoin(CurriculumLink, subject)
        .where(Title.id.in_(bindparam("title_ids", expanding=True)))
    )


def _choice(row: Row[*tuple[Any, ...]], fitting: _Fit) -> UnitChoice:
    return UnitChoice(
        row.id,
        row.institution_id,
        row.number,
        row.name,
        row.subject,
        row.grade,
        fits=fitting.suits(row.subject, row.grade),
        any_subject=not fitting.subjects,
    )
