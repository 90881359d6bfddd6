"""Reported defects within a reader's reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy, Part
from catalogue.models.defect import Defect, DefectKind
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from catalogue.rules.defect_states import DefectState, defect_number
from schools.models.institution import Institution
from schools.models.person import Person
from schools.queries.signed_in import day_of
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class DefectFacts:
    """A defect as lists and its own page show it.

    Attributes:
        part: name of the part concerned; empty for the whole.
        school: where the copy is or was; empty for the house.
        reporter: name of whoever reported it; empty if cut or found at the desk.
        photo: stored name of its picture; None without one.
        version: for a second editor to be told.
        lacks: the copy lacks a part it is of no use without.
    """

    id: int
    kind: DefectKind
    text: str
    state: DefectState
    answer: str
    deadline: date | None
    reported_at: datetime
    changed_at: datetime
    version: int
    centre_id: int
    institution_id: int | None
    school: str
    copy_id: int
    barcode: str
    copy_state: CopyState
    title_id: int
    title: str
    type_code: str
    part: str
    reporter: str
    photo: str | None
    width: int | None
    height: int | None
    lacks: bool

    @property
    def number(self) -> str:
        """The number people name it by."""
        return defect_number(self.id)

    @property
    def reported_on(self) -> date:
        """The day of the report, at the centre."""
        return day_of(self.reported_at)


@dataclass(frozen=True, slots=True)
class DefectFilter:
    """Which defects are wanted; empty values do not narrow.

    Attributes:
        states: any of them.
        institution_id: of this school.
    """

    states: frozenset[DefectState] = frozenset()
    institution_id: int | None = None


@dataclass(frozen=True, slots=True)
class Photograph:
    """A picture as it is served."""

    stored_name: str
    media_type: str


def defects_within(
    session: Session, scope: Scope, wanted: DefectFilter, page: int, size: int
) -> tuple[tuple[DefectFacts, ...], int]:
    """Return a page of defects, the latest first, and how many there are.

    The scope's person sees what they reported themselves, wherever it is.
    """
    query = _facts().where(_within(scope), *_conditions(wanted)).order_by(Defect.id.desc())
    rows = session.execute(query.limit(size).offset((page - 1) * size))
    return tuple(_read(row) for row in rows), count_defects(session, scope, wanted)


def count_defects(session: Session, scope: Scope, wanted: DefectFilter) -> int:
    """Count the defects that `defects_within` pages through."""
    query = select(func.count(Defect.id)).where(_within(scope), *_conditions(wanted))
    return session.scalar(query) or 0


def defect_within(session: Session, scope: Scope, defect_id: int) -> DefectFacts | None:
    """Return one defect; None where the scope ends."""
    row = session.execute(_facts().where(Defect.id == defect_id, _within(scope))).one_or_none()
    return None if row is None else _read(row)


def photo_within(session: Session, scope: Scope, stored_name: str) -> Photograph | None:
    """Return the picture of a defect that lies within the scope."""
    row = session.execute(
        select(Attachment.stored_name, Attachment.media_type)
        .join(Defect, Defect.photo_id == Attachment.id)
        .where(Attachment.stored_name == stored_name, _within(scope))
    ).first()
    return None if row is None else Photograph(*row)


def _conditions(wanted: DefectFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(Defect.state.in_(wanted.states))
    if wanted.institution_id is not None:
        conditions.append(Defect.institution_id == wanted.institution_id)
    return conditions


def _within(scope: Scope) -> ColumnElement[bool]:
    if scope.everything:
        return true()
    own = [] if scope.person_id is None else [Defect.person_id == scope.person_id]
    return or_(
        Defect.centre_id.in_(scope.centre_ids),
        Defect.institution_id.in_(scope.institution_ids),
        *own,
    )


def _facts() -> Select[*tuple[Any, ...]]:
    own = aliased(Part)
    lacks = exists().where(own.copy_id == Copy.id, own.critical, own.missing > 0)
    return (
        select(
            Defect.id,
            Defect.kind,
            Defect.text,
            Defect.state,
            Defect.answer,
            Defect.deadline,
            Defect.reported_at,
            Defect.changed_at,
            Defect.version,
            Defect.centre_id,
            Defect.institution_id,
            func.coalesce(Institution.name, "").label("school"),
            Copy.id.label("copy_id"),
            Copy.barcode,
            Copy.state.label("copy_state"),
            Title.id.label("title_id"),
            Title.name.label("title"),
            Title.media_type.label("type_code"),
            func.coalesce(Part.name, "").label("part"),
            func.coalesce(Person.given_name + " " + Person.family_name, "").label("reporter"),
            Attachment.stored_name.label("photo"),
            Attachment.width,
            Attachment.height,
            lacks.label("lacks"),
        )
        .join(Copy, Copy.id == Defect.copy_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .outerjoin(Institution, Institution.id == Defect.institution_id)
        .outerjoin(Part, Part.id == Defect.part_id)
        .outerjoin(Person, Person.id == Defect.person_id)
        .outerjoin(Attachment, Attachment.id == Defect.photo_id)
    )


def _read(row: Row[*tuple[Any, ...]]) -> DefectFacts:
    return DefectFacts(*row)
