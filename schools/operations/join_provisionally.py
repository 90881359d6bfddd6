"""Join provisionally: the desk takes somebody in who has no card; the school has its say after."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import NotFoundError, RefusedError
from schools.models.institution import Institution, InstitutionKind
from schools.models.owed_letter import LetterKind
from schools.models.person import Membership, Person
from schools.operations.enrol import MAILBOX_DOMAIN
from schools.operations.open_account import PersonFacts, person_of
from schools.operations.owe import Addressee, Letter, owe, person_addressed
from schools.queries.members import deciders_of
from schools.rules.granting import GrantFault
from schools.rules.provisional import last_day
from schools.rules.roles import Actor, Right


class NewcomerFault(StrEnum):
    """Why the desk cannot take somebody in."""

    ADDRESS_KNOWN = "address_known"
    """Somebody has this address already."""


class ProvisionalFault(StrEnum):
    """Why a provisional membership is not confirmed."""

    DECIDED = "membership_decided"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody at the desk whom nobody knows, and for whom they say to act."""

    person: PersonFacts
    institution_id: int


def join_provisionally(
    session: Session, wish: Newcomer, by: Actor, today: date, now: datetime
) -> Person:
    """Make a person with a card and a membership that ends soon; the school is told.

    Raises:
        NotFoundError: no such institution within the actor's scope.
        RefusedError: the school has closed, or somebody has that address.

    Source:
        docs/rules.md, Accounts 1.10.
    """
    school = session.get(Institution, wish.institution_id)
    scope = by.scope(Right.LEND)
    if school is None or not scope.covers_institution(school.id, school.centre_id):
        raise NotFoundError("institution", wish.institution_id)
    _check(session, wish, school)
    person = person_of(session, wish.person, now)
    membership = Membership(
        person_id=person.id,
        institution_id=school.id,
        first=today,
        last=last_day(today),
        provisional=True,
    )
    session.add(membership)
    session.flush()
    subject = Subject("membership", membership.id, school.centre_id, school.id)
    after = {"person_id": person.id, "last": last_day(today).isoformat()}
    record(session, by, subject, Change("join_provisionally", after=after), now)
    tell_school(session, membership, person, school, now)
    return person


def confirm_membership(session: Session, membership_id: int, by: Actor, now: datetime) -> None:
    """Let a provisional membership last until the school ends it.

    Raises:
        NotFoundError: no such membership within the actor's scope.
        RefusedError: it is confirmed already, or has ended.
    """
    membership = _provisional(session, membership_id, by)
    membership.provisional = False
    membership.last = None
    school = membership.institution
    subject = Subject("membership", membership.id, school.centre_id, school.id)
    record(session, by, subject, Change("confirm_membership"), now)


def _provisional(session: Session, membership_id: int, by: Actor) -> Membership:
    membership = session.scalar(
        select(Membership)
        .where(Membership.id == membership_id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    )
    scope = by.scope(Right.MANAGE_MEMBERS)
    if membership is None or not scope.covers_institution(
        membership.institution_id, membership.institution.centre_id
    ):
        raise NotFoundError("membership", membership_id)
    if not membership.provisional:
        raise RefusedError((ProvisionalFault.DECIDED,))
    return membership


def _check(session: Session, wish: Newcomer, school: Institution) -> None:
    faults: list[StrEnum] = []
    if not school.in_operation:
        faults.append(GrantFault.SCHOOL_CLOSED)
    email = wish.person.email.strip().lower()
    if email and session.scalar(select(Person.id).where(Person.email == email)) is not None:
        faults.append(NewcomerFault.ADDRESS_KNOWN)
    if faults:
        raise RefusedError(tuple(faults))


def tell_school(
    session: Session, membership: Membership, person: Person, school: Institution, now: datetime
) -> None:
    """Tell the school's admins, else its mailbox."""
    facts = {
        "person": person.name,
        "email": person.email or "",
        "school": school.name,
        "last": None if membership.last is None else membership.last.isoformat(),
    }
    addressees = [
        person_addressed(each, centre_id=school.centre_id, institution_id=school.id)
        for each in deciders_of(session, school.id, membership.first)
    ]
    for to in addressees or [_mailbox(school)]:
        occasion = f"membership_provisional:{membership.id}:{to.person_id or 'school'}"
        owe(session, Letter(LetterKind.MEMBERSHIP_PROVISIONAL, occasion, facts), to, now)


def _mailbox(school: Institution) -> Addressee:
    """Return the address of an institution; every school of the state has one by its number."""
    address = school.email
    if not address and school.kind is InstitutionKind.SCHOOL and school.number:
        address = f"{school.number}@{MAILBOX_DOMAIN}"
    return Addressee(address, school.name, institution_id=school.id, centre_id=school.centre_id)
