"""Letters we owe: written in the transaction that gives rise to them, sent afterwards."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base


class LetterKind(StrEnum):
    """What a letter is about; `app.letters` has the words."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # the name of a letter
    REGISTRATION_PROOF = "registration_proof"
    REGISTRATION_RECEIVED = "registration_received"
    MEMBERSHIP_TO_CONFIRM = "membership_to_confirm"
    MEMBERSHIP_CONFIRMED = "membership_confirmed"
    MEMBERSHIP_DECLINED = "membership_declined"
    MEMBERSHIP_PROVISIONAL = "membership_provisional"
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKINGS_CONFIRMED = "bookings_confirmed"
    """Several made in one go."""
    BOOKING_REQUESTED = "booking_requested"
    """What staff have to decide about has arrived."""
    BOOKING_CHANGED = "booking_changed"
    BOOKING_DECLINED = "booking_declined"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKINGS_CANCELLED = "bookings_cancelled"
    """Several made in one go."""
    BOOKING_READY = "booking_ready"
    ON_ITS_WAY = "on_its_way"
    LOAN_RECEIPT = "loan_receipt"
    LOAN_RENEWED = "loan_renewed"
    DATES_MOVED = "dates_moved"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    OVERDUE_COPY = "overdue_copy"
    RECALL = "recall"
    BOOKING_LAPSED = "booking_lapsed"
    PARTS_MISSING = "parts_missing"
    DAMAGE_FOUND = "damage_found"
    HOLD_READY = "hold_ready"
    HOLD_EXPIRED = "hold_expired"
    HOLD_AT_DESK = "hold_at_desk"
    CORRECTION = "correction"
    DEFECT_REPORTED = "defect_reported"
    DEFECT_STATE = "defect_state"
    BARRIER_REPORTED = "barrier_reported"
    SEARCH_ALERT = "search_alert"
    PURCHASE_ANSWERED = "purchase_answered"
    DIGEST = "digest"
    """What somebody gets once a day instead of several letters."""


class LetterState(StrEnum):
    """Where a letter stands."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    """Tried as often as we try; the office can send it again."""
    KEPT = "kept"
    """No mail server is configured; the office shows it."""
    CANCELLED = "cancelled"
    DAILY = "daily"
    """Waits for the daily letter of its addressee."""
    MERGED = "merged"
    """Stands in a daily letter, which is a row of its own."""


class OwedLetter(Base):
    """One letter to one address; `occasion` is unique, so nobody is told twice.

    `facts` are plain values the text is made from (names, days as ISO text, titles); it holds
    no secret but a link's token, which is struck out once the letter is sent.
    """

    __tablename__ = "owed_letter"
    __table_args__ = (Index(None, "state", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[LetterKind]
    occasion: Mapped[str] = mapped_column(String(120), unique=True)
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(240), default="")
    locale: Mapped[str] = mapped_column(String(5), default="de")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("media_centre.id"), index=True)
    state: Mapped[LetterState] = mapped_column(default=LetterState.OWED)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime | None]
