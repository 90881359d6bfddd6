"""Holds: a queue without dates (Lending 7)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.base import Base
from loans.rules.holds import Ending
from schools.models.institution import Institution
from schools.models.media_centre import PickupPlace
from schools.models.person import Person


class HoldState(StrEnum):
    """Where a hold stands."""

    WAITING = "waiting"
    SET_ASIDE = "set_aside"
    IN_TRANSIT = "in_transit"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


KEPT_FOR_SOMEBODY = frozenset({HoldState.SET_ASIDE, HoldState.IN_TRANSIT})
"""States in which a copy is bound to a hold."""

STILL_OPEN = KEPT_FOR_SOMEBODY | {HoldState.WAITING}

OPEN = text("state IN ('waiting', 'set_aside', 'in_transit')")


class Hold(Base):
    """A person waits for a holding; `rank` is dense from 1 among the open holds of a holding.

    One that is served keeps its rank, so that it can be put back; whose turn it is says the
    order of those that wait. `first` and `last` name the period it is for, if any.
    `suspended_until` is included. `pickup_deadline` is counted from `ready_on`. `ended_why` says
    why it ended without a loan.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("rank >= 1", name="rank"),
        Index(None, "holding_id", "state", "rank"),
        Index(
            "uq_hold_open_person",
            "holding_id",
            "person_id",
            unique=True,
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("pickup_place.id"))
    state: Mapped[HoldState] = mapped_column(default=HoldState.WAITING)
    rank: Mapped[int]
    first: Mapped[date | None]
    last: Mapped[date | None]
    not_after: Mapped[date | None]
    suspended_until: Mapped[date | None]
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"), index=True)
    ready_on: Mapped[date | None]
    pickup_deadline: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[Ending | None]

    holding: Mapped[Holding] = relationship()
    person: Mapped[Person] = relationship()
    institution: Mapped[Institution] = relationship()
    place: Mapped[PickupPlace] = relationship()
    copy: Mapped[Copy | None] = relationship()
