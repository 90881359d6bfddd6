"""Which dates a change of the calendar would move, and which bookings it leaves on closed days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from catalogue.rules import licences as licence_rules
from loans.queries.availability import licences_at
from loans.queries.customers import STATE
from loans.queries.dates_at_stake import booking_rows, deadline_rows, last_day, loan_rows
from loans.queries.terms import effective_terms, terms_rows
from loans.rules.centre_calendar import Closing
from loans.rules.due_dates import ClosedDayRule
from loans.rules.moved_dates import Move, move
from loans.rules.terms import TermsRow
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
    last = session.scalar(last_day(), asked)
    closed = () if last is None else sorted(closing.closed_days(Period(today, max(today, last))))
    if not closed:
        return Affected()
    asked |= {"first": closed[0], "last": closed[-1]}
    dates = (
        *_loans(session, closing, session.execute(loan_rows(), asked).all()),
        *_deadlines(closing, session.execute(deadline_rows(), asked).all()),
    )
    bookings = _bookings(closing, session.execute(booking_rows(), asked).all())
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
