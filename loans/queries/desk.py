"""What the desk's page shows: its session, its log, the person served and their bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.models.desk_session import DeskScan, DeskSession, ScanOutcome
from loans.models.loan import Loan
from loans.models.purpose import OtherReason
from loans.queries.scopes import in_scope, scope_values
from loans.rules.booking_states import COLLECTABLE
from loans.rules.desk import SESSION_LASTS, DeskAct
from schools.models.institution import Institution
from schools.models.media_centre import Branch
from schools.models.media_concept import TeachingUnit
from schools.models.person import Membership, MembershipRole, Person
from schools.rules.periods import Period
from schools.rules.roles import Scope

MOST_LINES = 40
"""Lines of the log a page shows; older ones count, but are scrolled away."""

NEWEST_LINES = 10
"""Lines that may look different after one more scan; our script keeps the older ones."""

HIGHEST_KEY = 2**31 - 1
MOST_BOOKINGS = 3
REMEMBERED = timedelta(minutes=10)
"""So long the last word of a finished or parked session stays on the page."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A branch whose desk may be served."""

    branch_id: int
    centre_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Customer:
    """The person served.

    Attributes:
        role: at the institution; None where every membership is over.
        provisional_until: last day of a membership that the school has not confirmed.
        open_loans: at this centre, without placements.
        overdue: of these, but for what is back and only waits to be looked over.
    """

    person_id: int
    name: str
    card: str
    institution: str
    role: MembershipRole | None
    blocked: bool
    block_reason: str
    provisional_until: date | None
    open_loans: int
    overdue: int


@dataclass(frozen=True, slots=True)
class ToHandOut:
    """A line of a booking, ticked by scans."""

    title: str
    shelf_mark: str
    quantity: int
    handed_out: int

    @property
    def is_done(self) -> bool:
        """Say whether all of it went out."""
        return self.handed_out >= self.quantity


@dataclass(frozen=True, slots=True)
class Todo:
    """A booking that is being handed out.

    Attributes:
        unit: number and name of the teaching unit; empty for another `reason`.
        lines: as booked.
    """

    number: str
    period: Period
    class_name: str
    unit: str
    reason: OtherReason | None
    lines: tuple[ToHandOut, ...]

    @property
    def wanted(self) -> int:
        """How many copies were booked."""
        return sum(line.quantity for line in self.lines)

    @property
    def handed_out(self) -> int:
        """How many of them went out."""
        return sum(line.handed_out for line in self.lines)


def counters(session: Session, scope: Scope) -> tuple[Counter, ...]:
    """Return the branches within the scope, in the order of their ids."""
    rows = session.execute(
        select(Branch.id, Branch.centre_id, Branch.name)
        .where(Branch.centre_id.in_(scope.centre_ids))
        .order_by(Branch.centre_id, Branch.id)
    )
    return tuple(Counter(*row) for row in rows)


def current_desk(
    session: Session, account_id: int | None, now: datetime, branch_id: int | None = None
) -> DeskSession | None:
    """Return the account's open session, the newest of all branches unless one is named."""
    asked = {"account_id": account_id, "branch_id": branch_id, "since": now - SESSION_LASTS}
    return session.scalar(_current(), asked)


@cache
def _current() -> Select[DeskSession]:
    """Build the statement once, as those below: building costs more than asking."""
    branch_id = bindparam("branch_id", type_=Integer())
    return (
        select(DeskSession)
        .options(joinedload(DeskSession.institution))
        .where(DeskSession.account_id == bindparam("account_id"))
        .where(DeskSession.ended_at.is_(None), ~DeskSession.parked)
        .where(DeskSession.started_at > bindparam("since"))
        .where(DeskSession.branch_id == func.coalesce(branch_id, DeskSession.branch_id))
        .order_by(DeskSession.id.desc())
        .limit(1)
    )


def log_of(
    session: Session, desk: DeskSession, most: int = MOST_LINES, known: int = HIGHEST_KEY
) -> Sequence[DeskScan]:
    """Return the newest lines of a session and its open questions, newest first.

    Answered questions are left out.

    Args:
        session: the session.
        desk: whose log.
        most: so many lines.
        known: and all that are newer than this one, however many.
    """
    rows = session.scalars(_log(), {"session_id": desk.id, "more": most - 1, "known": known})
    return [
        row
        for row in rows
        if row.outcome is not ScanOutcome.QUESTION or not row.facts.get("answered")
    ]


@cache
def _log() -> Select[DeskScan]:
    in_session = DeskScan.session_id == bindparam("session_id")
    oldest = (
        select(DeskScan.id)
        .where(in_session)
        .order_by(DeskScan.id.desc())
        .limit(1)
        .offset(bindparam("more"))
        .scalar_subquery()
    )
    newest = DeskScan.id >= func.coalesce(oldest, 0)
    unknown = DeskScan.id > bindparam("known")
    return (
        select(DeskScan)
        .where(in_session, or_(newest, unknown, DeskScan.outcome == ScanOutcome.QUESTION))
        .order_by(DeskScan.id.desc())
    )


def line_of(session: Session, account_id: int | None, line_id: int) -> DeskScan | None:
    """Return a line of the account's log; None for anybody else's."""
    return session.scalar(
        select(DeskScan)
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .where(DeskScan.id == line_id, DeskSession.account_id == account_id)
    )


