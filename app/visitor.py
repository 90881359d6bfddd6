"""The person behind a request, as Flask-Login and the pages see them; never a row."""

from dataclasses import dataclass

from flask import g
from flask_login import LoginManager, current_user

from app.idle import still_awake
from app.sessions import session
from app.today import now
from schools.models.account import Theme
from schools.queries.signed_in import visitor_of_token
from schools.rules.roles import NOBODY, Actor
from schools.rules.tokens import hash_of

UNKNOWN = "unknown_visitor"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Someone signed in.

    Attributes:
        actor: the person with the grants in force today.
        token: the random text in the cookie; the store knows only its hash.
        locale: the language chosen in the profile.
        theme: how pages look to this person.
        shortcuts: keys of one letter work.
        session_id: the row of this sign-in, for signing out.
    """

    actor: Actor
    token: str
    locale: str
    theme: Theme
    shortcuts: bool
    session_id: int

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what Flask-Login keeps in the cookie."""
        return self.token


def load_visitor(token: str) -> Visitor | None:
    """Return who is signed in with `token`, or None if it is unknown, revoked, too old or idle."""
    found = visitor_of_token(session(), hash_of(token), now())
    if found is None or not still_awake(found.actor):
        return None
    return Visitor(
        actor=found.actor,
        token=token,
        locale=found.locale,
        theme=found.theme,
        shortcuts=found.shortcuts,
        session_id=found.session_id,
    )


def make_login_manager() -> LoginManager:
    """Return Flask-Login set to our cookie; schools share addresses, so it checks none."""
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(load_visitor)
    return manager


def visitor() -> Visitor | None:
    """Return who is signed in, if anybody."""
    if g.get(UNKNOWN):
        return None
    return current_user if current_user.is_authenticated else None


def forget_visitor() -> None:
    """Treat this request as nobody's from now on; for pages that must not need the store."""
    setattr(g, UNKNOWN, True)


def signed_in() -> bool:
    """Tell whether anybody is signed in."""
    return visitor() is not None


def actor() -> Actor:
    """Return who acts in this request; `NOBODY` without an account."""
    found = visitor()
    return NOBODY if found is None else found.actor
