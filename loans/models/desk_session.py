"""The desk's memory between two scans: whom we serve, and what was scanned."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.copy import Copy
from database.base import Base
from loans.models.booking import Booking
from loans.models.loan import Loan
from schools.models.institution import Institution
from schools.models.person import Person


class DeskMode(StrEnum):
    """What a scanned copy means."""

    LEND = "lend"
    RETURN = "return"
    BOX = "box"
    """The return box is emptied: back since `dropped_on`."""
    CHECK = "check"
    """What was received is looked over."""


class ScanOutcome(StrEnum):
    """What came of a scan; each has its sound, colour, icon and sentence (Lending 8.1)."""

    DONE = "done"
    AGAIN = "again"
    REFUSED = "refused"
    QUESTION = "question"


class DeskSession(Base):
    """One member of staff serves one customer at one branch; open until `ended_at`.

    `dropped_on` is since when what the return box held is back (Lending 8.4). `due_on` is until
    when staff chose to lend to this customer; None lends as the terms say (Lending 1.6).
    """

    __tablename__ = "desk_session"
    __table_args__ = (Index(None, "account_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    mode: Mapped[DeskMode] = mapped_column(default=DeskMode.LEND)
    dropped_on: Mapped[date | None]
    due_on: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    parked: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution | None] = relationship()
    booking: Mapped[Booking | None] = relationship()


class DeskScan(Base):
    """One line of the desk's log. `facts` hold what its sentence is made from.

    `codes` are the refusal codes, all of them. `void` marks a scan that was undone; `effects`
    hold what undoing needs: what was before. `scanned_at` is when it was scanned, where it came
    late from a desk without a connection.
    """

    __tablename__ = "desk_scan"
    __table_args__ = (UniqueConstraint("session_id", "idem"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("desk_session.id"))
    idem: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    scanned: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[ScanOutcome]
    codes: Mapped[list[Any]] = mapped_column(default=list)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("copy.id"), index=True)
    loan_id: Mapped[int | None] = mapped_column(ForeignKey("loan.id"), index=True)
    effects: Mapped[dict[str, Any]] = mapped_column(default=dict)
    scanned_at: Mapped[datetime | None]
    void: Mapped[bool] = mapped_column(default=False)

    copy: Mapped[Copy | None] = relationship()
    loan: Mapped[Loan | None] = relationship()
