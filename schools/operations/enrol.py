"""Enrol: a teacher registers, the school's mailbox proves it, the school admin decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import LinkDeadError, NotFoundError, RefusedError
from schools.models.account import AccountState, Registration, RegistrationState
from schools.models.institution import TEACHING, Institution, InstitutionKind
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.invite import mail_invitation
from schools.operations.mail_link import new_token
from schools.operations.open_account import (
    Held,
    PersonFacts,
    account_of,
    give_role,
    join,
    person_of,
)
from schools.operations.owe import Addressee, Letter, owe, person_addressed
from schools.queries.members import deciders_of
from schools.queries.signed_in import day_of
from schools.rules.granting import GrantFault, RegistrationFault
from schools.rules.roles import Actor, Right, Role
from schools.rules.tokens import hash_of

MAILBOX_DOMAIN = "schule.nrw.de"
"""Every school of the state has a mailbox there, named by its number."""

PROOF_LIVES_FOR = timedelta(days=7)
MOST_UNPROVED = 20
"""Unproved registrations of one school in a day; more are dropped, so nobody floods it."""


@dataclass(frozen=True, slots=True)
class RegistrationWish:
    """What somebody says who wants to borrow for a school."""

    person: PersonFacts
    school_number: str
    password_hash: str


def register(session: Session, wish: RegistrationWish, now: datetime) -> None:
    """Owe a letter to the school's mailbox, if the school is in operation and served.

    Whoever asks learns nothing from it, whatever the number and the address.

    Source:
        docs/rules.md, Accounts 1.2 and 1.7.
    """
    school = session.scalar(
        select(Institution).where(
            Institution.number == wish.school_number,
            Institution.kind == InstitutionKind.SCHOOL,
            Institution.operating_status.in_(TEACHING),
            Institution.centre_id.is_not(None),
        )
    )
    if school is None or _unproved(session, school.id, now) >= MOST_UNPROVED:
        return
    token = new_token()
    registration = Registration(
        institution_id=school.id,
        given_name=wish.person.given_name.strip(),
        family_name=wish.person.family_name.strip(),
        email=wish.person.email.strip().lower(),
        password_hash=wish.password_hash,
        locale=wish.person.locale,
        token_hash=hash_of(token),
        created_at=now,
        expires_at=now + PROOF_LIVES_FOR,
    )
    session.add(registration)
    session.flush()
    _owe_proof(session, registration, school, token)


def prove(session: Session, token: str, now: datetime) -> Registration:
    """Note that the school's mailbox followed the link; the school admins are told.

    Raises:
        LinkDeadError: unknown, used or too old.
    """
    query = (
        select(Registration)
        .where(Registration.token_hash == hash_of(token), Registration.expires_at > now)
        .where(Registration.state == RegistrationState.REQUESTED)
    )
    registration = session.scalar(query.with_for_update(of=Registration))
    if registration is None:
        raise LinkDeadError
    registration.state = RegistrationState.PROVED
    registration.proved_at = now
    _tell(session, registration, LetterKind.REGISTRATION_RECEIVED, now)
    _ask_deciders(session, registration, now)
    return registration


def confirm_registration(
    session: Session, registration_id: int, by: Actor, now: datetime
) -> Person:
    """Make person, membership, account and role; the teacher is told.

    Who has an address we know keeps name and password: the membership and the role are added.
    A known person without a password gets an invitation instead of the one just chosen, since
    only the letter proves that the address is theirs.

    Raises:
        NotFoundError: no such registration within the actor's scope.
        RefusedError: decided already, not proved yet, or the school has closed.

    Source:
        docs/rules.md, Accounts 1.7.
    """
    registration = _to_decide(session, registration_id, by)
    if not registration.institution.in_operation:
        raise RefusedError((GrantFault.SCHOOL_CLOSED,))
    facts = PersonFacts(
        registration.given_name, registration.family_name, registration.email, registration.locale
    )
    known = session.scalar(select(Person.id).where(Person.email == facts.email)) is not None
    person = person_of(session, facts, now)
    account = account_of(session, person, now)
    if not known:
        account.password_hash = registration.password_hash
        account.state = AccountState.ACTIVE
    held = Held(Role.TEACHER, institution_id=registration.institution_id)
    give_role(session, account, held, day_of(now))
    join(session, person, registration.institution_id, day_of(now))
    session.flush()
    if account.state is AccountState.INVITED:
        mail_invitation(session, account, held, now)
    _decide(session, registration, RegistrationState.CONFIRMED, by, now)
    _tell(session, registration, LetterKind.MEMBERSHIP_CONFIRMED, now)
    return person


def decline_registration(session: Session, registration_id: int, by: Actor, now: datetime) -> None:
    """Refuse a registration; the teacher is told, and nothing of theirs is kept but that.

    Raises:
        NotFoundError: no such registration within the actor's scope.
        RefusedError: decided already, or not proved yet.
    """
    registration = _to_decide(session, registration_id, by)
    _decide(session, registration, RegistrationState.DECLINED, by, now)
    _tell(session, registration, LetterKind.MEMBERSHIP_DECLINED, now)


def _unproved(session: Session, institution_id: int, now: datetime) -> int:
    query = select(func.count(Registration.id)).where(
        Registration.institution_id == institution_id,
        Registration.state == RegistrationState.REQUESTED,
        Registration.created_at > now - timedelta(days=1),
    )
    return session.scalar(query) or 0


def _owe_proof(
    session: Session, registration: Registration, school: Institution, token: str
) -> None:
    letter = Letter(
        LetterKind.REGISTRATION_PROOF,
        f"registration_proof:{registration.id}",
        {
            "person": f"{registration.given_name} {registration.family_name}",
            "email": registration.email,
            "school": school.name,
            "token": token,
            "until": registration.expires_at.isoformat(),
        },
    )
    mailbox = Addressee(
        f"{school.number}@{MAILBOX_DOMAIN}",
        institution_id=school.id,
        centre_id=school.centre_id,
    )
    owe(session, letter, mailbox, registration.created_at)


def _ask_deciders(session: Session, registration: Registration, now: datetime) -> None:
    """Tell the school's admins, or the centre where the school has none."""
    school = registration.institution
    facts = {
        "person": f"{registration.given_name} {registration.family_name}",
        "email": registration.email,
        "school": school.name,
    }
    addressees = [
        person_addressed(person, centre_id=school.centre_id, institution_id=school.id)
        for person in deciders_of(session, school.id, day_of(now))
    ]
    if not addressees and school.centre is not None:
        addressees = [
            Addressee(school.centre.email, school.centre.name, centre_id=school.centre_id)
        ]
    for to in addressees:
        occasion = f"membership_to_confirm:{registration.id}:{to.person_id or 'centre'}"
        owe(session, Letter(LetterKind.MEMBERSHIP_TO_CONFIRM, occasion, facts), to, now)


