"""Calendars that other programs read by a secret link (iCal feeds)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from loans.models.tour import CourierRoute


class FeedKind(StrEnum):
    """Whose days a feed shows."""

    PERSON = "person"
    SCHOOL = "school"
    DESK = "desk"
    ROUTE = "route"


class Feed(Base):
    """A feed somebody made; its link is signed over `nonce` and dead once `ended_at` is set.

    Exactly the key of its kind is set: `person_id`, `institution_id`, `branch_id`, `route_id`.
    """

    __tablename__ = "feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FeedKind]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    route_id: Mapped[int | None] = mapped_column(ForeignKey(CourierRoute.id))
    nonce: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime]
    last_read_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
