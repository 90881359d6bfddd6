"""Copies on their way from one branch to another (Lending 7.2 and 8.5)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.copy import Copy
from database.base import Base
from schools.models.media_centre import Branch

UNDER_WAY = text("ended_at IS NULL")


class Transit(Base):
    """A copy was sent off to a branch; open until it arrives, is cancelled or is lent instead.

    Whether it goes there for a hold says the hold, which names the copy.
    """

    __tablename__ = "transit"
    __table_args__ = (
        Index(
            "uq_transit_open_copy",
            "copy_id",
            unique=True,
            postgresql_where=UNDER_WAY,
            sqlite_where=UNDER_WAY,
        ),
        Index("ix_transit_open_to", "to_branch_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id"))
    from_branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    to_branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    sent_at: Mapped[datetime]
    sent_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    arrived: Mapped[bool] = mapped_column(default=False)

    copy: Mapped[Copy] = relationship()
    from_branch: Mapped[Branch] = relationship(foreign_keys=[from_branch_id])
    to_branch: Mapped[Branch] = relationship(foreign_keys=[to_branch_id])
