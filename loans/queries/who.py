"""Who has what and when it is back: copies and titles as staff ask for them in passing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.rules.booking_states import COMMITTING, BookingState
from schools.models.account import Account
from schools.models.institution import Institution
from schools.models.media_centre import Branch
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Scope

MOST_RESERVATIONS = 3
MOST_RANKED = 12
"""Of a holding: more than are shown, since those of other numbered copies are left out."""

MOST_LIKE = 4
"""Copies offered whose number begins with what was typed."""

MOST_PAST = 50
FEWEST_SIGNS = 3
"""A number is looked for from so many signs on."""

LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Out:
    """Whoever has a copy.

    Attributes:
        person_id: None where it is placed at the institution, or the person was cut.
        due_on: None for a placement, which has `review_on`.
        received_on: since when it is in the house, though nobody has looked it over yet.
    """

    loan_id: int
    institution_id: int
    institution: str
    institution_phone: str
    person_id: int | None
    person: str
    person_phone: str
    lent_on: date
    due_on: date | None
    review_on: date | None
    received_on: date | None = None

    @property
    def phone(self) -> str:
        """Where to call: the person, else the institution."""
        return self.person_phone or self.institution_phone


@dataclass(frozen=True, slots=True)
class Reserved:
    """A booking that waits for a copy of a holding, or for a certain one."""

    number: str
    period: Period
    state: BookingState
    institution: str
    quantity: int
    copy_id: int | None


@dataclass(frozen=True, slots=True)
class CopyNow:
    """A copy, where it is, and what comes next.

    Attributes:
        branch: where it is, or belongs while it is out.
        out: None in the house.
        reserved: the next bookings of its holding that it may have to serve.
        waiting: people with a hold on its holding.
    """

    copy_id: int
    centre_id: int
    title_id: int
    title: str
    type_code: str
    barcode: str
    inventory_number: str | None
    serial_number: str
    state: CopyState
    lendable: bool
    not_lendable_reason: str
    shelf_mark: str
    branch: str
    out: Out | None
    reserved: tuple[Reserved, ...] = ()
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class PastLoan:
    """A loan of a copy that is over.

    Attributes:
        person_id: whose; None once cut.
        person: the name, for whoever may look.
        returned_by: who took it back; empty once that was cut too.
    """

    lent_on: date
    returned_on: date
    due_on: date | None
    institution: str
    class_name: str
    person_id: int | None
    person: str
    returned_by: str

    @property
    def days_late(self) -> int:
        """How many days past its due date it came back."""
        return 0 if self.due_on is None else max(0, (self.returned_on - self.due_on).days)


def copies_now(
    session: Session, scope: Scope, copy_ids: Collection[int], today: date
) -> tuple[CopyNow, ...]:
    """Return copies of the scope's centres as they are now, in three statements."""
    rows = session.execute(
        _copies().where(Copy.id.in_(copy_ids), Copy.centre_id.in_(scope.centre_ids))
    ).all()
    holding_ids = {row.holding_id for row in rows}
    reserved = reservations(session, scope, holding_ids, today)
    waiting = _waiting(session, holding_ids)
    return tuple(
        _copy_now(row, reserved.get(row.holding_id, ()), waiting.get(row.holding_id, 0))
        for row in rows
    )


def history_of_copy(
    session: Session, scope: Scope, copy_id: int, since: date
) -> tuple[PastLoan, ...]:
    """Return the loans of a copy that ended since a day, the latest first, without undone ones."""
    taker = aliased(Person)
    rows = session.execute(
        select(
            Loan.lent_on,
            Loan.returned_on,
            Loan.due_on,
            Institution.name,
            Institution.short_name,
            Loan.class_name,
            Loan.person_id,
            Person.given_name,
            Person.family_name,
            taker.given_name.label("taker_given_name"),
            taker.family_name.label("taker_family_name"),
        )
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .outerjoin(Account, Account.id == Loan.returned_by)
        .outerjoin(taker, taker.id == Account.person_id)
        .where(Loan.copy_id == copy_id, Loan.centre_id.in_(scope.centre_ids))
        .where(Loan.returned_on >= since, ~Loan.void)
        .order_by(Loan.returned_on.desc(), Loan.id.desc())
        .limit(MOST_PAST)
    )
    return tuple(
        PastLoan(
            lent_on=row.lent_on,
            returned_on=row.returned_on,
            due_on=row.due_on,
            institution=row.short_name or row.name,
            class_name=row.class_name,
            person_id=row.person_id,
            person=_name(row.given_name, row.family_name),
            returned_by=_name(row.taker_given_name, row.taker_family_name),
        )
        for row in rows
    )


def copies_like(session: Session, scope: Scope, text: str) -> tuple[int, ...]:
    """Return copies whose barcode, inventory or serial number begins with a text; at most four."""
    begun = "".join(filter(str.isprintable, text)).strip()
    if len(begun) < FEWEST_SIGNS:
        return ()
    spelled = {begun, begun.upper()}
    numbers = (Copy.barcode, Copy.inventory_number, Copy.serial_number)
    begins = [
        and_(number >= each, number < each + LAST_SIGN) for number in numbers for each in spelled
    ]
    query = (
        select(Copy.id)
        .where(Copy.centre_id.in_(scope.centre_ids), Copy.withdrawn_on.is_(None), or_(*begins))
        .order_by(Copy.barcode)
        .limit(MOST_LIKE)
    )
    return tuple(session.scalars(query))


