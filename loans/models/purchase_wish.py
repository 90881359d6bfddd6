"""What teachers wish the centre would buy (Anschaffungsvorschlag)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalogue.models.title import Title
from database.base import Base
from loans.rules.purchases import PurchaseState
from schools.models.institution import Institution
from schools.models.media_concept import TeachingUnit


class PurchaseWish(Base):
    """A wish for something the centre lacks, or for more copies of `title_id`.

    `person_id` is who is told of the answer; it is cut like that of a booking (Lending 12.1).
    """

    __tablename__ = "purchase_wish"
    __table_args__ = (Index(None, "centre_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("teaching_unit.id"))
    title_id: Mapped[int | None] = mapped_column(ForeignKey("title.id"), index=True)
    what: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(String(1000), default="")
    state: Mapped[PurchaseState] = mapped_column(default=PurchaseState.OPEN)
    answer: Mapped[str] = mapped_column(String(1000), default="")
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    institution: Mapped[Institution | None] = relationship()
    unit: Mapped[TeachingUnit | None] = relationship()
    title: Mapped[Title | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
