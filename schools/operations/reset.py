"""Reset: a new password by a mailed link."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Change, Subject, record
from schools.models.account import Account, AccountState, TokenKind
from schools.operations.mail_link import mail_link, take_link
from schools.operations.sign_in import end_sessions, forget_attempts
from schools.rules.roles import Actor


def ask_for_new_password(session: Session, name: str, now: datetime) -> None:
    """Owe a letter with a link, if an account of that name can use one; never says whether.

    Source:
        docs/rules.md, Accounts 1.2.
    """
    account = session.scalar(
        select(Account).where(Account.name == name, Account.state != AccountState.DISABLED)
    )
    if account is not None and account.person.email:
        mail_link(session, account, TokenKind.RESET, {}, now)


def set_password_by_link(
    session: Session, token: str, password_hash: str, now: datetime
) -> Account:
    """Set a new password; every browser is signed out, every other link dies.

    An account that never had a password is opened by it: the link went to the same address as
    an invitation would.

    Raises:
        LinkDeadError: unknown, used or too old.
    """
    account = take_link(session, token, TokenKind.RESET, now)
    account.password_hash = password_hash
    account.state = AccountState.ACTIVE
    end_sessions(session, account.id, now)
    by = Actor(account.id, account.person_id, account.person.name)
    record(session, by, Subject("account", account.id), Change("reset_password"), now)
    return account


def change_password(
    session: Session, password_hash: str, by: Actor, keep: int, now: datetime
) -> None:
    """Change one's own password; every browser but this one is signed out.

    Args:
        session: inside a unit of work.
        password_hash: of the new one.
        by: whose account it is.
        keep: the session that goes on.
        now: the instant.
    """
    account = session.get_one(Account, by.account_id)
    account.password_hash = password_hash
    forget_attempts(session, account.name)
    end_sessions(session, account.id, now, but=keep)
    record(session, by, Subject("account", account.id), Change("change_password"), now)
