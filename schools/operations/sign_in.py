"""Sign in: count attempts before they are judged, begin and end sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from schools.errors import TooManyAttemptsError
from schools.models.account import Account, SignInAttempt, SignInSession
from schools.rules.sign_in_delays import (
    WINDOW,
    WITH_A_NAME,
    WITH_AN_ADDRESS,
    Failures,
    Patience,
    heard_from,
)

AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries what from where; both are keyed hashes, so the store holds no address.

    Attributes:
        name_hash: of the name that was typed, known or not.
        address_hash: of the network address.
        with_name: how often failing with one name is free.
    """

    name_hash: str
    address_hash: str
    with_name: Patience = WITH_A_NAME


@dataclass(frozen=True, slots=True)
class NewSession:
    """A browser that is about to be signed in.

    Attributes:
        account_id: whose.
        token_hash: SHA-256 of the random text in the cookie.
        longest: after this it ends, whatever happens.
        user_agent: what the browser calls itself, for the list in the profile.
        replaces: the session this browser had before, if any; it ends.
    """

    account_id: int
    token_hash: str
    longest: timedelta
    user_agent: str = ""
    replaces: int | None = None


def begin_attempt(session: Session, attempt: Attempt, now: datetime) -> SignInAttempt:
    """Count an attempt as failed before anything is judged; success takes it back.

    Counted first, many attempts at once cannot pass together. Takes a lock of its own on the
    name, then on the address.

    Returns:
        The counted failure, for `take_back` where only this one may be forgotten.

    Raises:
        TooManyAttemptsError: this one is not heard, and not counted either.

    Source:
        docs/rules.md, Accounts 1.3.
    """
    _take_turns(session, attempt)
    by_name = _failures(session, SignInAttempt.name_hash, attempt.name_hash, now)
    by_address = _failures(session, SignInAttempt.address_hash, attempt.address_hash, now)
    waits = (
        heard_from(by_name, attempt.with_name),
        heard_from(by_address, WITH_AN_ADDRESS),
    )
    until = max((wait for wait in waits if wait is not None), default=None)
    if until is not None and until > now:
        raise TooManyAttemptsError(until)
    counted = SignInAttempt(name_hash=attempt.name_hash, address_hash=attempt.address_hash, at=now)
    session.add(counted)
    session.flush()
    return counted


def take_back(session: Session, counted: SignInAttempt) -> None:
    """Forget one counted failure, since it was none; others from the same address stay."""
    session.delete(counted)


def forget_attempts(session: Session, name_hash: str) -> None:
    """Forget the failures with a name, since whoever it belongs to has come."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.name_hash == name_hash))


def begin_session(session: Session, new: NewSession, now: datetime) -> int:
    """Sign a browser in; returns the session's id."""
    if new.replaces is not None:
        end_session(session, new.replaces, now)
    row = SignInSession(
        account_id=new.account_id,
        token_hash=new.token_hash,
        created_at=now,
        expires_at=now + new.longest,
        user_agent=new.user_agent[:AGENT_LENGTH],
    )
    session.add(row)
    session.get_one(Account, new.account_id).last_sign_in_at = now
    session.flush()
    return row.id


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """Sign one browser out, for good."""
    session.execute(_ending(now).where(SignInSession.id == session_id))


def end_sessions(
    session: Session, account_id: int, now: datetime, *, but: int | None = None
) -> None:
    """Sign an account out everywhere.

    Args:
        session: inside a unit of work.
        account_id: whose.
        now: the instant.
        but: a session that goes on.
    """
    ending = _ending(now).where(SignInSession.account_id == account_id)
    session.execute(ending if but is None else ending.where(SignInSession.id != but))


def keep_rehashed(session: Session, account_id: int, password_hash: str) -> None:
    """Keep the same password hashed with today's parameters."""
    session.get_one(Account, account_id).password_hash = password_hash


def _ending(now: datetime) -> Any:  # noqa: ANN401  # SQLAlchemy's own generic
    return update(SignInSession).where(SignInSession.revoked_at.is_(None)).values(revoked_at=now)


def _failures(
    session: Session, column: InstrumentedAttribute[str], value: str, now: datetime
) -> Failures:
    recent = SignInAttempt.at.between(now - WINDOW, now)
    query = select(func.count(), func.max(SignInAttempt.at)).where(column == value, recent)
    count, last = session.execute(query).one()
    return Failures(count, last)


def _take_turns(session: Session, attempt: Attempt) -> None:
    """Let attempts with one name, or from one address, be counted one after the other.

    On SQLite the unit of work's write lock does it.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    for text in (attempt.name_hash, attempt.address_hash):
        session.execute(select(func.pg_advisory_xact_lock(int(text[:15], 16))))
