"""People who borrow, and the institutions they borrow for."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from schools.models.institution import Institution


class Person(Base):
    """Someone notified by an institution as entitled to borrow.

    `card` is unguessable (65 random bits), so a found number opens nothing.
    No private address and no birth date: the institution is liable.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "family_name", "given_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone: Mapped[str] = mapped_column(String(60), default="")
    card: Mapped[str] = mapped_column(String(30), unique=True)
    locale: Mapped[str] = mapped_column(String(5), default="de")
    blocked: Mapped[bool] = mapped_column(default=False)
    block_reason: Mapped[str] = mapped_column(String(300), default="")
    keeps_history: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", order_by="Membership.id"
    )

    @property
    def name(self) -> str:
        """Return the name as people are addressed."""
        return f"{self.given_name} {self.family_name}"


class MembershipRole(StrEnum):
    """What someone is at the institution."""

    TEACHER = "teacher"
    MEDIA_OFFICER = "media_officer"
    TRAINEE = "trainee"
    OTHER = "other"


class Membership(Base):
    """A person acts for an institution from `first` to `last`, both included; open if None.

    A change of school ends one membership and starts another; history stays with the old school.
    A `provisional` one was opened at the desk and ends soon unless the school confirms it.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("last IS NULL OR last >= first", name="days_in_order"),
        Index(None, "institution_id", "last"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    role: Mapped[MembershipRole] = mapped_column(default=MembershipRole.TEACHER)
    first: Mapped[date]
    last: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(back_populates="memberships")
    institution: Mapped[Institution] = relationship()
