"""Which dates a change of the calendar would move, and which bookings it leaves on closed days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Date, Integer, Row, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules import licences as licence_rules
from loans.models.booking import Booking
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.queries.availability import licences_at
from loans.queries.customers import STATE
from loans.queries.terms import effective_terms, terms_rows
from loans.rules.booking_states import COMMITTING
from loans.rules.centre_calendar import Closing
from loans.rules.due_dates import ClosedDayRule
from loans.rules.moved_dates import Move, move
from loans.rules.terms import TermsRow
from schools.models.authority import District
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Scope


class DateKind(StrEnum):
    """What the date is the end of."""

    LOAN = "loan"
    """A running loan: its due date."""
    PICKUP = "pickup"
    """A copy set aside: its pick-up deadline."""


@dataclass(frozen=True, slots=True)
class AffectedDate:
    """A due date or pick-up deadline on a day that closes.

    Attributes:
        kind: of the date.
        id: of the loan or hold.
        day: as it is.
        move: what becomes of it.
        title: of the medium.
        code: the copy's barcode.
        person_id: whose it is; None once the person was cut from a loan.
        person: their name.
        institution_id: for whom they act.
        institution: its name.
    """

    kind: DateKind
    id: int
    day: date
    move: Move
    title: str
    code: str
    person_id: int | None
    person: str
    institution_id: int
    institution: str


@dataclass(frozen=True, slots=True)
class AffectedBooking:
    """A booking that keeps its days although its first or last one closes."""

    number: str
    period: Period
    person: str
    institution: str
    first_closes: bool
    last_closes: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """All that a change of the calendar meets: dates by day, then bookings by day."""

    dates: tuple[AffectedDate, ...] = ()
    bookings: tuple[AffectedBooking, ...] = ()

    @property
    def moved(self) -> tuple[AffectedDate, ...]:
        """Dates that move."""
        return tuple(each for each in self.dates if each.move.to is not None)

    @property
    def staying(self) -> tuple[AffectedDate, ...]:
        """Dates that stay on a day that closes."""
        return tuple(each for each in self.dates if each.move.to is None)


def affected_by(session: Session, scope: Scope, closing: Closing, today: date) -> Affected:
    """Return what a change of the calendar meets, in at most six statements.

    Overdue loans and deadlines that have passed are left alone, and so is what was received and
    only waits to be looked over.

    Args:
        session: the session; within a unit of work, after the holdings' locks, it decides.
        scope: must cover the centre, else nothing is told.
        closing: the calendars before and after.
        today: the day; earlier dates are over.

    Source:
        docs/rules.md, Lending 1.7.
    """
    if not scope.covers_centre(closing.centre_id):
        return Affected()
    asked: dict[str, Any] = {"centre_id": closing.centre_id, "today": today}
    last = session.scalar(_last_day(), asked)
    closed = () if last is None else sorted(closing.closed_days(Period(today, max(today, last))))
    if not closed:
        return Affected()
    asked |= {"first": closed[0], "last": closed[-1]}
    dates = (
        *_loans(session, closing, session.execute(_loan_rows(), asked).all()),
        *_deadlines(closing, session.execute(_deadline_rows(), asked).all()),
    )
    bookings = _bookings(closing, session.execute(_booking_rows(), asked).all())
    ordered = sorted(dates, key=lambda each: (each.day, each.title, each.kind, each.id))
    return Affected(tuple(ordered), tuple(bookings))


def _loans(session: Session, closing: Closing, rows: Sequence[Row[Any]]) -> list[AffectedDate]:
    hit = [row for row in rows if closing.closes(row.branch_id, row.day)]
    if not hit:
        return []
    licences = licences_at(session, closing.centre_id, {row.title_id for row in hit})
    keeping = _Keeping(closing.centre_id, terms_rows(session, {closing.centre_id}))
    return [
        _affected(
            DateKind.LOAN,
            row,
            move(
                closing.next_open_day(row.branch_id, row.day),
                keeps=keeping.keeps(row.customer_class, row.media_type),
                licensed_until=_licensed_until(row, licences),
            ),
        )
        for row in hit
    ]


def _deadlines(closing: Closing, rows: Sequence[Row[Any]]) -> list[AffectedDate]:
    return [
        _affected(
            DateKind.PICKUP,
            row,
            move(closing.next_open_day(row.branch_id, row.day), not_after=row.not_after),
        )
        for row in rows
        if closing.closes(row.branch_id, row.day)
    ]


def _bookings(closing: Closing, rows: Sequence[Row[Any]]) -> list[AffectedBooking]:
    found = []
    for row in rows:
        first, last = (closing.closes(row.branch_id, day) for day in (row.first, row.last))
        if first or last:
            period = Period(row.first, row.last)
            person = f"{row.given_name or ''} {row.family_name or ''}".strip()
            name = row.short_name or row.name
            found.append(AffectedBooking(row.number, period, person, name, first, last))
    return found


class _Keeping:
    """Says for whom and what the terms keep ends on closed days; each question asked once."""

    def __init__(self, centre_id: int, rows: Sequence[TermsRow]) -> None:
        self._centre_id = centre_id
        self._rows = rows
        self._known: dict[tuple[str, str], bool] = {}

    def keeps(self, customer_class: str, type_code: str) -> bool:
        key = (customer_class, type_code)
        if key not in self._known:
            terms = effective_terms(self._rows, self._centre_id, *key).terms
            kept = terms is not None and terms.closed_day_rule is ClosedDayRule.KEEP
            self._known[key] = kept
        return self._known[key]


def _licensed_until(
    row: Row[Any], licences: Mapping[int, tuple[licence_rules.Licence, ...]]
) -> date | None:
    """Return the end of the licence that covers a due date; the due date itself where none does.

    A loan that outlasts its licence already is not to outlast it longer.
    """
    licensee = licence_rules.Licensee(
        STATE, row.ags or "", row.school_form or "", row.number or ""
    )
    known = licences.get(row.title_id, ())
    until = licence_rules.lendable_until(known, licensee, row.day)
    return row.day if until is None else until


def _affected(kind: DateKind, row: Row[Any], becomes: Move) -> AffectedDate:
    return AffectedDate(
        kind=kind,
        id=row.id,
        day=row.day,
        move=becomes,
        title=row.title,
        code=row.barcode,
        person_id=row.person_id,
        person=f"{row.given_name or ''} {row.family_name or ''}".strip(),
        institution_id=row.institution_id,
        institution=row.short_name or row.name,
    )


@cache
def _last_day() -> Select[date]:
    """Select the last day any open loan, deadline or booking of a centre names; built once."""
    centre = bindparam("centre_id", type_=Integer())
    waiting = Hold.state == HoldState.SET_ASIDE
    days = union_all(
        select(func.max(Loan.due_on).label("day")).where(
            Loan.centre_id == centre, Loan.returned_on.is_(None)
        ),
        select(func.max(Hold.pickup_deadline))
        .join(Holding, Holding.id == Hold.holding_id)
        .where(Holding.centre_id == centre, waiting),
        select(func.max(Booking.last)).where(
            Booking.centre_id == centre,
            Booking.state.in_(COMMITTING),
            Booking.last >= bindparam("today"),
        ),
    ).subquery()
    return select(func.max(days.c.day))


@cache
def _loan_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Loan.id,
            Loan.due_on.label("day"),
            Loan.branch_id,
            Holding.title_id,
            Title.name.label("title"),
            Title.media_type,
            Copy.barcode,
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Institution.id.label("institution_id"),
            Institution.name,
            Institution.short_name,
            Institution.customer_class,
            Institution.school_form,
            Institution.number,
            District.ags,
        )
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(District, District.id == Institution.district_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .where(Loan.centre_id == bindparam("centre_id"))
        .where(Loan.returned_on.is_(None), ~Loan.placed, Loan.received_on.is_(None))
        .where(Loan.due_on.between(bindparam("first"), bindparam("last")))
        .order_by(Loan.id)
    )


@cache
def _deadline_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Hold.id,
            Hold.pickup_deadline.label("day"),
            Hold.not_after,
            PickupPlace.branch_id,
            Title.name.label("title"),
            Copy.barcode,
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Institution.id.label("institution_id"),
            Institution.name,
            Institution.short_name,
        )
        .join(Holding, Holding.id == Hold.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Copy, Copy.id == Hold.copy_id)
        .join(Institution, Institution.id == Hold.institution_id)
        .join(Person, Person.id == Hold.person_id)
        .join(PickupPlace, PickupPlace.id == Hold.place_id)
        .where(Holding.centre_id == bindparam("centre_id"), Hold.state == HoldState.SET_ASIDE)
        .where(Hold.pickup_deadline.between(bindparam("first"), bindparam("last")))
        .order_by(Hold.id)
    )


@cache
def _booking_rows() -> Select[*tuple[Any, ...]]:
    first, last = (bindparam(name, type_=Date()) for name in ("first", "last"))
    return (
        select(
            Booking.number,
            Booking.first,
            Booking.last,
            PickupPlace.branch_id,
            Person.given_name,
            Person.family_name,
            Institution.name,
            Institution.short_name,
        )
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .outerjoin(Person, Person.id == Booking.person_id)
        .where(Booking.centre_id == bindparam("centre_id"), Booking.state.in_(COMMITTING))
        .where(Booking.last >= bindparam("today"))
        .where(or_(Booking.first.between(first, last), Booking.last.between(first, last)))
        .order_by(Booking.first, Booking.id)
    )
