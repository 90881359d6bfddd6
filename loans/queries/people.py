"""A person as the staff of a centre see them: for whom they act, and what concerns the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.rules.booking_states import COMMITTING
from loans.rules.reminders import days_overdue
from schools.models.institution import Institution
from schools.models.person import Membership, MembershipRole, Person
from schools.rules.roles import Actor, Right, Scope

MOST_PAST = 100
WAITING = (HoldState.WAITING, HoldState.SET_ASIDE, HoldState.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """For which institution a person acts, or acted."""

    id: int
    institution_id: int
    institution: str
    centre_id: int
    role: MembershipRole
    first: date
    last: date | None
    provisional: bool

    def lasts(self, today: date) -> bool:
        """Say whether it has not ended."""
        return self.last is None or self.last >= today


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person with the memberships within the asker's reach, the latest first."""

    id: int
    name: str
    email: str
    phone: str
    card: str
    blocked: bool
    block_reason: str
    memberships: tuple[MembershipFacts, ...]

    @property
    def centre_ids(self) -> frozenset[int]:
        """The centres that serve these institutions."""
        return frozenset(each.centre_id for each in self.memberships)

    def acts_now(self, today: date) -> tuple[MembershipFacts, ...]:
        """Return the memberships that have not ended."""
        return tuple(each for each in self.memberships if each.lasts(today))


@dataclass(frozen=True, slots=True)
class OpenThing:
    """A copy that a person has; `due_on` is None for what is placed with them.

    `received_on` is since when it is in the house, though nobody has looked it over yet.
    """

    loan_id: int
    title_id: int
    title: str
    barcode: str
    institution: str
    class_name: str
    lent_on: date
    due_on: date | None
    received_on: date | None = None

    def days_late(self, today: date) -> int:
        """Count the days past the due date, until it was received; 0 in time or without one."""
        return 0 if self.due_on is None else days_overdue(self.due_on, self.received_on or today)


@dataclass(frozen=True, slots=True)
class PastThing:
    """A copy that a person had."""

    title_id: int
    title: str
    barcode: str
    institution: str
    lent_on: date
    due_on: date | None
    returned_on: date


def person_within(session: Session, scope: Scope, person_id: int) -> PersonFacts | None:
    """Return a person who acts, or acted, for an institution of the scope's centres.

    In one statement; None where the scope ends.
    """
    rows = session.execute(
        select(Person, Membership, Institution.name, Institution.short_name, Institution.centre_id)
        .join(Membership, Membership.person_id == Person.id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Person.id == person_id, Institution.centre_id.in_(scope.centre_ids))
        .order_by(Membership.last.is_(None).desc(), Membership.last.desc(), Membership.id.desc())
    ).all()
    if not rows:
        return None
    person: Person = rows[0].Person
    return PersonFacts(
        id=person.id,
        name=person.name,
        email=person.email or "",
        phone=person.phone,
        card=person.card,
        blocked=person.blocked,
        block_reason=person.block_reason,
        memberships=tuple(
            _membership(row.Membership, row.short_name or row.name, row.centre_id) for row in rows
        ),
    )


def centres_of_person(session: Session, scope: Scope, person_id: int) -> frozenset[int]:
    """Return those of the scope's centres that serve an institution the person acts for."""
    query = (
        select(Institution.centre_id)
        .join(Membership, Membership.institution_id == Institution.id)
        .where(Membership.person_id == person_id)
        .where(Institution.centre_id.in_(scope.centre_ids))
    )
    return frozenset(each for each in session.scalars(query) if each is not None)


def card_of(session: Session, by: Actor, person_id: int) -> str | None:
    """Return the card of a person whom the actor may serve; None if there is none."""
    centre_ids = by.scope(Right.LEND).centre_ids
    query = (
        select(Person.card)
        .join(Membership, Membership.person_id == Person.id)
        .join(Institution, Institution.id == Membership.institution_id)
        .where(Person.id == person_id, Institution.centre_id.in_(centre_ids))
        .limit(1)
    )
    return session.scalar(query)


def open_things(session: Session, scope: Scope, person_id: int) -> tuple[OpenThing, ...]:
    """Return what a person has from the scope's centres, those due first on top."""
    rows = session.execute(
        select(
            Loan.id,
            Title.id,
            Title.name,
            Copy.barcode,
            func.coalesce(func.nullif(Institution.short_name, ""), Institution.name),
            Loan.class_name,
            Loan.lent_on,
            Loan.due_on,
            Loan.received_on,
        )
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .where(*_loans_of(scope, person_id), Loan.returned_on.is_(None))
        .order_by(Loan.due_on.is_(None), Loan.due_on, Loan.id)
    )
    return tuple(OpenThing(*row) for row in rows)


def past_things(
    session: Session, scope: Scope, person_id: int, since: date
) -> tuple[PastThing, ...]:
    """Return what a person brought back since a day; whoever looks is noted in the audit log."""
    rows = session.execute(
        select(
            Title.id,
            Title.name,
            Copy.barcode,
            func.coalesce(func.nullif(Institution.short_name, ""), Institution.name),
            Loan.lent_on,
            Loan.due_on,
            Loan.returned_on,
        )
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Holding, Holding.id == Loan.holding_id)
        .join(Title, Title.id == Holding.title_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .where(*_loans_of(scope, person_id), Loan.returned_on >= since, ~Loan.void)
        .order_by(Loan.returned_on.desc(), Loan.id.desc())
        .limit(MOST_PAST)
    )
    return tuple(PastThing(*row) for row in rows)


def count_waiting(session: Session, scope: Scope, person_id: int) -> int:
    """Count a person's open holds at the scope's centres."""
    query = (
        select(func.count(Hold.id))
        .join(Holding, Holding.id == Hold.holding_id)
        .where(Hold.person_id == person_id, Hold.state.in_(WAITING))
        .where(Holding.centre_id.in_(scope.centre_ids))
    )
    return session.scalar(query) or 0


def open_bookings(session: Session, scope: Scope, person_id: int) -> Sequence[Booking]:
    """Return a person's bookings at the scope's centres that still wait to be collected."""
    query = (
        select(Booking)
        .where(Booking.person_id == person_id, Booking.centre_id.in_(scope.centre_ids))
        .where(Booking.state.in_(COMMITTING))
        .order_by(Booking.first, Booking.id)
    )
    return session.scalars(query).all()


def _loans_of(scope: Scope, person_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Loan.person_id == person_id, Loan.centre_id.in_(scope.centre_ids))


def _membership(row: Membership, institution: str, centre_id: int) -> MembershipFacts:
    return MembershipFacts(
        id=row.id,
        institution_id=row.institution_id,
        institution=institution,
        centre_id=centre_id,
        role=row.role,
        first=row.first,
        last=row.last,
        provisional=row.provisional,
    )
