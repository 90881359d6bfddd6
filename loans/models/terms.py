"""The terms people borrow by: one table, each value inherited by itself (Lending 2.1, 2.2)."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base
from loans.rules.due_dates import Basis, ClosedDayRule


class Terms(Base):
    """A row of terms for centre x customer class x media category.

    `centre_id` None means any centre; an empty `customer_class` or `media_category` means any.
    A value None is not set here; `loans.rules.terms.UNLIMITED` and 0 are values. Periods are
    in days of the row's basis, distances of reminders in calendar days, fees in cents a day.
    """

    __tablename__ = "terms"
    __table_args__ = (
        UniqueConstraint("centre_id", "customer_class", "media_category"),
        Index(
            "ix_terms_everywhere",
            "customer_class",
            "media_category",
            unique=True,
            sqlite_where=text("centre_id IS NULL"),
            postgresql_where=text("centre_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"))
    customer_class: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    media_category: Mapped[str] = mapped_column(String(CODE_LENGTH), default="")
    loan_period: Mapped[int | None]
    basis: Mapped[Basis | None]
    closed_day_rule: Mapped[ClosedDayRule | None]
    renewals: Mapped[int | None]
    renewal_period: Mapped[int | None]
    renewal_window: Mapped[int | None]
    limit_open_loans: Mapped[int | None]
    limit_open_bookings: Mapped[int | None]
    limit_school_loans: Mapped[int | None]
    limit_school_bookings: Mapped[int | None]
    booking_horizon: Mapped[int | None]
    lead_time: Mapped[int | None]
    service_days_before: Mapped[int | None]
    service_days_after: Mapped[int | None]
    needs_approval: Mapped[bool | None]
    needs_briefing: Mapped[bool | None]
    personal_pickup: Mapped[bool | None]
    reminder_level_1: Mapped[int | None]
    reminder_level_2: Mapped[int | None]
    reminder_level_3: Mapped[int | None]
    block_level: Mapped[int | None]
    fee_cents: Mapped[int | None]
