"""The way in: attempts are counted, passwords compared, browsers given a cookie of their own."""

import logging
from datetime import timedelta

from flask import request
from flask import session as cookie
from flask_login import login_user

from app.attempts import attempt_of
from app.idle import mark_seen
from app.languages import LANGUAGE, THEME
from app.passwords import hash_password, is_outdated, is_password
from app.sessions import session
from app.settings import current_settings
from app.today import now
from app.visitor import load_visitor, visitor
from database.unit_of_work import unit_of_work
from schools.errors import TooManyAttemptsError
from schools.operations.mail_link import new_token
from schools.operations.sign_in import (
    NewSession,
    begin_attempt,
    begin_session,
    forget_attempts,
    keep_rehashed,
)
from schools.queries.signed_in import Credentials, credentials_of
from schools.rules.tokens import hash_of

log = logging.getLogger(__name__)

SIGN_IN = "sign_in"
KEPT_FOR_EVERYBODY = (LANGUAGE, THEME)
"""What a browser keeps when somebody signs in; nothing else of before survives."""


def enter(name: str, password: str) -> bool:
    """Sign this browser in; says whether name and password were right.

    Counting, comparing and signing in are three steps, since no unit of work may wait for a hash.

    Raises:
        TooManyAttemptsError: the attempt was not heard.
    """
    name = name.strip().lower()
    known = prove_password(name, password)
    if known is None:
        return False
    outdated = known.password_hash is not None and is_outdated(known.password_hash)
    rehashed = hash_password(password) if outdated else None
    _begin(known.account_id, attempt_of(SIGN_IN, name).name_hash, rehashed)
    return True


def prove_password(name: str, password: str) -> Credentials | None:
    """Count an attempt, then compare; None takes as long for an unknown name as for a wrong one.

    Raises:
        TooManyAttemptsError: the attempt was not heard.
    """
    attempt = attempt_of(SIGN_IN, name)
    try:
        with unit_of_work(session()):
            begin_attempt(session(), attempt, now())
    except TooManyAttemptsError:
        log.warning("sign-in not heard: too many attempts")
        raise
    known = credentials_of(session(), name)
    session().rollback()  # nothing is held while the hash is computed
    right = is_password(password, None if known is None else known.password_hash)
    if not right:
        log.info("sign-in refused")
    return known if right else None


def enter_as(account_id: int) -> None:
    """Sign this browser in without a password; only a demonstration does."""
    _begin(account_id, None, None)


def _begin(account_id: int, name_hash: str | None, rehashed: str | None) -> None:
    token = new_token()
    before = visitor()
    new = NewSession(
        account_id=account_id,
        token_hash=hash_of(token),
        longest=timedelta(minutes=current_settings().session_longest_minutes),
        user_agent=request.user_agent.string,
        replaces=None if before is None else before.session_id,
    )
    with unit_of_work(session()):
        if name_hash is not None:
            forget_attempts(session(), name_hash)
        if rehashed is not None:
            keep_rehashed(session(), account_id, rehashed)
        begin_session(session(), new, now())
    log.info("signed in", extra={"facts": {"account": account_id}})
    _give_cookie(token)


def _give_cookie(token: str) -> None:
    kept = {name: cookie[name] for name in KEPT_FOR_EVERYBODY if name in cookie}
    cookie.clear()
    cookie.update(kept)
    mark_seen()
    login_user(load_visitor(token))
