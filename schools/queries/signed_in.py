"""Who is behind a cookie, and who may have one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from database.types import UtcDateTime
from schools.models.account import Account, AccountState, Grant, SignInSession, Theme
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules import roles

CENTRE_TIME = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a cookie.

    Attributes:
        actor: the person with the grants in force today.
        locale: the language of the profile.
        theme: how pages look to this person.
        shortcuts: keys of one letter work.
        session_id: the row of this sign-in.
    """

    actor: roles.Actor
    locale: str
    theme: Theme
    shortcuts: bool
    session_id: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a typed password is held against; only of active accounts."""

    account_id: int
    password_hash: str | None


def day_of(now: datetime) -> date:
    """Return the day at the centre."""
    return now.astimezone(CENTRE_TIME).date()


def credentials_of(session: Session, name: str) -> Credentials | None:
    """Return what an active account signs in with; None if there is no such account."""
    query = select(Account.id, Account.password_hash).where(
        Account.name == name, Account.state == AccountState.ACTIVE
    )
    row = session.execute(query).one_or_none()
    return None if row is None else Credentials(row.id, row.password_hash)


def sessions_of(session: Session, account_id: int, now: datetime) -> Sequence[SignInSession]:
    """Return the browsers that an account is signed in with, the latest first."""
    query = (
        select(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.revoked_at.is_(None))
        .where(SignInSession.expires_at > now)
        .order_by(SignInSession.id.desc())
    )
    return session.scalars(query).all()


def visitor_of_token(session: Session, token_hash: str, now: datetime) -> SignedIn | None:
    """Return who is signed in by a token, in one statement.

    None if the token is unknown, revoked or expired, or the account is not active.
    """
    asked = {"token_hash": token_hash, "now": now, "day": day_of(now)}
    rows = session.execute(_signed_in(), asked).all()
    if not rows:
        return None
    first = rows[0]
    name = f"{first.given_name} {first.family_name}"
    actor = roles.Actor(first.account_id, first.person_id, name, _grants(rows))
    return SignedIn(actor, first.locale, first.theme, first.shortcuts, first.session_id)


def actor_of_account(session: Session, account_id: int, now: datetime) -> roles.Actor | None:
    """Return whom an active account stands for, in one statement; None if it is not active."""
    asked = {"account_id": account_id, "day": day_of(now)}
    rows = session.execute(_standing(), asked).all()
    if not rows:
        return None
    name = f"{rows[0].given_name} {rows[0].family_name}"
    return roles.Actor(account_id, rows[0].person_id, name, _grants(rows))


def locale_of_account(session: Session, account_id: int) -> str:
    """Return the language that an account's person reads."""
    query = select(Person.locale).join(Account, Account.person_id == Person.id)
    return session.scalars(query.where(Account.id == account_id)).one()


@cache
def _standing() -> Select[*tuple[Any, ...]]:
    day = bindparam("day", type_=Date())
    in_force = and_(
        Grant.account_id == Account.id,
        Grant.first <= day,
        or_(Grant.last.is_(None), Grant.last >= day),
    )
    return (
        select(
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Grant.role,
            Grant.institution_id,
            func.coalesce(Grant.centre_id, Institution.centre_id).label("centre_id"),
        )
        .select_from(Account)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Grant, in_force)
        .outerjoin(Institution, Institution.id == Grant.institution_id)
        .where(Account.id == bindparam("account_id"), Account.state == AccountState.ACTIVE)
        .order_by(Grant.id)
    )


@cache
def _signed_in() -> Select[*tuple[Any, ...]]:
    """Return the statement of every request; built once, since building it takes longest."""
    now, day = bindparam("now", type_=UtcDateTime()), bindparam("day", type_=Date())
    in_force = and_(
        Grant.account_id == Account.id,
        Grant.first <= day,
        or_(Grant.last.is_(None), Grant.last >= day),
    )
    return (
        select(
            SignInSession.id.label("session_id"),
            Account.id.label("account_id"),
            Account.theme,
            Account.shortcuts,
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Person.locale,
            Grant.role,
            Grant.institution_id,
            func.coalesce(Grant.centre_id, Institution.centre_id).label("centre_id"),
        )
        .join(Account, Account.id == SignInSession.account_id)
        .join(Person, Person.id == Account.person_id)
        .outerjoin(Grant, in_force)
        .outerjoin(Institution, Institution.id == Grant.institution_id)
        .where(SignInSession.token_hash == bindparam("token_hash"))
        .where(SignInSession.revoked_at.is_(None), SignInSession.expires_at > now)
        .where(Account.state == AccountState.ACTIVE)
        .order_by(Grant.id)
    )


def _grants(rows: Sequence[Row[Any]]) -> tuple[roles.Grant, ...]:
    return tuple(
        roles.Grant(row.role, row.centre_id, row.institution_id)
        for row in rows
        if row.role is not None
    )
