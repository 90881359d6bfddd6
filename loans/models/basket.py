"""The basket: lines that hold stock for a quarter of an hour (Lending 5.5)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.holding import Holding
from database.base import Base


class BasketLine(Base):
    """A wish of a person for an institution, not yet submitted; commits stock until `held_until`.

    `copy_id` names the copy of a holding that is booked by number.
    """

    __tablename__ = "basket_line"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        CheckConstraint("quantity >= 1", name="quantity"),
        Index(None, "holding_id", "held_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    quantity: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]
    held_until: Mapped[datetime]

    holding: Mapped[Holding] = relationship()
