"""Invite: an office or a school opens an account for somebody, who chooses the password."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import NotFoundError, RefusedError
from schools.models.account import Account, AccountState, TokenKind
from schools.models.institution import Institution
from schools.models.media_centre import MediaCentre
from schools.operations.mail_link import mail_link, take_link
from schools.operations.open_account import (
    Held,
    PersonFacts,
    account_of,
    give_role,
    join,
    person_of,
)
from schools.operations.sign_in import end_sessions
from schools.queries.signed_in import day_of
from schools.rules.granting import GrantFault, may_give, place_fault
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be opened.

    Attributes:
        person: whose; without an address only a name to sign in with is kept.
        held: the first role.
        name: to sign in with; the address when left out.
        password_hash: None leaves the password to an invitation.
    """

    person: PersonFacts
    held: Held
    name: str | None = None
    password_hash: str | None = None


def invite(session: Session, facts: PersonFacts, held: Held, by: Actor, now: datetime) -> Account:
    """Give somebody a role; who has no password yet gets a letter with a link to choose one.

    Raises:
        NotFoundError: no such school or centre.
        RefusedError: with every `GrantFault`; a foreign place is `NOT_YOURS_TO_GIVE`.

    Source:
        docs/rules.md, Accounts 1.5 and 1.6.
    """
    account = _opened(session, NewAccount(facts, held), by, now)
    if account.state is AccountState.INVITED:
        mail_invitation(session, account, held, now)
    return account


def add_account(session: Session, new: NewAccount, by: Actor, now: datetime) -> Account:
    """Open an account with a password, as the command line does for the first people.

    Raises:
        NotFoundError: no such school or centre.
        RefusedError: with every `GrantFault`.
    """
    account = _opened(session, new, by, now)
    account.password_hash = new.password_hash
    account.state = AccountState.ACTIVE
    return account


def mail_invitation(session: Session, account: Account, held: Held, now: datetime) -> None:
    """Owe the letter with a fresh link; an earlier link dies."""
    facts = {"role": held.role.value, "place": _name_of_place(session, held)}
    mail_link(session, account, TokenKind.INVITATION, facts, now)


def accept_invitation(session: Session, token: str, password_hash: str, now: datetime) -> int:
    """Set the first password by a mailed link; returns the account's id.

    Raises:
        LinkDeadError: unknown, used or too old.
    """
    account = take_link(session, token, TokenKind.INVITATION, now)
    account.password_hash = password_hash
    account.state = AccountState.ACTIVE
    end_sessions(session, account.id, now)
    by = Actor(account.id, account.person_id, account.person.name)
    record(session, by, Subject("account", account.id), Change("accept_invitation"), now)
    return account.id


def check_may_give(session: Session, held: Held, by: Actor) -> None:
    """Refuse a role at the wrong kind of place, at a foreign one or at a closed school.

    Raises:
        NotFoundError: no such school or centre.
        RefusedError: carries the `GrantFault`.
    """
    fault = place_fault(held.role, held.centre_id, held.institution_id)
    if fault is not None:
        raise RefusedError((fault,))
    centre_id = held.centre_id
    if held.institution_id is not None:
        school = session.get(Institution, held.institution_id)
        if school is None:
            raise NotFoundError("institution", held.institution_id)
        if not school.in_operation:
            raise RefusedError((GrantFault.SCHOOL_CLOSED,))
        centre_id = school.centre_id
    elif centre_id is not None and session.get(MediaCentre, centre_id) is None:
        raise NotFoundError("media_centre", centre_id)
    if not may_give(by, held.role, centre_id, held.institution_id):
        raise RefusedError((GrantFault.NOT_YOURS_TO_GIVE,))


def _opened(session: Session, new: NewAccount, by: Actor, now: datetime) -> Account:
    held = new.held
    check_may_give(session, held, by)
    person = person_of(session, new.person, now)
    account = account_of(session, person, now, name=new.name)
    if not give_role(session, account, held, day_of(now)):
        raise RefusedError((GrantFault.HELD_ALREADY,))
    if held.institution_id is not None:
        join(session, person, held.institution_id, day_of(now))
    session.flush()
    end_sessions(session, account.id, now)
    after = {"role": held.role, "centre": held.centre_id, "institution": held.institution_id}
    subject = Subject("account", account.id, held.centre_id, held.institution_id)
    record(session, by, subject, Change("open_account", after=after), now)
    return account


def _name_of_place(session: Session, held: Held) -> str:
    if held.institution_id is not None:
        return session.get_one(Institution, held.institution_id).name
    if held.centre_id is not None:
        return session.get_one(MediaCentre, held.centre_id).name
    return ""
