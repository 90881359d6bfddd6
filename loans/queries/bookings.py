"""Bookings as pages show them: one by its number, a person's, a centre's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.models.purpose import OtherReason
from loans.queries.borrowers import is_called, within
from loans.rules.booking_states import COMMITTING, BookingState, BookingStep, next_state
from schools.models.institution import Institution
from schools.models.media_centre import Branch, PickupPlace, PlaceKind
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person
from schools.rules.pages import last_page
from schools.rules.periods import Period
from schools.rules.roles import Scope

PAGE = 25
"""Bookings a page of the centre's list shows."""

OPEN = COMMITTING | {BookingState.COLLECTED}
"""States in which a booking still concerns its borrower."""


@dataclass(frozen=True, slots=True)
class BookedLine:
    """So many of a title, and how many of them were handed out; `copy` names a numbered one."""

    id: int
    holding_id: int
    title_id: int
    title: str
    type_code: str
    shelf_mark: str
    quantity: int
    handed_out: int
    copy_id: int | None = None
    copy: str = ""

    @property
    def left(self) -> int:
        """How many are still to be collected."""
        return max(0, self.quantity - self.handed_out)


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking with everything its pages and letters say.

    Attributes:
        unit: number and name of the teaching unit; empty for another `reason`.
        person_id: None once the person was cut from it.
        place: name of the pick-up place, which `place_kind` tells how it is reached.
        overbooked_reason: why staff booked it though too little was free; it stays when others
            solve that, and goes when an edit of its own does.
        group_key: what bookings made in one go share.
    """

    id: int
    number: str
    state: BookingState
    period: Period
    centre_id: int
    institution_id: int
    institution: str
    person_id: int | None
    person: str
    unit_id: int | None
    unit: str
    reason: OtherReason | None
    class_name: str
    remark: str
    place_id: int
    place: str
    place_kind: PlaceKind
    branch_id: int
    branch: str
    lines: tuple[BookedLine, ...]
    entered_by_staff: bool
    created_at: datetime
    sequence: int
    overbooked_reason: str = ""
    group_key: str | None = None

    @property
    def can_be_edited(self) -> bool:
        """Say whether dates, amounts and the like can still be changed."""
        return next_state(self.state, BookingStep.EDIT) is not None

    @property
    def can_be_revived(self) -> bool:
        """Say whether it was cancelled or lapsed, and may be taken up again."""
        return next_state(self.state, BookingStep.REVIVE) is not None

    @property
    def is_out(self) -> bool:
        """Say whether some of it was handed out."""
        return any(line.handed_out for line in self.lines)

    @property
    def can_be_cancelled(self) -> bool:
        """Say whether anything of it is still to be collected."""
        return self.state in COMMITTING

    @property
    def pieces(self) -> int:
        """How many things are booked in all."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """What the centre's list is narrowed to; None and empty leave all.

    Attributes:
        day: bookings that run on this day.
        state: exactly this one; None for all that are open.
        overbooked: only what staff booked though too little was free.
        words: beginnings of the person's names, or the booking's number.
        page: counted from 1.
    """

    day: date | None = None
    state: BookingState | None = None
    overbooked: bool = False
    words: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class BookingPage:
    """One page of a list, and how long the whole list is."""

    bookings: tuple[BookingFacts, ...]
    total: int

    @property
    def last_page(self) -> int:
        """The number of the last page, at least 1."""
        return last_page(self.total, PAGE)


def booking_numbered(session: Session, scope: Scope, number: str) -> BookingFacts | None:
    """Return the booking with that number, in two statements; None where the scope ends."""
    query = _bookings(scope).where(Booking.number == number.strip().upper())
    row = session.scalar(query.options(*_everything()))
    return None if row is None else facts_of(row)


def booking_row(session: Session, scope: Scope, number: str) -> Booking | None:
    """Return the row of the booking with that number, its lines loaded; None out of the scope."""
    query = _bookings(scope).where(Booking.number == number.strip().upper())
    return session.scalar(query.options(*_everything()))


def bookings_together(session: Session, scope: Scope, group_key: str) -> tuple[BookingFacts, ...]:
    """Return the bookings made in one go by their first day, in two statements."""
    query = _bookings(scope).where(Booking.group_key == group_key)
    return _facts(session, query.order_by(Booking.first, Booking.id))


def bookings_of_person(
    session: Session, person_id: int, *, since: date | None = None
) -> tuple[BookingFacts, ...]:
    """Return a person's open bookings by their first day, in two statements.

    Args:
        session: the session.
        person_id: whose; pages pass that of the visitor.
        since: bookings of any state that end on this day or later are listed as well.
    """
    wanted: ColumnElement[bool] = Booking.state.in_(OPEN)
    if since is not None:
        wanted = or_(wanted, Booking.last >= since)
    query = select(Booking).where(Booking.person_id == person_id, wanted)
    return _facts(session, query.order_by(Booking.first, Booking.id))


def bookings_of_centre(session: Session, scope: Scope, narrowed: BookingFilter) -> BookingPage:
    """Return a page of the bookings within a scope by their first day, in three statements."""
    query = _bookings(scope).where(*_conditions(narrowed))
    total = session.scalar(query.with_only_columns(func.count(Booking.id))) or 0
    page = query.order_by(Booking.first, Booking.id)
    page = page.limit(PAGE).offset(PAGE * (max(1, narrowed.page) - 1))
    return BookingPage(_facts(session, page), total)


def count_requests(session: Session, scope: Scope) -> int:
    """Count what staff have to decide about within a scope."""
    requested = _bookings(scope).where(Booking.state == BookingState.REQUESTED)
    return session.scalar(requested.with_only_columns(func.count(Booking.id))) or 0


def last_purpose_of(session: Session, person_id: int) -> tuple[int | None, OtherReason | None]:
    """Return the unit or the other reason a person booked for last; neither if there was none.

    Source:
        docs/rules.md, Lending 6.1: last used first.
    """
    row = session.execute(_last_purpose(), {"person_id": person_id}).first()
    return (None, None) if row is None else (row.unit_id, row.reason)


@cache
def _last_purpose() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(Booking.unit_id, Booking.reason)
        .where(Booking.person_id == bindparam("person_id"))
        .order_by(Booking.id.desc())
        .limit(1)
    )


def class_names_of(session: Session, person_id: int) -> tuple[str, ...]:
    """Return the classes a person has booked for, the last one first; at most 10."""
    return tuple(session.scalars(_class_names(), {"person_id": person_id}))


@cache
def _class_names() -> Select[str]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(Booking.class_name)
        .where(Booking.person_id == bindparam("person_id"), Booking.class_name != "")
        .group_by(Booking.class_name)
        .order_by(func.max(Booking.id).desc())
        .limit(10)
    )


def facts_of(row: Booking) -> BookingFacts:
    """Return a booking's row with its relations as a plain value."""
    unit = row.unit
    return BookingFacts(
        id=row.id,
        number=row.number,
        state=row.state,
        period=Period(row.first, row.last),
        centre_id=row.centre_id,
        institution_id=row.institution_id,
        institution=row.institution.short_name or row.institution.name,
        person_id=row.person_id,
        person="" if row.person is None else row.person.name,
        unit_id=row.unit_id,
        unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
        reason=row.reason,
        class_name=row.class_name,
        remark=row.remark,
        place_id=row.place_id,
        place=row.place.name,
        place_kind=row.place.kind,
        branch_id=row.place.branch_id,
        branch=row.place.branch.name,
        lines=tuple(_line(line) for line in row.lines),
        entered_by_staff=row.entered_by_staff,
        created_at=row.created_at,
        sequence=row.sequence,
        overbooked_reason=row.overbooked_reason,
        group_key=row.group_key,
    )


