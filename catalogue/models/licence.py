"""Licences: what a centre may do with a title, for whom and until when."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.title import Title
from catalogue.rules.licences import LicenceScope
from database.base import CODE_LENGTH, Base


class Licence(Base):
    """A licence covers a title's copies or its online access, for a scope and a time.

    Both ends are included; an open `valid_until` holds as long as the carrier plays.
    `area` lists what the scope names: district AGS, school forms or Schulnummern.
    """

    __tablename__ = "licence"
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"), index=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"), index=True)
    licence_type: Mapped[str] = mapped_column(String(CODE_LENGTH))
    scope: Mapped[LicenceScope]
    area: Mapped[list[Any]] = mapped_column(default=list)
    online: Mapped[bool] = mapped_column(default=False)
    lending_allowed: Mapped[bool] = mapped_column(default=True)
    public_showing_allowed: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")

    title: Mapped[Title] = relationship(back_populates="licences")
