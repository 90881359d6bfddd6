"""What is said of a loan that does not simply come back (Lending 10.4)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.attachment import Attachment
from database.base import Base
from loans.models.loan import Loan


class ClaimKind(StrEnum):
    """What is claimed."""

    RETURNED = "returned"
    """The borrower says to have returned it."""
    LOST = "lost"
    DAMAGED = "damaged"


class LoanClaim(Base):
    """A claim about a loan: who recorded it, when, what was said; open until `settled_at`.

    `billed_cents` is set by a person's decision only. While a claim is open the person is not
    cut from the loan (12.1).
    """

    __tablename__ = "loan_claim"
    __table_args__ = (
        CheckConstraint("billed_cents IS NULL OR billed_cents >= 0", name="billed_cents"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    kind: Mapped[ClaimKind]
    note: Mapped[str] = mapped_column(String(1000), default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]
    billed_cents: Mapped[int | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
    settled_note: Mapped[str] = mapped_column(String(1000), default="")

    loan: Mapped[Loan] = relationship()
    photo: Mapped[Attachment | None] = relationship()
