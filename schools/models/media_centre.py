"""Media centres, their branches, the places where people pick up, and their legal pages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from schools.models.authority import District


class MediaCentre(Base):
    """A municipal media centre; many live in one installation."""

    __tablename__ = "media_centre"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    active: Mapped[bool] = mapped_column(default=True)

    district: Mapped[District | None] = relationship()
    branches: Mapped[list["Branch"]] = relationship(back_populates="centre", order_by="Branch.id")


class Branch(Base):
    """A counter of a centre, with opening days of its own; every centre has at least one.

    `processed_weekdays` are closed to visitors, but orders are worked on (Lending 1.2): their
    digits, Monday 0, as "45".
    """

    __tablename__ = "branch"
    __table_args__ = (UniqueConstraint("centre_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    name: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    visits_a_day: Mapped[int | None]
    processed_weekdays: Mapped[str] = mapped_column(String(7), default="")

    centre: Mapped[MediaCentre] = relationship(back_populates="branches")


class PlaceKind(StrEnum):
    """How a booked medium reaches its borrower."""

    COUNTER = "counter"
    COURIER = "courier"


class PickupPlace(Base):
    """Where a booking is handed over: a branch's counter, or a stop of the courier.

    `branch_id` is the branch whose calendar holds. Courier days are processed days before the
    first and after the last day of a booking; a counter has none.
    """

    __tablename__ = "pickup_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"), index=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[PlaceKind] = mapped_column(default=PlaceKind.COUNTER)
    name: Mapped[str] = mapped_column(String(120))
    courier_days_before: Mapped[int] = mapped_column(default=0)
    courier_days_after: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    branch: Mapped[Branch] = relationship()


class LegalPageKind(StrEnum):
    """The pages a public body must show."""

    IMPRINT = "imprint"
    PRIVACY = "privacy"
    ACCESSIBILITY = "accessibility"


class LegalPage(Base):
    """A centre's own text of a legal page, in one language; plain text with blank-line paragraphs.

    `version` rises with each edit, so that a second editor is told.
    """

    __tablename__ = "legal_page"
    __table_args__ = (UniqueConstraint("centre_id", "kind", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    kind: Mapped[LegalPageKind]
    locale: Mapped[str] = mapped_column(String(5))
    text: Mapped[str]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
