"""Loans: one copy in one borrower's hands, and placements at schools."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from database.base import Base
from loans.models.booking import BookingLine
from loans.models.purpose import OtherReason
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit
from schools.models.person import Person

OPEN = text("returned_on IS NULL")


class Loan(Base):
    """One copy out of the house, open until it is returned.

    A placement (`placed`) has no due date but a review date (Lending 3.5); every other loan has
    a due date, its last day in time. `unit_id` and `reason` may both be empty until the teacher
    names the purpose. `person_id` is None once cut (Lending 12.1). An undone loan is `void`:
    returned on the day of lending and left out of statistics. `received_on` is the day it was
    back in the house though nobody has looked it over yet (8.4): no reminder is written from
    then on. `reminded_for` is the due date whose letter before the due date was written (10.2).
    While `snoozed_until`, included, no reminder is written, for a reason of staff.
    """

    __tablename__ = "loan"
    __table_args__ = (
        # The last word on double lending, whatever the code above it forgets.
        Index(
            "uq_loan_open_copy", "copy_id", unique=True, postgresql_where=OPEN, sqlite_where=OPEN
        ),
        CheckConstraint("placed OR due_on IS NOT NULL", name="due"),
        CheckConstraint("due_on IS NULL OR due_on >= lent_on", name="days_in_order"),
        CheckConstraint("unit_id IS NULL OR reason IS NULL", name="one_purpose"),
        Index("ix_loan_open_holding", "holding_id", postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_loan_open_person", "person_id", postgresql_where=OPEN, sqlite_where=OPEN),
        Index(
            "ix_loan_open_institution",
            "institution_id",
            postgresql_where=OPEN,
            sqlite_where=OPEN,
        ),
        Index("ix_loan_open_due", "due_on", postgresql_where=OPEN, sqlite_where=OPEN),
        Index(None, "centre_id", "lent_on"),
        Index(None, "copy_id", "lent_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    copy_id: Mapped[int] = mapped_column(ForeignKey("copy.id"))
    holding_id: Mapped[int] = mapped_column(ForeignKey("holding.id"), index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    line_id: Mapped[int | None] = mapped_column(ForeignKey("booking_line.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("teaching_unit.id"), index=True)
    reason: Mapped[OtherReason | None]
    class_name: Mapped[str] = mapped_column(String(40), default="")
    placed: Mapped[bool] = mapped_column(default=False)
    review_on: Mapped[date | None]
    lent_on: Mapped[date]
    lent_at: Mapped[datetime]
    lent_by: Mapped[int | None]
    due_on: Mapped[date | None]
    renewals: Mapped[int] = mapped_column(default=0)
    reminded_for: Mapped[date | None]
    recalled_on: Mapped[date | None]
    snoozed_until: Mapped[date | None]
    snooze_reason: Mapped[str] = mapped_column(String(300), default="")
    received_on: Mapped[date | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[int | None]
    returned_on: Mapped[date | None]
    returned_at: Mapped[datetime | None]
    returned_by: Mapped[int | None]
    checked_at: Mapped[datetime | None]
    void: Mapped[bool] = mapped_column(default=False)

    copy: Mapped[Copy] = relationship()
    holding: Mapped[Holding] = relationship()
    person: Mapped[Person | None] = relationship()
    institution: Mapped[Institution] = relationship()
    line: Mapped[BookingLine | None] = relationship()
    unit: Mapped[TeachingUnit | None] = relationship()


class Reminder(Base):
    """A reminder level was written for a loan, on a night; each level once (Lending 10.1).

    `due_on` is the date it was late for: with a later one the levels begin anew. `printed_at` is
    when the letter on paper of the last level was printed.
    """

    __tablename__ = "reminder"

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    written_on: Mapped[date]
    printed_at: Mapped[datetime | None]
