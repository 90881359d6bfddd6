"""The basket: lines that hold stock for a quarter of an hour (Lending 5.5)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.base import Base
from loans.models.purpose import OtherReason
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.media_concept import TeachingUnit


class BasketLine(Base):
    """A wish of a person for an institution, not yet submitted; commits stock until `held_until`.

    `copy_id` names the copy of a holding that is booked by number; with `any_copy` the person did
    not choose it, and another that is free does as well. One that has run out stays as a wish.
    At most one of `unit_id` and `reason` is set; neither until a purpose is named.
    """

    __tablename__ = "basket_line"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("unit_id IS NULL OR reason IS NULL", name="one_purpose"),
        Index(None, "holding_id", "held_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    any_copy: Mapped[bool] = mapped_column(default=False)
    quantity: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]
    held_until: Mapped[datetime]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("teaching_unit.id"))
    reason: Mapped[OtherReason | None]
    class_name: Mapped[str] = mapped_column(String(40), default="")

    holding: Mapped[Holding] = relationship()
    copy: Mapped[Copy | None] = relationship()
    institution: Mapped[Institution] = relationship()
    place: Mapped[PickupPlace] = relationship()
    unit: Mapped[TeachingUnit | None] = relationship()

    @property
    def chosen_copy_id(self) -> int | None:
        """The copy that the person chose."""
        return None if self.any_copy else self.copy_id
