"""What is overdue at a centre, and which reminder each loan gets tonight."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking, BookingLine
from loans.models.claim import LoanClaim
from loans.models.hold import Hold
from loans.models.loan import Loan, Reminder
from loans.queries.house import House, Late
from loans.queries.scopes import beside
from loans.queries.waiting import waits
from loans.rules.booking_states import COMMITTING
from loans.rules.reminders import (
    ReminderCase,
    WrittenLevel,
    blocks,
    days_overdue,
    level_tonight,
)
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class OverdueLoan:
    """A loan past its due date with everything that lists and letters say.

    Attributes:
        phone: of the borrower.
        institution_email: the school's mailbox; empty if there is none.
        value_cents: what a new copy costs; None if unknown.
        case: what decides about its reminders.
        level: what is to be written on the day looked at; None for nothing.
        blocking: what was written reaches the level that blocks.
        block_level: the level that blocks.
        fee_cents: what it costs by today.
        days: calendar days past the due date.
        wanted_from: the day from which others need what is all out; None if nobody does.
    """

    id: int
    person_id: int
    person: str
    email: str | None
    phone: str
    locale: str
    institution_id: int
    institution: str
    institution_email: str
    centre_id: int
    branch_id: int
    holding_id: int
    title_id: int
    title: str
    barcode: str
    type_code: str
    class_name: str
    value_cents: int | None
    lent_on: date
    due_on: date
    snooze_reason: str
    case: ReminderCase
    level: int | None
    blocking: bool
    block_level: int
    fee_cents: int
    days: int
    wanted_from: date | None

    @property
    def last_level(self) -> int:
        """The highest level written so far; 0 for none."""
        return max((each.level for each in self.case.written), default=0)

    def on(self, day: date) -> "OverdueLoan":
        """Return the loan with the level that another day's night would write."""
        return replace(self, level=level_tonight(self.case, day))


@dataclass(frozen=True, slots=True)
class OverdueWish:
    """Which overdue loans of a centre are looked at; None leaves all."""

    centre_id: int
    institution_id: int | None = None
    person_ids: Collection[int] | None = None
    loan_ids: Collection[int] | None = None


def overdue_loans(
    session: Session, scope: Scope, wish: OverdueWish, house: House
) -> tuple[OverdueLoan, ...]:
    """Return the overdue loans of a centre by school, borrower and due date, in three statements.

    Left out are loans that are back in the house, placements, and loans without a person.

    Args:
        session: the session; within a unit of work, after the loans' locks, it decides.
        scope: must cover the centre.
        wish: which of them.
        house: of that centre, on the day that is looked at.

    Source:
        docs/rules.md, Lending 10.1.
    """
    if not scope.covers_centre(wish.centre_id):
        return ()
    rows = session.execute(_overdue(wish), {"today": house.today}).all()
    written = _written(session, wish, house.today)
    wanted = _wanted(session, wish, house.today)
    return tuple(
        _loan(house, row, written.get(row.id, ()), wanted.get(row.holding_id)) for row in rows
    )


def late_people(
    session: Session, scope: Scope, wish: OverdueWish, house: House
) -> list[tuple[int, int]]:
    """Return who is to be reminded tonight, by key, each with how many overdue loans."""
    counted: Counter[int] = Counter()
    due: set[int] = set()
    for loan in overdue_loans(session, scope, wish, house):
        counted[loan.person_id] += 1
        if loan.level:
            due.add(loan.person_id)
    return [(key, number) for key, number in counted.items() if key in due]


