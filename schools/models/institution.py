"""Institutions: the schools and other customers that people borrow for."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import CODE_LENGTH, Base
from schools.models.authority import Authority, District
from schools.models.media_centre import MediaCentre

TEACHING = frozenset({1, 2})
"""Operating statuses of schools with lessons: in operation, and being phased out."""


class InstitutionKind(StrEnum):
    """What an institution is."""

    SCHOOL = "school"
    KITA = "kita"
    ADULT_EDUCATION = "adult_education"
    CLUB = "club"
    OTHER = "other"


class CustomerClass(StrEnum):
    """The group whose terms an institution borrows by (Kundenkennziffer)."""

    SCHOOL = "school"
    PRIVATE_SCHOOL = "private_school"
    EDUCATION = "education"
    OTHER = "other"


class Institution(Base):
    """A school or another customer of a centre.

    `number` is the six-digit Schulnummer of a school, unique in NRW. Closed schools stay in the
    store, marked by `operating_status`, since their loans do. `source_digest` tells an import
    whether the ministry's record changed.
    """

    __tablename__ = "institution"
    __table_args__ = (Index(None, "centre_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[InstitutionKind] = mapped_column(default=InstitutionKind.SCHOOL)
    customer_class: Mapped[CustomerClass] = mapped_column(default=CustomerClass.SCHOOL)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str] = mapped_column(String(120), default="")
    school_form: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    homepage: Mapped[str] = mapped_column(String(300), default="")
    municipality_ags: Mapped[str | None] = mapped_column(String(8))
    legal_status: Mapped[int | None]
    operating_status: Mapped[int] = mapped_column(default=1)
    status_since: Mapped[date | None]
    authority_number: Mapped[str | None] = mapped_column(String(10))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"))
    source_digest: Mapped[str | None] = mapped_column(String(64))

    authority: Mapped[Authority | None] = relationship()
    district: Mapped[District | None] = relationship()
    centre: Mapped[MediaCentre | None] = relationship()

    @property
    def in_operation(self) -> bool:
        """Say whether new accounts may be opened here; phased-out schools still teach.

        Source:
            Schulbetriebsschlüssel of the ministry's list of schools.
        """
        return self.operating_status in TEACHING
