"""A school's collective order: several teachers, one delivery, one sheet (Lending 5.8)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace


class OrderState(StrEnum):
    """Whether teachers may still add to it."""

    OPEN = "open"
    CLOSED = "closed"


class CollectiveOrder(Base):
    """Bookings of one school that come to one place in one delivery; see `Booking.order_id`."""

    __tablename__ = "collective_order"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        Index(None, "institution_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    first: Mapped[date]
    last: Mapped[date]
    state: Mapped[OrderState] = mapped_column(default=OrderState.OPEN)
    opened_by: Mapped[int | None]
    created_at: Mapped[datetime]

    institution: Mapped[Institution] = relationship()
    place: Mapped[PickupPlace] = relationship()
