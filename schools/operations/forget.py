"""Forget what nobody needs any more: old attempts, links, registrations, sign-ins."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Delete, delete
from sqlalchemy.orm import Session

from schools.models.account import (
    AccountToken,
    Registration,
    RegistrationState,
    SignInAttempt,
    SignInSession,
)
from schools.operations.send_letters import strike_dead_links

ATTEMPTS_KEPT = timedelta(days=1)
LINKS_KEPT = timedelta(days=30)
SIGN_INS_KEPT = timedelta(days=90)
DECIDED_KEPT = timedelta(days=90)


def forget_old(session: Session, now: datetime) -> dict[str, int]:
    """Delete what is past its time inside a unit of work; returns how much of each kind.

    Source:
        docs/rules.md, Lending 12.1 and Accounts 1.5.
    """
    unproved = Registration.state == RegistrationState.REQUESTED
    decided = Registration.decided_at < now - DECIDED_KEPT
    return {
        "attempts": _delete(
            session, delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT)
        ),
        "links": _delete(
            session, delete(AccountToken).where(AccountToken.expires_at < now - LINKS_KEPT)
        ),
        "registrations": _delete(
            session, delete(Registration).where(unproved, Registration.expires_at < now)
        )
        + _delete(session, delete(Registration).where(decided)),
        "sign_ins": _delete(
            session, delete(SignInSession).where(SignInSession.expires_at < now - SIGN_INS_KEPT)
        ),
        "letters_struck": strike_dead_links(session, now),
    }


def _delete(session: Session, statement: Delete) -> int:
    result: Any = session.execute(statement)
    return int(result.rowcount)
