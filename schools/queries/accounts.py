"""Accounts and their roles, as an office sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from schools.models.account import Account, AccountState, AccountToken, Grant, TokenKind
from schools.models.institution import Institution
from schools.models.media_centre import MediaCentre
from schools.models.person import Person
from schools.rules import roles
from schools.rules.tokens import hash_of


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What an office looks for; empty values do not narrow.

    Attributes:
        words: parts of the name or address.
        role: held on the day.
        state: of the account.
        day: on which roles count.
    """

    day: date
    words: str = ""
    role: roles.Role | None = None
    state: AccountState | None = None


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role of an account with the name of its place.

    Attributes:
        grant_id: the row.
        grant: role and place; `centre_id` is the serving centre for roles at a school.
        place: the school's or the centre's name; empty for the whole installation.
        first: the first day.
        last: the last day, included; None if open.
    """

    grant_id: int
    grant: roles.Grant
    place: str
    first: date
    last: date | None


def accounts_within(
    session: Session, scope: roles.Scope, wanted: AccountFilter, page: int, size: int
) -> tuple[Sequence[Account], int]:
    """Return a page of accounts with a role within the scope, by name, and how many there are."""
    where = [_within(scope), *_conditions(wanted)]
    total = session.scalar(select(func.count(Account.id)).join(Account.person).where(*where)) or 0
    query = (
        select(Account)
        .join(Account.person)
        .options(joinedload(Account.person))
        .where(*where)
        .order_by(Person.family_name, Person.given_name, Account.id)
    )
    return session.scalars(query.limit(size).offset((page - 1) * size)).all(), total


def account_within(session: Session, scope: roles.Scope, account_id: int) -> Account | None:
    """Return one account with a role within the scope."""
    query = (
        select(Account)
        .options(joinedload(Account.person))
        .where(Account.id == account_id, _within(scope))
    )
    return session.scalar(query)


def held_roles(
    session: Session, account_ids: Sequence[int], day: date
) -> dict[int, list[HeldRole]]:
    """Return the roles, not yet over on that day, of each account."""
    query = (
        select(Grant, Institution.name, Institution.centre_id, MediaCentre.name)
        .outerjoin(Institution, Institution.id == Grant.institution_id)
        .outerjoin(MediaCentre, MediaCentre.id == Grant.centre_id)
        .where(Grant.account_id.in_(account_ids))
        .where(or_(Grant.last.is_(None), Grant.last >= day))
        .order_by(Grant.id)
    )
    found: dict[int, list[HeldRole]] = {account_id: [] for account_id in account_ids}
    for row, school, served_by, centre in session.execute(query):
        grant = roles.Grant(row.role, row.centre_id or served_by, row.institution_id)
        place = school or centre or ""
        found[row.account_id].append(HeldRole(row.id, grant, place, row.first, row.last))
    return found


def account_of_link(
    session: Session, token: str, kind: TokenKind, now: datetime
) -> Account | None:
    """Return the account a mailed link would open; None if the link is dead."""
    query = (
        select(Account)
        .join(AccountToken, AccountToken.account_id == Account.id)
        .options(joinedload(Account.person))
        .where(AccountToken.token_hash == hash_of(token), AccountToken.kind == kind)
        .where(AccountToken.used_at.is_(None), AccountToken.expires_at > now)
        .where(Account.state != AccountState.DISABLED)
    )
    return session.scalar(query)


def first_account_with(session: Session, role: roles.Role, day: date) -> Account | None:
    """Return the oldest active account that holds a role; for the cards of a demonstration."""
    query = (
        select(Account)
        .join(Grant)
        .where(Grant.role == role, Account.state == AccountState.ACTIVE)
        .where(Grant.first <= day, or_(Grant.last.is_(None), Grant.last >= day))
        .order_by(Account.id)
    )
    return session.scalars(query.limit(1)).first()


def _conditions(wanted: AccountFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            Person.given_name.icontains(word, autoescape=True),
            Person.family_name.icontains(word, autoescape=True),
            Account.name.icontains(word, autoescape=True),
        )
        for word in wanted.words.split()
    ]
    if wanted.state is not None:
        conditions.append(Account.state == wanted.state)
    if wanted.role is not None:
        in_force = or_(Grant.last.is_(None), Grant.last >= wanted.day)
        held = exists().where(Grant.account_id == Account.id, Grant.role == wanted.role, in_force)
        conditions.append(held)
    return conditions


def _within(scope: roles.Scope) -> ColumnElement[bool]:
    if scope.everything:
        return true()
    reached = (
        select(Grant.account_id)
        .outerjoin(Institution, Institution.id == Grant.institution_id)
        .where(func.coalesce(Grant.centre_id, Institution.centre_id).in_(scope.centre_ids))
    )
    return Account.id.in_(reached)