def is_late(wish: OverdueWish) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions on a loan to be overdue and with its borrower; takes `today`."""
    few = wish.person_ids is not None or wish.loan_ids is not None
    due_on = beside(Loan.due_on) if few else Loan.due_on
    yield beside(Loan.centre_id) == wish.centre_id
    yield and_(Loan.returned_on.is_(None), Loan.received_on.is_(None), ~Loan.placed)
    yield and_(Loan.person_id.is_not(None), due_on < bindparam("today", type_=Date()))
    if wish.institution_id is not None:
        yield Loan.institution_id == wish.institution_id
    if wish.person_ids is not None:
        yield Loan.person_id.in_(list(wish.person_ids))
    if wish.loan_ids is not None:
        yield Loan.id.in_(list(wish.loan_ids))


def open_claim() -> ColumnElement[bool]:
    """Return the condition on a loan, joined with its copy, that something is claimed of it."""
    said = exists().where(LoanClaim.loan_id == Loan.id, LoanClaim.settled_at.is_(None))
    return or_(Copy.state == CopyState.LOST, said)


def _overdue(wish: OverdueWish) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(getattr(Loan, name) for name in _OF_LOAN),
            Loan.snoozed_until,
            Person.given_name,
            Person.family_name,
            Person.email,
            Person.phone,
            Person.locale,
            Institution.name.label("institution"),
            Institution.short_name,
            Institution.email.label("institution_email"),
            Institution.customer_class,
            Title.id.label("title_id"),
            Title.name.label("title"),
            Title.media_type,
            Copy.barcode,
            Copy.value_cents,
            open_claim().label("claimed"),
        )
        .join(Person, Person.id == Loan.person_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .where(*is_late(wish))
        .order_by(Institution.name, Institution.id, Person.family_name, Person.id)
        .order_by(Loan.due_on, Loan.id)
    )


_OF_LOAN = (
    "id",
    "person_id",
    "institution_id",
    "centre_id",
    "branch_id",
    "holding_id",
    "class_name",
    "lent_on",
    "due_on",
    "snooze_reason",
)


def _written(
    session: Session, wish: OverdueWish, today: date
) -> dict[int, tuple[WrittenLevel, ...]]:
    """Return the levels written for each loan since it was last due."""
    query = (
        select(Reminder.loan_id, Reminder.level, Reminder.written_on)
        .join(Loan, and_(Loan.id == Reminder.loan_id, Loan.due_on == Reminder.due_on))
        .where(*is_late(wish))
        .order_by(Reminder.loan_id, Reminder.level)
    )
    found: dict[int, list[WrittenLevel]] = defaultdict(list)
    for row in session.execute(query, {"today": today}):
        found[row.loan_id].append(WrittenLevel(row.level, row.written_on))
    return {key: tuple(each) for key, each in found.items()}


def _wanted(session: Session, wish: OverdueWish, today: date) -> dict[int, date]:
    """Return by holding, all of whose copies are out, from when others need one.

    What is lost or only waits to be looked over is not out: the first is none of those that can
    be lent, the second will be had again before anybody brings a late one.
    """
    on: BindParameter[date] = bindparam("today", type_=Date())
    late = select(Loan.holding_id).where(*is_late(wish)).distinct()
    out = (
        select(func.count(Loan.id))
        .join(Copy, Copy.id == Loan.copy_id)
        .where(Loan.holding_id == Holding.id, Loan.returned_on.is_(None), ~Loan.placed)
        .where(Copy.state == CopyState.ON_LOAN)
        .scalar_subquery()
    )
    waited_for = exists().where(Hold.holding_id == Holding.id, *waits(on))
    booked = (
        select(func.min(Booking.first))
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .where(BookingLine.holding_id == Holding.id, Booking.state.in_(COMMITTING))
        .where(BookingLine.handed_out < BookingLine.quantity)
        .where(Booking.last >= on)
        .scalar_subquery()
    )
    query = select(Holding.id, booked.label("first"), waited_for.label("waits")).where(
        Holding.id.in_(late), Holding.lendable <= out
    )
    return {
        row.id: today if row.waits else max(today, row.first)
        for row in session.execute(query, {"today": today})
        if row.waits or row.first is not None
    }


def _loan(
    house: House,
    row: Row[Any],
    written: tuple[WrittenLevel, ...],
    wanted_from: date | None,
) -> OverdueLoan:
    terms = house.terms(row.customer_class, row.media_type)
    case = ReminderCase(
        row.due_on, terms.reminder_levels, written, row.snoozed_until, claimed=row.claimed
    )
    late = Late(row.branch_id, row.customer_class, row.media_type, row.value_cents, row.due_on)
    return OverdueLoan(
        **{name: getattr(row, name) for name in (*_OF_LOAN, *_AS_READ)},
        person=f"{row.given_name} {row.family_name}",
        institution=row.short_name or row.institution,
        type_code=row.media_type,
        case=case,
        level=level_tonight(case, house.today),
        blocking=blocks(written, terms.block_level),
        block_level=terms.block_level,
        fee_cents=house.fee(late),
        days=days_overdue(row.due_on, house.today),
        wanted_from=wanted_from,
    )


_AS_READ = (
    "email",
    "phone",
    "locale",
    "institution_email",
    "title_id",
    "title",
    "barcode",
    "value_cents",
)
