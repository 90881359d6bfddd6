"""Who was shown how to use what needs a briefing (Lending 2.1)."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base


class Briefing(Base):
    """A person was briefed by a centre for a category of media; it does not run out."""

    __tablename__ = "briefing"
    __table_args__ = (UniqueConstraint("person_id", "centre_id", "media_category"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    media_category: Mapped[str] = mapped_column(String(CODE_LENGTH))
    given_on: Mapped[date]
    given_by: Mapped[int | None]