def last_word(session: Session, account_id: int | None, now: datetime) -> DeskScan | None:
    """Return the newest line of the account, while its customer is served or was just now."""
    row = session.execute(
        select(DeskScan, or_(DeskSession.parked, DeskSession.ended_at.is_not(None)).label("left"))
        .join(DeskSession, DeskSession.id == DeskScan.session_id)
        .where(DeskSession.account_id == account_id)
        .order_by(DeskScan.id.desc())
        .limit(1)
    ).first()
    if row is None or (row.left and row.DeskScan.at < now - REMEMBERED):
        return None
    line: DeskScan = row.DeskScan
    return line


def customer_at(session: Session, scope: Scope, desk: DeskSession, today: date) -> Customer | None:
    """Return the person a session serves, in one statement; None for nobody, or out of reach."""
    if desk.person_id is None:
        return None
    asked = {
        "person_id": desk.person_id,
        "institution_id": desk.institution_id or 0,
        "today": today,
    }
    row = session.execute(_customer(), asked | scope_values(scope)).first()
    if row is None:
        return None
    person: Person = row.Person
    over = row.last is not None and row.last < today
    return Customer(
        person_id=person.id,
        name=person.name,
        card=person.card,
        institution=(row.short_name or row.name) if desk.institution_id else "",
        role=None if over else row.role,
        blocked=person.blocked,
        block_reason=person.block_reason,
        provisional_until=row.last if row.provisional and not over else None,
        open_loans=row.open_loans,
        overdue=row.overdue or 0,
    )


@cache
def _customer() -> Select[*tuple[Any, ...]]:
    acted_for = Institution.id == bindparam("institution_id")
    is_late = and_(Loan.due_on < bindparam("today", type_=Date()), Loan.received_on.is_(None))
    late = func.sum(case((is_late, 1), else_=0))
    return (
        select(
            Person,
            Institution.name,
            Institution.short_name,
            Membership.role,
            Membership.last,
            Membership.provisional,
            _of_their_loans(func.count(Loan.id)).label("open_loans"),
            _of_their_loans(late).label("overdue"),
        )
        .join(Membership, Membership.person_id == Person.id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Person.id == bindparam("person_id"))
        .where(in_scope(Institution.centre_id, Institution.id))
        .order_by(acted_for.desc(), Membership.id.desc())
        .limit(1)
    )


def _of_their_loans(what: ColumnElement[int]) -> ScalarSelect[int]:
    """Return a figure of the person's open loans within the scope, placements left out."""
    return (
        select(what)
        .where(Loan.person_id == Person.id, Loan.returned_on.is_(None), ~Loan.placed)
        .where(in_scope(Loan.centre_id, Loan.institution_id))
        .correlate(Person)
        .scalar_subquery()
    )


def todo_at(session: Session, scope: Scope, desk: DeskSession, today: date) -> tuple[Todo, ...]:
    """Return the bookings to hand out to the person served, the chosen one first.

    What this session handed out as a whole comes last. In one statement.
    """
    if desk.person_id is None:
        return ()
    asked = {
        "person_id": desk.person_id,
        "chosen": desk.booking_id or 0,
        "session_id": desk.id,
        "today": today,
    }
    rows: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in session.execute(_to_hand_out(), asked | scope_values(scope)):
        rows.setdefault(row[0].id, []).append(row)
    return tuple(_todo(lines) for lines in rows.values())


@cache
def _to_hand_out() -> Select[*tuple[Any, ...]]:
    chosen = Booking.id == bindparam("chosen")
    left = Booking.state.in_(COLLECTABLE)
    ordered = (chosen.desc(), left.desc(), Booking.first, Booking.id)
    wanted = (
        select(Booking.id)
        .where(Booking.person_id == bindparam("person_id"))
        .where(in_scope(Booking.centre_id, Booking.institution_id))
        .where(or_(chosen, left, Booking.id.in_(_handed_out_here())))
        .where(Booking.last >= bindparam("today", type_=Date()))
        .order_by(*ordered)
        .limit(MOST_BOOKINGS)
    )
    return (
        select(Booking, BookingLine, Title.name, Holding.shelf_mark, TeachingUnit)
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .join(Holding, Holding.id == BookingLine.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .outerjoin(TeachingUnit, TeachingUnit.id == Booking.unit_id)
        .where(Booking.id.in_(wanted))
        .order_by(*ordered, BookingLine.id)
    )


def _handed_out_here() -> Select[int]:
    """Select the bookings that scans of this session handed copies out for."""
    return (
        select(BookingLine.booking_id)
        .join(Loan, Loan.line_id == BookingLine.id)
        .join(DeskScan, DeskScan.loan_id == Loan.id)
        .where(DeskScan.session_id == bindparam("session_id"))
        .where(DeskScan.act == DeskAct.LEND.value, ~DeskScan.void)
    )


def _todo(rows: Sequence[Row[*tuple[Any, ...]]]) -> Todo:
    booking: Booking = rows[0][0]
    unit: TeachingUnit | None = rows[0][4]
    return Todo(
        number=booking.number,
        period=Period(booking.first, booking.last),
        class_name=booking.class_name,
        unit="" if unit is None else f"{unit.number} {unit.name}".strip(),
        reason=booking.reason,
        lines=tuple(
            ToHandOut(title, shelf_mark, line.quantity, line.handed_out)
            for _booking, line, title, shelf_mark, _unit in rows
        ),
    )
