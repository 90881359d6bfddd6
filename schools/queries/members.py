"""Who belongs to a school, who wants to, and who decides about it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from schools.models.account import Account, AccountState, Grant, Registration, RegistrationState
from schools.models.institution import Institution
from schools.models.person import Membership, Person
from schools.rules.roles import Role, Scope
from schools.rules.tokens import hash_of


def deciders_of(session: Session, institution_id: int, day: date) -> Sequence[Person]:
    """Return the people who may confirm new members of a school on that day."""
    query = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .join(Grant, Grant.account_id == Account.id)
        .where(Grant.role == Role.SCHOOL_ADMIN, Grant.institution_id == institution_id)
        .where(Grant.first <= day, or_(Grant.last.is_(None), Grant.last >= day))
        .where(Account.state == AccountState.ACTIVE)
        .order_by(Person.id)
        .distinct()
    )
    return session.scalars(query).all()


def registrations_to_decide(session: Session, scope: Scope) -> Sequence[Registration]:
    """Return the proved registrations within the scope of MANAGE_MEMBERS, the oldest first."""
    query = (
        select(Registration)
        .join(Registration.institution)
        .options(contains_eager(Registration.institution))
        .where(Registration.state == RegistrationState.PROVED, served_within(scope))
        .order_by(Registration.id)
    )
    return session.scalars(query).all()


def registration_to_prove(session: Session, token: str, now: datetime) -> Registration | None:
    """Return the registration a link of the school's mailbox opens; None if the link is dead."""
    query = (
        select(Registration)
        .options(joinedload(Registration.institution))
        .where(Registration.token_hash == hash_of(token), Registration.expires_at > now)
        .where(Registration.state == RegistrationState.REQUESTED)
    )
    return session.scalar(query)


def membership_within(session: Session, scope: Scope, membership_id: int) -> Membership | None:
    """Return a membership at an institution within the scope; None where the scope ends."""
    query = (
        select(Membership)
        .join(Membership.institution)
        .where(Membership.id == membership_id, served_within(scope))
    )
    return session.scalar(query)


def members_of(
    session: Session, scope: Scope, institution_id: int, day: date
) -> Sequence[Membership]:
    """Return the memberships of a school that last beyond the day before, by name."""
    query = (
        select(Membership)
        .join(Membership.institution)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.institution_id == institution_id, served_within(scope))
        .where(or_(Membership.last.is_(None), Membership.last >= day))
        .order_by(Person.family_name, Person.given_name, Membership.id)
    )
    return session.scalars(query).all()


def served_within(scope: Scope) -> ColumnElement[bool]:
    """Return the condition that the institution of a query lies within the scope."""
    if scope.everything:
        return true()
    return or_(
        Institution.centre_id.in_(scope.centre_ids), Institution.id.in_(scope.institution_ids)
    )
