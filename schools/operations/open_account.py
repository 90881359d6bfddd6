"""Open an account: find or make the person, the membership, the account, the role."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from schools.errors import RefusedError
from schools.models.account import Account, AccountState, Grant
from schools.models.person import Membership, MembershipRole, Person
from schools.rules.cards import BITS, card_number
from schools.rules.granting import GrantFault
from schools.rules.roles import Role


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What we want to know of somebody; `email`, if any, is also the name to sign in with."""

    given_name: str
    family_name: str
    email: str
    locale: str = "de"


@dataclass(frozen=True, slots=True)
class Held:
    """A role and the place it is held at: a school, a centre, or neither."""

    role: Role
    centre_id: int | None = None
    institution_id: int | None = None


def person_of(session: Session, facts: PersonFacts, now: datetime) -> Person:
    """Return the person with that address, made if nobody has it; a known name stays."""
    email = facts.email.strip().lower() or None
    known = None
    if email is not None:
        known = session.scalar(select(Person).where(Person.email == email).with_for_update())
    if known is not None:
        return known
    person = Person(
        given_name=facts.given_name.strip(),
        family_name=facts.family_name.strip(),
        email=email,
        locale=facts.locale,
        card=new_card(),
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def new_card() -> str:
    """Return a card number that nobody can guess."""
    return card_number(secrets.randbits(BITS))


def account_of(
    session: Session, person: Person, now: datetime, *, name: str | None = None
) -> Account:
    """Return the person's account, made without a password if there is none.

    Args:
        session: inside a unit of work.
        person: whose.
        now: the instant.
        name: to sign in with; the person's address when left out.

    Raises:
        RefusedError: another person's account has that name.
    """
    known = session.scalar(select(Account).where(Account.person_id == person.id))
    if known is not None:
        return known
    chosen = (name or person.email or "").strip().lower()
    if session.scalar(select(Account.id).where(Account.name == chosen)) is not None:
        raise RefusedError((GrantFault.ADDRESS_TAKEN,))
    account = Account(person_id=person.id, name=chosen, state=AccountState.INVITED, created_at=now)
    session.add(account)
    session.flush()
    return account


def give_role(session: Session, account: Account, held: Held, first: date) -> bool:
    """Give a role from `first` on, if it is not held already; says whether it was given."""
    same = (
        select(Grant.id)
        .where(Grant.account_id == account.id, Grant.role == held.role)
        .where(Grant.centre_id.is_not_distinct_from(held.centre_id))
        .where(Grant.institution_id.is_not_distinct_from(held.institution_id))
        .where(or_(Grant.last.is_(None), Grant.last >= first))
    )
    if session.scalar(same) is not None:
        return False
    session.add(
        Grant(
            account_id=account.id,
            role=held.role,
            centre_id=held.centre_id,
            institution_id=held.institution_id,
            first=first,
        )
    )
    return True


def join(session: Session, person: Person, institution_id: int, first: date) -> None:
    """Let a person act for an institution from `first` on, if it does not do so already."""
    same = (
        select(Membership.id)
        .where(Membership.person_id == person.id, Membership.institution_id == institution_id)
        .where(or_(Membership.last.is_(None), Membership.last >= first))
    )
    if session.scalar(same) is None:
        session.add(
            Membership(
                person_id=person.id,
                institution_id=institution_id,
                role=MembershipRole.TEACHER,
                first=first,
            )
        )
