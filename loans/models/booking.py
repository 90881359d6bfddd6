"""Bookings: certain things for certain days and a purpose."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.base import Base
from loans.models.collective_order import CollectiveOrder
from loans.models.purpose import OtherReason
from loans.rules.booking_states import BookingState
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person


class Booking(Base):
    """A person books for an institution, from `first` to `last`, both included.

    Exactly one of `unit_id` and `reason` is the purpose. `person_id` is None once the person
    is cut from it (Lending 12.1). `sequence` rises with each change a calendar must follow.
    Bookings made together (a series, a unit's media, a year's plan) share a `group_key`.
    `overbooked_reason` says why staff booked it though too little was free (4.4).
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        CheckConstraint("(unit_id IS NULL) <> (reason IS NULL)", name="one_purpose"),
        Index(None, "state", "last", "first"),
        Index(None, "state", "first", "last"),
        Index(None, "centre_id", "first"),
        Index(None, "person_id", "state"),
        Index(None, "institution_id", "state"),
        Index(None, "group_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("teaching_unit.id"), index=True)
    reason: Mapped[OtherReason | None]
    class_name: Mapped[str] = mapped_column(String(40), default="")
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"), index=True)
    first: Mapped[date]
    last: Mapped[date]
    state: Mapped[BookingState]
    remark: Mapped[str] = mapped_column(String(500), default="")
    entered_by: Mapped[int | None]
    entered_by_staff: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey(CollectiveOrder.id), index=True)
    group_key: Mapped[str | None] = mapped_column(String(32))
    overbooked_reason: Mapped[str] = mapped_column(String(500), default="")
    sequence: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution] = relationship()
    unit: Mapped[TeachingUnit | None] = relationship()
    place: Mapped[PickupPlace] = relationship()
    order: Mapped[CollectiveOrder | None] = relationship()
    lines: Mapped[list["BookingLine"]] = relationship(
        back_populates="booking", order_by="BookingLine.id"
    )


class BookingLine(Base):
    """So many of a holding, or one numbered copy of it.

    `handed_out` counts copies lent on this line so far; those commit as loans from then on.
    """

    __tablename__ = "booking_line"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("handed_out >= 0 AND handed_out <= quantity", name="handed_out"),
        Index(None, "holding_id", "booking_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"))
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"))
    quantity: Mapped[int]
    handed_out: Mapped[int] = mapped_column(default=0)

    booking: Mapped[Booking] = relationship(back_populates="lines")
    holding: Mapped[Holding] = relationship()
    copy: Mapped[Copy | None] = relationship()
    picks: Mapped[list["BookingPick"]] = relationship(
        back_populates="line", order_by="BookingPick.id", cascade="all, delete-orphan"
    )


class BookingPick(Base):
    """A copy that staff took off the shelf for a line; it goes with handing it out.

    The copy stays available and counts as before: its booking commits it (Lending 4.3). `first`
    is the booking's first day as it was then: with a later one the copy may be put back.
    """

    __tablename__ = "booking_pick"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("booking_line.id"), index=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id"), unique=True)
    first: Mapped[date]
    picked_at: Mapped[datetime]
    picked_by: Mapped[int | None]

    line: Mapped[BookingLine] = relationship(back_populates="picks")
    copy: Mapped[Copy] = relationship()
