"""What a title is good for in class."""

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base
from schools.models.curriculum import Scheme


class CurriculumLink(Base):
    """A title serves a subject, content field, competence or school form."""

    __tablename__ = "curriculum_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["scheme", "code"], ["curriculum_term.scheme", "curriculum_term.code"]
        ),
        Index(None, "scheme", "code"),
    )

    title_id: Mapped[int] = mapped_column(ForeignKey("title.id"), primary_key=True)
    scheme: Mapped[Scheme] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
