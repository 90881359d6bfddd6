"""Wishes that could not be had, without a person: they feed the purchase list (Lending 5.9)."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class RefusedWish(Base):
    """So many of a holding were wanted for a period, and refused for these reasons.

    `occasion` is unique: a wish that is sent twice counts once.
    """

    __tablename__ = "refused_wish"
    __table_args__ = (Index(None, "holding_id", "wished_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(120), unique=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("teaching_unit.id"))
    wished_on: Mapped[date]
    first: Mapped[date]
    last: Mapped[date]
    quantity: Mapped[int]
    codes: Mapped[list[Any]] = mapped_column(default=list)
