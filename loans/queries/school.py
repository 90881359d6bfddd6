"""What stands at a school: its own devices, those placed there, those on loan."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.defect import Defect
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import STILL_OPEN
from loans.models.loan import Loan
from loans.rules.reminders import days_overdue
from schools.models.person import Person
from schools.rules.roles import Scope


class Standing(StrEnum):
    """Why a device stands at a school."""

    OWN = "own"
    """It belongs to the school."""
    PLACED = "placed"
    """The centre's, there for good; somebody looks after it."""
    LENT = "lent"
    """The centre's, with a day to be back."""


@dataclass(frozen=True, slots=True)
class Device:
    """A copy at a school.

    Attributes:
        holder: who borrowed it or answers for it; empty for the school's own.
        due_on: last day in time; only of what is lent.
        received_on: since when it is back in the house, though nobody has looked it over yet.
        review_on: when a placement is looked at again.
        open_defects: how many reported defects are not settled.
    """

    copy_id: int
    title_id: int
    title: str
    type_code: str
    barcode: str
    inventory_number: str | None
    serial_number: str
    state: CopyState
    value_cents: int | None
    standing: Standing
    person_id: int | None
    holder: str
    class_name: str
    lent_on: date | None
    due_on: date | None
    received_on: date | None
    review_on: date | None
    open_defects: int

    def days_late(self, today: date) -> int:
        """Count the days past the due date; 0 in time, without one, or once it is back."""
        if self.due_on is None or self.received_on is not None:
            return 0
        return days_overdue(self.due_on, today)


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Which devices are wanted; empty values do not narrow.

    Attributes:
        words: parts of title, numbers, class or name; all must be found.
        standing: one of the three lists.
        state: of the copy.
        defective: only those with an open defect.
    """

    words: str = ""
    standing: Standing | None = None
    state: CopyState | None = None
    defective: bool = False


@dataclass(frozen=True, slots=True)
class Extract:
    """Which rows of a list are wanted; no limit gives all."""

    offset: int = 0
    limit: int | None = None


WHOLE = Extract()


@dataclass(frozen=True, slots=True)
class Total:
    """What one of the three lists adds up to.

    Attributes:
        number: of devices.
        value_cents: of those whose value is known.
        next_due: the earliest due date of what is not back.
        next_review: the earliest review of a placement.
        late: how many are past their due date and not back.
    """

    number: int = 0
    value_cents: int = 0
    next_due: date | None = None
    next_review: date | None = None
    late: int = 0


def totals_of(
    session: Session, scope: Scope, institution_id: int, today: date
) -> dict[Standing, Total]:
    """Return what each of a school's three lists adds up to, in one statement."""
    devices = _at_school(scope, institution_id).subquery()
    is_late = and_(devices.c.due_on < today, devices.c.received_on.is_(None))
    rows = session.execute(
        select(
            devices.c.standing,
            func.count(),
            func.coalesce(func.sum(devices.c.value_cents), 0),
            func.min(case((devices.c.received_on.is_(None), devices.c.due_on))),
            func.min(devices.c.review_on),
            func.coalesce(func.sum(case((is_late, 1), else_=0)), 0),
        ).group_by(devices.c.standing)
    )
    found = {Standing(row[0]): Total(*row[1:]) for row in rows}
    return {standing: found.get(standing, Total()) for standing in Standing}


def devices_of(
    session: Session,
    scope: Scope,
    institution_id: int,
    wanted: DeviceFilter,
    part: Extract = WHOLE,
) -> tuple[tuple[Device, ...], int]:
    """Return a part of a school's devices, and how many there are; two statements.

    Things on loan come with those due first on top, all else by name. Where the reader's reach is
    a centre, other centres' things at the school are left out.
    """
    query = _at_school(scope, institution_id).where(*_conditions(wanted))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    first = [Loan.due_on] if wanted.standing is Standing.LENT else []
    ordered = query.order_by(*first, Title.name, Copy.barcode, Copy.id)
    rows = session.execute(ordered.offset(part.offset).limit(part.limit))
    return tuple(_device(row) for row in rows), total


def out_with(
    session: Session, scope: Scope, institution_id: int, person_ids: Collection[int]
) -> dict[int, tuple[Device, ...]]:
    """Return what each person still has for a school, whether lent or placed; one statement."""
    query = _at_school(scope, institution_id).where(Loan.person_id.in_(person_ids))
    found: dict[int, list[Device]] = {}
    for row in session.execute(query.order_by(Loan.due_on, Title.name, Copy.id)):
        found.setdefault(row.person_id, []).append(_device(row))
    return {person_id: tuple(devices) for person_id, devices in found.items()}


def _at_school(scope: Scope, institution_id: int) -> Select[*tuple[Any, ...]]:
    open_here = and_(Loan.institution_id == institution_id, Loan.returned_on.is_(None))
    there = union(
        select(Loan.copy_id).where(open_here),
        select(Copy.id).where(Copy.owner_id == institution_id, Copy.state != CopyState.WITHDRAWN),
    )
    return (
        select(*_COLUMNS)
        .select_from(Copy)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .outerjoin(Loan, and_(Loan.copy_id == Copy.id, open_here))
        .outerjoin(Person, Person.id == Loan.person_id)
        .where(Copy.id.in_(there), _seen(scope, institution_id))
    )


def _seen(scope: Scope, institution_id: int) -> ColumnElement[bool]:
    if scope.everything or institution_id in scope.institution_ids:
        return true()
    return Copy.centre_id.in_(scope.centre_ids)


def _conditions(wanted: DeviceFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.standing is not None:
        yield _STANDING.in_([wanted.standing.value])
    if wanted.state is not None:
        yield Copy.state == wanted.state
    if wanted.defective:
        yield exists().where(*_OPEN)
    for word in wanted.words.split():
        yield _says(word)


def _says(word: str) -> ColumnElement[bool]:
    # SQLite folds only ASCII letters, so a capital umlaut is asked for as well.
    return or_(
        *(
            column.icontains(part, autoescape=True)
            for column in _SEARCHED
            for part in {word, word.capitalize()}
        )
    )


def _device(row: Row[*tuple[Any, ...]]) -> Device:
    values = row._asdict()
    return Device(**values | {"standing": Standing(row.standing)})


_STANDING: ColumnElement[str] = case(
    (Loan.id.is_(None), literal(Standing.OWN.value, String)),
    (Loan.placed, literal(Standing.PLACED.value, String)),
    else_=literal(Standing.LENT.value, String),
)
_OPEN = (Defect.copy_id == Copy.id, Defect.state.in_(STILL_OPEN))
_OPEN_DEFECTS = select(func.count(Defect.id)).where(*_OPEN).correlate(Copy).scalar_subquery()
_SEARCHED = (
    Title.name,
    Copy.barcode,
    Copy.inventory_number,
    Copy.serial_number,
    Loan.class_name,
    Person.family_name,
)
_COLUMNS: tuple[Any, ...] = (
    Copy.id.label("copy_id"),
    Title.id.label("title_id"),
    Title.name.label("title"),
    Title.media_type.label("type_code"),
    Copy.barcode,
    Copy.inventory_number,
    Copy.serial_number,
    Copy.state,
    Copy.value_cents,
    _STANDING.label("standing"),
    Loan.person_id,
    func.coalesce(Person.given_name + " " + Person.family_name, "").label("holder"),
    func.coalesce(Loan.class_name, "").label("class_name"),
    Loan.lent_on,
    Loan.due_on,
    Loan.received_on,
    Loan.review_on,
    _OPEN_DEFECTS.label("open_defects"),
)