def loan_columns() -> tuple[Any, ...]:
    """Return the columns of an open loan with its people, as `out_of` reads them."""
    return (
        Loan.id.label("loan_id"),
        Loan.institution_id,
        Institution.name.label("institution_name"),
        Institution.short_name,
        Institution.phone.label("institution_phone"),
        Loan.person_id,
        Person.given_name,
        Person.family_name,
        Person.phone.label("person_phone"),
        Loan.lent_on,
        Loan.due_on,
        Loan.review_on,
        Loan.received_on,
    )


def _copies() -> Select[*tuple[Any, ...]]:
    home = aliased(Branch)
    here = aliased(Branch)
    return (
        select(
            Copy.id,
            Copy.holding_id,
            Copy.centre_id,
            Holding.title_id,
            Title.name.label("title"),
            Title.media_type,
            Copy.barcode,
            Copy.inventory_number,
            Copy.serial_number,
            Copy.state,
            Copy.lendable,
            Copy.not_lendable_reason,
            Holding.shelf_mark,
            func.coalesce(here.name, home.name).label("branch"),
            *loan_columns(),
        )
        .join(Holding, Holding.id == Copy.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(home, home.id == Copy.home_branch_id)
        .outerjoin(here, here.id == Copy.branch_id)
        .outerjoin(Loan, and_(Loan.copy_id == Copy.id, Loan.returned_on.is_(None)))
        .outerjoin(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .order_by(Copy.barcode, Copy.id)
    )


def _copy_now(row: Row[Any], reserved: tuple[Reserved, ...], waiting: int) -> CopyNow:
    mine = tuple(each for each in reserved if each.copy_id in {None, row.id})
    return CopyNow(
        copy_id=row.id,
        centre_id=row.centre_id,
        title_id=row.title_id,
        title=row.title,
        type_code=row.media_type,
        barcode=row.barcode,
        inventory_number=row.inventory_number,
        serial_number=row.serial_number,
        state=row.state,
        lendable=row.lendable,
        not_lendable_reason=row.not_lendable_reason,
        shelf_mark=row.shelf_mark,
        branch=row.branch,
        out=out_of(row),
        reserved=mine[:MOST_RESERVATIONS],
        waiting=waiting,
    )


def out_of(row: Row[Any]) -> Out | None:
    """Return who has a copy, from a row with `loan_columns`; None if nobody has."""
    if row.loan_id is None:
        return None
    return Out(
        loan_id=row.loan_id,
        institution_id=row.institution_id,
        institution=row.short_name or row.institution_name,
        institution_phone=row.institution_phone,
        person_id=row.person_id,
        person=_name(row.given_name, row.family_name),
        person_phone=row.person_phone or "",
        lent_on=row.lent_on,
        due_on=row.due_on,
        review_on=row.review_on,
        received_on=row.received_on,
    )


def _name(given: str | None, family: str | None) -> str:
    return f"{given or ''} {family or ''}".strip()


def reservations(
    session: Session, scope: Scope, holding_ids: Collection[int], today: date
) -> Mapping[int, tuple[Reserved, ...]]:
    """Return by holding the next bookings that wait for a copy, the earliest first."""
    place = func.row_number().over(
        partition_by=BookingLine.holding_id, order_by=(Booking.first, Booking.id)
    )
    waiting: ColumnElement[bool] = BookingLine.handed_out < BookingLine.quantity
    ranked = (
        select(BookingLine.id, place.label("place"))
        .join(Booking, Booking.id == BookingLine.booking_id)
        .where(BookingLine.holding_id.in_(holding_ids), waiting)
        .where(Booking.centre_id.in_(scope.centre_ids))
        .where(Booking.state.in_(COMMITTING), Booking.last >= today)
        .subquery()
    )
    rows = session.execute(
        select(
            BookingLine.holding_id,
            BookingLine.copy_id,
            BookingLine.quantity,
            Booking.number,
            Booking.first,
            Booking.last,
            Booking.state,
            Institution.name,
            Institution.short_name,
        )
        .join(ranked, ranked.c.id == BookingLine.id)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .where(ranked.c.place <= MOST_RANKED)
        .order_by(Booking.first, Booking.id)
    )
    found: dict[int, list[Reserved]] = {}
    for row in rows:
        found.setdefault(row.holding_id, []).append(
            Reserved(
                row.number,
                Period(row.first, row.last),
                row.state,
                row.short_name or row.name,
                row.quantity,
                row.copy_id,
            )
        )
    return {holding_id: tuple(each) for holding_id, each in found.items()}


def _waiting(session: Session, holding_ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Hold.holding_id, func.count(Hold.id))
        .where(Hold.holding_id.in_(holding_ids), Hold.state == HoldState.WAITING)
        .group_by(Hold.holding_id)
    )
    return dict(rows.all())
