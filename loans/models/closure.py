"""When a branch is open: weekly hours, closures, exceptional openings, holidays (Lending 1.2)."""

from datetime import date, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from schools.vocabularies.holidays import HolidayKind


class OpeningHours(Base):
    """A branch is open on a weekday (Monday 0) from `opens` to `closes`; several a day may be."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("closes > opens", name="hours_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class Closure(Base):
    """A centre, or one of its branches, is closed from `first` to `last`, both included.

    `yearly` repeats it each year from its first year on and may span New Year;
    `processed` says that orders are worked off all the same.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        Index(None, "centre_id", "first"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(120))
    first: Mapped[date]
    last: Mapped[date]
    yearly: Mapped[bool] = mapped_column(default=False)
    processed: Mapped[bool] = mapped_column(default=False)


class ExceptionalOpening(Base):
    """A centre, or one of its branches, is open on a day on which it otherwise is not."""

    __tablename__ = "exceptional_opening"

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    day: Mapped[date]
    opens: Mapped[time]
    closes: Mapped[time]
    name: Mapped[str] = mapped_column(String(120), default="")


class Holiday(Base):
    """Holidays of the state from `first` to `last`, both included."""

    __tablename__ = "holiday"
    __table_args__ = (Index(None, "kind", "first"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HolidayKind]
    name: Mapped[str] = mapped_column(String(120))
    first: Mapped[date]
    last: Mapped[date]


class MovableHoliday(Base):
    """A day off that a school has chosen (beweglicher Ferientag)."""

    __tablename__ = "movable_holiday"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(120), default="")
