"""How to sign in to the demo as each role."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.newcomers import SHOWN
from app.passwords import HASHER
from schools.models.account import Account
from schools.rules.roles import Role

PASSWORD = "Lindenau macht Schule"  # noqa: S105  # printed on the terminal, opens invented data
SALT = b"Kreis Lindenau"
"""Fixed, so that the demo is the same everywhere; a hash of a printed password has no secret."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One role's sign-in; all have the password `PASSWORD`.

    Attributes:
        role: what it shows.
        name: what to type.
        person: who that is.
    """

    role: Role
    name: str
    person: str


@dataclass(frozen=True, slots=True)
class DemoLogins:
    """A sign-in for each role."""

    password: str
    logins: tuple[DemoLogin, ...]

    def of(self, role: Role) -> DemoLogin:
        """Return the sign-in of a role."""
        return next(each for each in self.logins if each.role is role)


LOGINS = DemoLogins(
    PASSWORD, tuple(DemoLogin(each.role, each.sign_in, " ".join(each.name)) for each in SHOWN)
)


def hash_of_password() -> str:
    """Return the hash that all accounts of the demo share; takes a tenth of a second."""
    return HASHER.hash(PASSWORD, salt=SALT)


def has_demo(session: Session) -> bool:
    """Say whether the store holds the demo; it is written whole or not at all."""
    names = [each.name for each in LOGINS.logins]
    found = session.scalars(select(Account.name).where(Account.name.in_(names))).all()
    return len(found) == len(names)
