"""Defects: what is broken or missing, reported by schools or found at the desk."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.attachment import Attachment
from catalogue.models.copy import Copy, Part
from catalogue.rules.defect_states import DefectState
from database.base import Base
from schools.models.institution import Institution


class DefectKind(StrEnum):
    """What is wrong."""

    BROKEN = "broken"
    PART_MISSING = "part_missing"
    NOT_CHARGING = "not_charging"
    DIRTY = "dirty"
    SOFTWARE = "software"
    OTHER = "other"


class Defect(Base):
    """A defect of a copy; `institution_id` is the school that has or had it.

    `pieces` of the part are missing, where they were counted.
    """

    __tablename__ = "defect"
    __table_args__ = (Index(None, "institution_id", "state"), Index(None, "centre_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id"), index=True)
    part_id: Mapped[int | None] = mapped_column(ForeignKey("part.id"))
    pieces: Mapped[int | None]
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[DefectKind]
    text: Mapped[str] = mapped_column(String(2000), default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    state: Mapped[DefectState] = mapped_column(default=DefectState.REPORTED)
    answer: Mapped[str] = mapped_column(String(1000), default="")
    deadline: Mapped[date | None]
    reported_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    copy: Mapped[Copy] = relationship()
    part: Mapped[Part | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    photo: Mapped[Attachment | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
