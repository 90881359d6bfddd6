"""Ends a sign-in that was not used for long; the last use stands in the signed cookie."""

from time import time

from flask import session

from app.settings import current_settings
from schools.rules.roles import Actor, Role

SEEN = "seen"
SECONDS_BETWEEN_MARKS = 300
"""The cookie is written anew at most this often."""

SECONDS_A_MINUTE = 60
STAFF_ROLES = frozenset({Role.STAFF, Role.CENTRE_ADMIN, Role.SYSTEM_ADMIN})
"""They see other people's loans, often on a machine that several use."""


def mark_seen() -> None:
    """Note in the cookie that its holder was here just now."""
    session[SEEN] = int(time())


def still_awake(actor: Actor) -> bool:
    """Say whether the cookie was last used recently enough for the actor's roles.

    If so, the cookie is marked anew now and then; one that slept too long never is.

    Source:
        docs/rules.md, Accounts 1.4.
    """
    settings = current_settings()
    staff = any(grant.role in STAFF_ROLES for grant in actor.grants)
    minutes = settings.session_idle_staff_minutes if staff else settings.session_idle_minutes
    longest = minutes * SECONDS_A_MINUTE
    idle = time() - float(session.get(SEEN, 0))
    if idle > longest:
        return False
    if idle > min(SECONDS_BETWEEN_MARKS, longest / 4):
        mark_seen()
    return True
