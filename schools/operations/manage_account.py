"""Manage an account: give and withdraw roles, disable and enable, invite anew."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.errors import NotFoundError, RefusedError
from schools.models.account import Account, AccountState, Grant
from schools.models.institution import Institution
from schools.operations.invite import check_may_give, mail_invitation
from schools.operations.open_account import Held, give_role, join
from schools.operations.sign_in import end_sessions
from schools.queries.accounts import account_within, held_roles
from schools.queries.signed_in import day_of
from schools.rules.granting import GrantFault, may_give, may_manage
from schools.rules.roles import Actor, Right


def add_role(session: Session, account_id: int, held: Held, by: Actor, now: datetime) -> None:
    """Give an account one more role from today; it has to sign in again.

    Raises:
        NotFoundError: no such account within the actor's scope, or no such place.
        RefusedError: with the `GrantFault`.
    """
    account = _account(session, account_id, by)
    check_may_give(session, held, by)
    if not give_role(session, account, held, day_of(now)):
        raise RefusedError((GrantFault.HELD_ALREADY,))
    if held.institution_id is not None:
        join(session, account.person, held.institution_id, day_of(now))
    end_sessions(session, account.id, now)
    after = {"role": held.role, "centre": held.centre_id, "institution": held.institution_id}
    subject = Subject("account", account.id, held.centre_id, held.institution_id)
    record(session, by, subject, Change("add_role", after=after), now)


def withdraw_role(session: Session, grant_id: int, by: Actor, now: datetime) -> None:
    """Take a role away at once; the account has to sign in again.

    Raises:
        NotFoundError: no such role within the actor's scope.
        RefusedError: it is one's own, or not one's to take.
    """
    grant = session.get(Grant, grant_id)
    if grant is None:
        raise NotFoundError("grant", grant_id)
    _account(session, grant.account_id, by)
    if grant.account_id == by.account_id:
        raise RefusedError((GrantFault.OWN_ACCOUNT,))
    centre_id = grant.centre_id
    if grant.institution_id is not None:
        centre_id = session.get_one(Institution, grant.institution_id).centre_id
    if not may_give(by, grant.role, centre_id, grant.institution_id):
        raise RefusedError((GrantFault.NOT_YOURS_TO_GIVE,))
    before = {"role": grant.role, "centre": grant.centre_id, "institution": grant.institution_id}
    subject = Subject("account", grant.account_id, centre_id, grant.institution_id)
    record(session, by, subject, Change("withdraw_role", before=before), now)
    end_sessions(session, grant.account_id, now)
    yesterday = day_of(now) - timedelta(days=1)
    if grant.first > yesterday:
        session.delete(grant)
    else:
        grant.last = yesterday


def disable_account(session: Session, account_id: int, by: Actor, now: datetime) -> None:
    """Shut an account: every browser is signed out, no link opens it any more.

    Raises:
        NotFoundError: no such account within the actor's scope.
        RefusedError: it is one's own, or holds a role beyond the actor's reach.
    """
    account = _managed(session, account_id, by, now)
    account.state = AccountState.DISABLED
    end_sessions(session, account.id, now)
    record(session, by, Subject("account", account.id), Change("disable_account"), now)


def enable_account(session: Session, account_id: int, by: Actor, now: datetime) -> None:
    """Open a disabled account again.

    Raises:
        NotFoundError: no such account within the actor's scope.
        RefusedError: it is one's own, or holds a role beyond the actor's reach.
    """
    account = _managed(session, account_id, by, now)
    account.state = AccountState.ACTIVE if account.password_hash else AccountState.INVITED
    record(session, by, Subject("account", account.id), Change("enable_account"), now)


def sign_out_everywhere(session: Session, account_id: int, by: Actor, now: datetime) -> None:
    """End every sign-in of an account.

    Raises:
        NotFoundError: no such account within the actor's scope.
        RefusedError: it is one's own, or holds a role beyond the actor's reach.
    """
    account = _managed(session, account_id, by, now)
    end_sessions(session, account.id, now)
    record(session, by, Subject("account", account.id), Change("sign_out_everywhere"), now)


def invite_again(session: Session, account_id: int, by: Actor, now: datetime) -> None:
    """Mail a fresh invitation to an account that has no password yet; the old link dies.

    Raises:
        NotFoundError: no invited account within the actor's scope.
        RefusedError: it holds a role beyond the actor's reach.
    """
    account = _managed(session, account_id, by, now)
    held = held_roles(session, [account.id], day_of(now))[account.id]
    if account.state is not AccountState.INVITED or not held:
        raise NotFoundError("invitation", account_id)
    first = held[0].grant
    at_school = first.institution_id is not None
    place = Held(first.role, None if at_school else first.centre_id, first.institution_id)
    mail_invitation(session, account, place, now)
    record(session, by, Subject("account", account.id), Change("invite_again"), now)


def _account(session: Session, account_id: int, by: Actor) -> Account:
    account = account_within(session, by.scope(Right.MANAGE_CENTRE), account_id)
    if account is None:
        raise NotFoundError("account", account_id)
    return account


def _managed(session: Session, account_id: int, by: Actor, now: datetime) -> Account:
    account = _account(session, account_id, by)
    if account.id == by.account_id:
        raise RefusedError((GrantFault.OWN_ACCOUNT,))
    held = held_roles(session, [account.id], day_of(now))[account.id]
    if not may_manage(by, (each.grant for each in held)):
        raise RefusedError((GrantFault.NOT_YOURS_TO_MANAGE,))
    return account
