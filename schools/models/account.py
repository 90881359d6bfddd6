"""Accounts: signing in, what an account may do, and the tokens that open one."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Role


class AccountState(StrEnum):
    """Whether an account can be used."""

    INVITED = "invited"
    """Has no password yet."""
    ACTIVE = "active"
    DISABLED = "disabled"


class Theme(StrEnum):
    """How pages look to this person."""

    DEVICE = "device"
    LIGHT = "light"
    DARK = "dark"


class Account(Base):
    """A way to sign in. `name` is an e-mail address in lower case, or a short name for staff.

    Passwords are argon2id hashes; the plain text is never stored or logged. `shortcuts` off
    switches the keys of one letter off (WCAG 2.1.4).
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    name: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[AccountState] = mapped_column(default=AccountState.INVITED)
    theme: Mapped[Theme] = mapped_column(default=Theme.DEVICE)
    shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    grants: Mapped[list["Grant"]] = relationship(back_populates="account", order_by="Grant.id")


class Grant(Base):
    """A role held by an account at a place, from `first` to `last`, both included.

    Teachers and school admins name an institution, centre roles a centre, planners an
    authority or a district, system admins nothing.
    """

    __tablename__ = "account_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role]
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    first: Mapped[date]
    last: Mapped[date | None]

    account: Mapped[Account] = relationship(back_populates="grants")


class SignInSession(Base):
    """A browser that is signed in. The cookie holds a random token, the row its SHA-256."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(String(200), default="")

    account: Mapped[Account] = relationship()


class TokenKind(StrEnum):
    """What a mailed link opens."""

    INVITATION = "invitation"
    RESET = "reset"


class AccountToken(Base):
    """A mailed link: 128 random bits, kept as SHA-256, used once, dead after `expires_at`."""

    __tablename__ = "account_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[TokenKind]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class RegistrationState(StrEnum):
    """Where a teacher's registration stands."""

    REQUESTED = "requested"
    """A link went to the school's mailbox."""
    PROVED = "proved"
    """The link was followed; the school admin has to decide."""
    CONFIRMED = "confirmed"
    DECLINED = "declined"


class Registration(Base):
    """Someone says to be a teacher of a school; person and account are made when confirmed.

    Kept apart from `person`, so that nobody can occupy another's address. A registration
    not proved by `expires_at` is deleted.
    """

    __tablename__ = "registration"
    __table_args__ = (Index(None, "institution_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(5), default="de")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[RegistrationState] = mapped_column(default=RegistrationState.REQUESTED)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    institution: Mapped[Institution] = relationship()


class SignInAttempt(Base):
    """A failed attempt to sign in, for throttling; kept for a day, without the password."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index(None, "name_hash", "at"), Index(None, "address_hash", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name_hash: Mapped[str] = mapped_column(String(64))
    address_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
