"""The curriculum's vocabulary in the store, so that links to it cannot dangle.

`Scheme.GROUP` is a subject classification (EAF) that a centre loaded from its own table; the
others are the tables of `schools.vocabularies`.
"""

from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from database.base import CODE_LENGTH, Base


class Scheme(StrEnum):
    """Which list a term belongs to."""

    SUBJECT = "subject"
    CONTENT_FIELD = "content_field"
    MEDIA_COMPETENCE = "media_competence"
    LEARNING_COMPETENCE = "learning_competence"
    SCHOOL_FORM = "school_form"
    GROUP = "group"


class CurriculumTerm(Base):
    """One term; `parent` is a code of another term (a content field's subject, an area)."""

    __tablename__ = "curriculum_term"

    scheme: Mapped[Scheme] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    name_de: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
