"""Teaching units of a reader's own schools, as lists offer them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from schools.models.media_concept import TeachingUnit
from schools.rules.roles import Scope

MOST_UNITS = 1000
"""Far more than a school plans; keeps one odd school from making a page slow."""

_INSTITUTIONS: BindParameter[int] = bindparam("institution_ids", expanding=True)


@dataclass(frozen=True, slots=True)
class UnitName:
    """A teaching unit by what it is called."""

    number: str
    name: str
    subject: str
    grade: int

    @property
    def words(self) -> str:
        """Number and name, as lists show it."""
        return f"{self.number} {self.name}".strip()


def own_units(session: Session, scope: Scope) -> tuple[UnitName, ...]:
    """Return the units in use at the institutions a scope names, in one statement.

    By subject, grade and number. Those of schools that only a centre in the scope serves are left
    out: they are not the reader's own.
    """
    if not scope.institution_ids:
        return ()
    rows = session.execute(_units(), {"institution_ids": sorted(scope.institution_ids)})
    return tuple(UnitName(*row) for row in rows)


@cache
def _units() -> Select[*tuple[Any, ...]]:
    """Build the statement once: it is asked while somebody types."""
    return (
        select(TeachingUnit.number, TeachingUnit.name, TeachingUnit.subject, TeachingUnit.grade)
        .where(TeachingUnit.institution_id.in_(_INSTITUTIONS))
        .where(TeachingUnit.retired_on.is_(None))
        .order_by(TeachingUnit.subject, TeachingUnit.grade, TeachingUnit.number, TeachingUnit.id)
        .limit(MOST_UNITS)
    )
