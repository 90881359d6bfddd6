"""Holdings: a title in one centre's offer."""

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.title import Title
from database.base import Base
from schools.models.media_centre import MediaCentre

if TYPE_CHECKING:
    from catalogue.models.copy import Copy


class BookedBy(StrEnum):
    """Whether any copy serves a booking, or a certain one (Lending 3.3)."""

    POOL = "pool"
    NUMBER = "number"


class Holding(Base):
    """A title as one centre offers it; every act that changes its capacity locks this row first.

    `lendable` is the number of copies in capacity (Lending 4.2), kept by those acts.
    """

    __tablename__ = "holding"
    __table_args__ = (
        UniqueConstraint("title_id", "centre_id"),
        CheckConstraint("lendable >= 0", name="lendable"),
        Index(None, "centre_id", "visible"),
        Index(None, "centre_id", "lendable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    shelf_mark: Mapped[str] = mapped_column(String(60), default="")
    local_note: Mapped[str] = mapped_column(String(1000), default="")
    booked_by: Mapped[BookedBy] = mapped_column(default=BookedBy.POOL)
    visible: Mapped[bool] = mapped_column(default=True)
    lendable: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    title: Mapped[Title] = relationship(back_populates="holdings")
    centre: Mapped[MediaCentre] = relationship()
    copies: Mapped[list["Copy"]] = relationship(back_populates="holding", order_by="Copy.id")
