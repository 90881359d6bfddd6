"""What people want letters about, and what a centre has written into its letters."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from database.base import Base
from schools.models.owed_letter import LetterKind


class LetterTopic(StrEnum):
    """Letters that are chosen or refused together."""

    BOOKINGS = "bookings"
    LOANS = "loans"
    REMINDERS = "reminders"
    HOLDS = "holds"
    SEARCHES = "searches"


class LetterMode(StrEnum):
    """When somebody wants letters of a topic."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    OFF = "off"


class LetterChoice(Base):
    """A person's choice for a topic; without a row letters come at once."""

    __tablename__ = "letter_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    topic: Mapped[LetterTopic] = mapped_column(primary_key=True)
    mode: Mapped[LetterMode]


class LetterText(Base):
    """A centre's own words for a kind of letter in a language, with fixed placeholders.

    An empty subject or text keeps the built-in one.
    """

    __tablename__ = "letter_text"
    __table_args__ = (UniqueConstraint("centre_id", "kind", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("media_centre.id"))
    kind: Mapped[LetterKind]
    locale: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(String(4000), default="")
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy's own form