def _to_decide(session: Session, registration_id: int, by: Actor) -> Registration:
    registration = session.scalar(
        select(Registration)
        .where(Registration.id == registration_id)
        .with_for_update(of=Registration)
    )
    scope = by.scope(Right.MANAGE_MEMBERS)
    if registration is None or not scope.covers_institution(
        registration.institution_id, registration.institution.centre_id
    ):
        raise NotFoundError("registration", registration_id)
    if registration.state is not RegistrationState.PROVED:
        raise RefusedError((RegistrationFault.NOT_TO_DECIDE,))
    return registration


def _decide(
    session: Session,
    registration: Registration,
    state: RegistrationState,
    by: Actor,
    now: datetime,
) -> None:
    registration.state = state
    registration.decided_at = now
    registration.decided_by = by.account_id
    registration.password_hash = ""
    school = registration.institution
    subject = Subject("registration", registration.id, school.centre_id, school.id)
    record(session, by, subject, Change(f"registration_{state.value}"), now)


def _tell(session: Session, registration: Registration, kind: LetterKind, now: datetime) -> None:
    school = registration.institution
    to = Addressee(
        registration.email,
        f"{registration.given_name} {registration.family_name}",
        registration.locale,
        institution_id=school.id,
        centre_id=school.centre_id,
    )
    letter = Letter(kind, f"{kind.value}:{registration.id}", {"school": school.name})
    owe(session, letter, to, now)
