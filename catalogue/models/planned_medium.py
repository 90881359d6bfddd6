"""What media a teaching unit plans with."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.title import Title
from database.base import Base
from schools.models.media_concept import TeachingUnit


class PlannedMedium(Base):
    """A unit of a school's media concept needs a title, so many pieces of it."""

    __tablename__ = "planned_medium"
    __table_args__ = (CheckConstraint("quantity >= 1", name="quantity"),)

    unit_id: Mapped[int] = mapped_column(ForeignKey("teaching_unit.id"), primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"), primary_key=True, index=True)
    quantity: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(300), default="")

    unit: Mapped[TeachingUnit] = relationship()
    title: Mapped[Title] = relationship()