@cache
def _everything() -> tuple[ORMOption, ...]:
    # Made on first use: by then every model is imported, and the mappers know each other.
    return (
        joinedload(Booking.person).load_only(Person.given_name, Person.family_name),
        joinedload(Booking.institution).load_only(Institution.name, Institution.short_name),
        joinedload(Booking.unit).load_only(TeachingUnit.number, TeachingUnit.name),
        joinedload(Booking.place).joinedload(PickupPlace.branch).load_only(Branch.name),
        selectinload(Booking.lines)
        .joinedload(BookingLine.holding)
        .load_only(Holding.title_id, Holding.shelf_mark)
        .joinedload(Holding.title)
        .load_only(Title.name, Title.media_type),
        selectinload(Booking.lines).joinedload(BookingLine.copy).load_only(Copy.barcode),
    )


def _bookings(scope: Scope) -> Select[Booking]:
    own = [] if scope.person_id is None else [Booking.person_id == scope.person_id]
    near = within(scope, Booking.centre_id, Booking.institution_id)
    return select(Booking).where(or_(near, *own))


def _conditions(narrowed: BookingFilter) -> Iterable[ColumnElement[bool]]:
    if narrowed.day is not None:
        yield Booking.first <= narrowed.day
        yield Booking.last >= narrowed.day
    if narrowed.state is None:
        yield Booking.state.in_(OPEN)
    else:
        yield Booking.state == narrowed.state
    if narrowed.overbooked:
        yield Booking.overbooked_reason != ""
    for word in narrowed.words.replace(",", " ").split():
        called = select(Person.id).where(is_called(word))
        yield or_(Booking.number == word.upper(), Booking.person_id.in_(called))


def _facts(session: Session, query: Select[Any]) -> tuple[BookingFacts, ...]:
    return tuple(facts_of(row) for row in session.scalars(query.options(*_everything())))


def _line(row: BookingLine) -> BookedLine:
    title = row.holding.title
    return BookedLine(
        id=row.id,
        holding_id=row.holding_id,
        title_id=row.holding.title_id,
        title=title.name,
        type_code=title.media_type,
        shelf_mark=row.holding.shelf_mark,
        quantity=row.quantity,
        handed_out=row.handed_out,
        copy_id=row.copy_id,
        copy="" if row.copy is None else row.copy.barcode,
    )
