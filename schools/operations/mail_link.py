"""Mail a link that opens an account once, and take it when it comes back."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schools.errors import LinkDeadError
from schools.models.account import Account, AccountState, AccountToken, Grant, TokenKind
from schools.models.institution import Institution
from schools.models.owed_letter import LetterKind
from schools.operations.owe import Letter, owe, person_addressed
from schools.rules.roles import Role
from schools.rules.tokens import hash_of

TOKEN_BYTES = 32

LIVES_FOR: Mapping[TokenKind, timedelta] = {
    TokenKind.INVITATION: timedelta(days=7),
    TokenKind.RESET: timedelta(minutes=60),
}
"""Source: docs/rules.md, Accounts 1.5."""

LETTERS: Mapping[TokenKind, LetterKind] = {
    TokenKind.INVITATION: LetterKind.INVITATION,
    TokenKind.RESET: LetterKind.PASSWORD_RESET,
}


def new_token() -> str:
    """Return 256 random bits as text that is safe in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def mail_link(
    session: Session,
    account: Account,
    kind: TokenKind,
    facts: Mapping[str, Any],
    now: datetime,
) -> None:
    """Owe the person a letter with a fresh link; older links of the kind die."""
    token = new_token()
    until = now + LIVES_FOR[kind]
    _kill_links(session, account.id, now, kind)
    row = AccountToken(
        account_id=account.id,
        kind=kind,
        token_hash=hash_of(token),
        created_at=now,
        expires_at=until,
    )
    session.add(row)
    session.flush()
    letter = Letter(
        LETTERS[kind],
        f"{LETTERS[kind].value}:{row.id}",
        {**facts, "token": token, "until": until.isoformat()},
    )
    to = person_addressed(account.person, centre_id=_one_centre(session, account.id))
    owe(session, letter, to, now)


def take_link(session: Session, token: str, kind: TokenKind, now: datetime) -> Account:
    """Use up a link inside a unit of work; every other link of the account dies with it.

    Raises:
        LinkDeadError: unknown, used, too old, or the account is disabled.
    """
    query = (
        select(AccountToken)
        .join(Account)
        .where(AccountToken.token_hash == hash_of(token), AccountToken.kind == kind)
        .where(AccountToken.used_at.is_(None), AccountToken.expires_at > now)
        .where(Account.state != AccountState.DISABLED)
    )
    row = session.scalar(query.with_for_update(of=AccountToken))
    if row is None:
        raise LinkDeadError
    _kill_links(session, row.account_id, now)
    return row.account


def _kill_links(
    session: Session, account_id: int, now: datetime, kind: TokenKind | None = None
) -> None:
    """Mark links as used: those of one kind, or all."""
    killing = update(AccountToken).where(
        AccountToken.account_id == account_id, AccountToken.used_at.is_(None)
    )
    if kind is not None:
        killing = killing.where(AccountToken.kind == kind)
    session.execute(killing.values(used_at=now))


def _one_centre(session: Session, account_id: int) -> int | None:
    """Return the centre whose office may see this account's links.

    None if the account reaches beyond one centre: its link would open more than that office may.
    """
    grants = session.execute(
        select(Grant.role, Grant.centre_id, Institution.centre_id)
        .outerjoin(Institution, Institution.id == Grant.institution_id)
        .where(Grant.account_id == account_id)
    ).all()
    centres = {own or served for _role, own, served in grants}
    if len(centres) != 1 or any(role is Role.SYSTEM_ADMIN for role, _own, _served in grants):
        return None
    return centres.pop()
