"""The courier: routes with their stops, and the tours that run on them (Lending 11)."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import Base
from loans.models.loan import Loan
from schools.models.media_centre import Branch, PickupPlace


class CourierRoute(Base):
    """A round that starts at a branch on certain weekdays (Monday 0), stop after stop.

    What is to go must be booked by `cut_off`, local time of the open day before the tour.
    """

    __tablename__ = "courier_route"
    __table_args__ = (UniqueConstraint("centre_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    name: Mapped[str] = mapped_column(String(120))
    weekdays: Mapped[list[Any]] = mapped_column(default=list)
    cut_off: Mapped[time] = mapped_column(default=time(12))
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    branch: Mapped[Branch] = relationship()
    stops: Mapped[list["RouteStop"]] = relationship(
        back_populates="route", order_by="RouteStop.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form


class RouteStop(Base):
    """A place on a route: a school's stop, or another branch's counter; a place has one route."""

    __tablename__ = "route_stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("courier_route.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"), unique=True)
    position: Mapped[int]

    route: Mapped[CourierRoute] = relationship(back_populates="stops")
    place: Mapped[PickupPlace] = relationship()


class TourState(StrEnum):
    """Where a tour is."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    """Packed and handed over to the driver."""
    DONE = "done"


class Tour(Base):
    """A route driven on a day; made when somebody first packs for it or looks at it."""

    __tablename__ = "tour"
    __table_args__ = (UniqueConstraint("route_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("courier_route.id"))
    day: Mapped[date] = mapped_column(index=True)
    state: Mapped[TourState] = mapped_column(default=TourState.PLANNED)
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[int | None]
    driver: Mapped[str] = mapped_column(String(120), default="")
    driver_nonce: Mapped[str | None] = mapped_column(String(32))
    """The driver's page is opened by a link signed over it."""

    route: Mapped[CourierRoute] = relationship()
    stops: Mapped[list["TourStop"]] = relationship(
        back_populates="tour", order_by="TourStop.position", cascade="all, delete-orphan"
    )


class TourStop(Base):
    """One stop of one tour; `delivered_at` and `collected_at` are the driver's two taps."""

    __tablename__ = "tour_stop"
    __table_args__ = (UniqueConstraint("tour_id", "place_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tour_id: Mapped[int] = mapped_column(ForeignKey("tour.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"), index=True)
    position: Mapped[int]
    delivered_at: Mapped[datetime | None]
    collected_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(300), default="")

    tour: Mapped[Tour] = relationship(back_populates="stops")
    place: Mapped[PickupPlace] = relationship()
    boxes: Mapped[list["TourBox"]] = relationship(
        back_populates="stop", order_by="TourBox.id", cascade="all, delete-orphan"
    )


class TourBox(Base):
    """A box of a tour, packed for one stop; its label says `number`, such as B-17."""

    __tablename__ = "tour_box"

    id: Mapped[int] = mapped_column(primary_key=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("tour_stop.id"), index=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)

    stop: Mapped[TourStop] = relationship(back_populates="boxes")
    loads: Mapped[list["TourLoad"]] = relationship(
        back_populates="box", order_by="TourLoad.id", cascade="all, delete-orphan"
    )


class TourLoad(Base):
    """A loan that was packed into a box: what the sheet lists and the driver delivers."""

    __tablename__ = "tour_load"

    id: Mapped[int] = mapped_column(primary_key=True)
    box_id: Mapped[int] = mapped_column(ForeignKey("tour_box.id"), index=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), unique=True)
    packed_at: Mapped[datetime]
    packed_by: Mapped[int | None]

    box: Mapped[TourBox] = relationship(back_populates="loads")
    loan: Mapped[Loan] = relationship()
