"""Titles: one description of a medium or device model for the whole installation."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.attachment import Attachment
from catalogue.models.curriculum_link import CurriculumLink
from database.base import CODE_LENGTH, Base
from schools.models.media_centre import MediaCentre

if TYPE_CHECKING:
    from catalogue.models.holding import Holding
    from catalogue.models.licence import Licence


class Title(Base):
    """A described medium; `keeper_id` is the centre that may edit it, None for imported stock.

    `media_type` is a code of the vocabulary. `languages` and `keywords` are separated by
    semicolons. `grade_from` and `grade_to` are 1-13, both included; both None suits all.
    `record_digest` tells an import whether a record changed.
    """

    __tablename__ = "title"
    __table_args__ = (
        CheckConstraint("grade_from IS NULL OR grade_from BETWEEN 1 AND 13", name="grade_from"),
        CheckConstraint("grade_to IS NULL OR grade_to BETWEEN 1 AND 13", name="grade_to"),
        CheckConstraint("grade_from IS NULL OR grade_to >= grade_from", name="grades_in_order"),
        UniqueConstraint("source", "source_id"),
        Index(None, "media_number"),
        Index(None, "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"), index=True)
    media_type: Mapped[str] = mapped_column(String(CODE_LENGTH))
    media_number: Mapped[str | None] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(500))
    subtitle: Mapped[str] = mapped_column(String(500), default="")
    series: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(default="")
    persons: Mapped[str] = mapped_column(String(1000), default="")
    publisher: Mapped[str] = mapped_column(String(300), default="")
    keywords: Mapped[str] = mapped_column(String(2000), default="")
    languages: Mapped[str] = mapped_column(String(60), default="")
    year: Mapped[int | None]
    duration_minutes: Mapped[int | None]
    isbn: Mapped[str | None] = mapped_column(String(20), index=True)
    age_rating: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    grade_from: Mapped[int | None]
    grade_to: Mapped[int | None]
    online_url: Mapped[str | None] = mapped_column(String(1000))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    source: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    source_id: Mapped[str | None] = mapped_column(String(120))
    record_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    keeper: Mapped[MediaCentre | None] = relationship()
    cover: Mapped[Attachment | None] = relationship()
    links: Mapped[list[CurriculumLink]] = relationship(
        cascade="all, delete-orphan",
        order_by=(CurriculumLink.scheme, CurriculumLink.code),
    )

    holdings: Mapped[list["Holding"]] = relationship(back_populates="title")
    licences: Mapped[list["Licence"]] = relationship(back_populates="title")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
