"""Copies: single things with a barcode, and the parts of boxes."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.holding import Holding
from catalogue.rules.copy_states import CopyState
from database.base import CODE_LENGTH, Base
from schools.models.institution import Institution
from schools.models.media_centre import Branch


class Copy(Base):
    """One thing on a shelf: a disc, a tablet, or a box with its parts.

    Barcode and inventory number are unique within a centre, also across each other.
    `lendable` False with a reason keeps a copy out of lending whatever its state. A copy owned
    by an institution (`owner_id`) is that school's own device, listed but not lent by us.
    """

    __tablename__ = "copy"
    __table_args__ = (
        UniqueConstraint("centre_id", "barcode"),
        UniqueConstraint("centre_id", "inventory_number"),
        CheckConstraint("value_cents IS NULL OR value_cents >= 0", name="value"),
        Index(None, "holding_id", "state"),
        Index(None, "centre_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    barcode: Mapped[str] = mapped_column(String(40), index=True)
    inventory_number: Mapped[str | None] = mapped_column(String(60))
    serial_number: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[CopyState] = mapped_column(default=CopyState.AVAILABLE)
    lendable: Mapped[bool] = mapped_column(default=True)
    not_lendable_reason: Mapped[str] = mapped_column(String(300), default="")
    numbered: Mapped[bool] = mapped_column(default=False)
    home_branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    value_cents: Mapped[int | None]
    acquired_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    holding: Mapped[Holding] = relationship(back_populates="copies")
    home_branch: Mapped[Branch] = relationship(foreign_keys=[home_branch_id])
    owner: Mapped[Institution | None] = relationship()
    parts: Mapped[list["Part"]] = relationship(
        back_populates="copy", order_by="Part.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form

    @hybrid_property
    def stands_at(self) -> int:
        """The branch at which a copy in the house is."""
        return self.branch_id or self.home_branch_id

    @stands_at.inplace.expression
    @classmethod
    def _stands_at(cls) -> ColumnElement[int]:
        return func.coalesce(cls.branch_id, cls.home_branch_id)


class Part(Base):
    """What belongs in a box or case and is counted when it goes and when it comes back.

    `count` is how many there should be, `missing` how many are known to be lacking.
    """

    __tablename__ = "part"
    __table_args__ = (
        CheckConstraint("count >= 1", name="count"),
        CheckConstraint("missing >= 0 AND missing <= count", name="missing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    count: Mapped[int] = mapped_column(default=1)
    critical: Mapped[bool] = mapped_column(default=False)
    missing: Mapped[int] = mapped_column(default=0)

    copy: Mapped[Copy] = relationship(back_populates="parts")
