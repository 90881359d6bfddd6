"""Codes for classes, as their makers and the classes see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from catalogue.models.class_code import ClassCode
from schools.models.account import Account, AccountState
from schools.rules.roles import Actor


@dataclass(frozen=True, slots=True)
class ClassThing:
    """What a code opens: a title or a list by its key, and the account that opened it."""

    code_id: int
    code: str
    account_id: int
    title_id: int | None
    list_id: int | None


def is_alive(today: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on a code to open anything today.

    Source:
        docs/rules.md, Lending 3.6.
    """
    return (ClassCode.ended_at.is_(None), ClassCode.ends_on >= today)


def codes_of(session: Session, who: Actor, today: date) -> Sequence[ClassCode]:
    """Return the actor's living codes with what they open, the newest first, in one statement."""
    query = select(ClassCode).where(ClassCode.account_id == who.account_id, *is_alive(today))
    return session.scalars(_with_things(query).order_by(ClassCode.id.desc())).all()


def living_code(session: Session, who: Actor, code_id: int, today: date) -> ClassCode | None:
    """Return a living code if it is the actor's own."""
    query = select(ClassCode).where(
        ClassCode.id == code_id, ClassCode.account_id == who.account_id, *is_alive(today)
    )
    return session.scalar(_with_things(query))


def thing_of_code(session: Session, code: str, today: date) -> ClassThing | None:
    """Return what a typed code opens today; None if nothing."""
    return _thing(session, _opened(today).where(ClassCode.code == code))


def thing_of_card(session: Session, code_id: int, today: date) -> ClassThing | None:
    """Return what a card opens today; None if nothing. Whether we signed it, the caller asks."""
    return _thing(session, _opened(today).where(ClassCode.id == code_id))


def _opened(today: date) -> Select[ClassCode]:
    """Codes of an account that is no longer active open nothing."""
    query = select(ClassCode).join(Account, Account.id == ClassCode.account_id)
    return query.where(Account.state == AccountState.ACTIVE, *is_alive(today))


def _thing(session: Session, query: Select[ClassCode]) -> ClassThing | None:
    found = session.scalar(query)
    if found is None:
        return None
    return ClassThing(found.id, found.code, found.account_id, found.title_id, found.list_id)


def _with_things(query: Select[ClassCode]) -> Select[ClassCode]:
    return query.options(joinedload(ClassCode.title), joinedload(ClassCode.title_list))
