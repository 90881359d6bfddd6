"""A school's media concept: versions that are adopted, and the teaching units that live on."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database.base import CODE_LENGTH, Base
from schools.models.curriculum import Scheme
from schools.models.institution import Institution


class VersionState(StrEnum):
    """Where a version of a media concept stands."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    SUPERSEDED = "superseded"


class MediaConcept(Base):
    """A school's media concept; compulsory in NRW (BASS 16-13 Nr. 4). One a school."""

    __tablename__ = "media_concept"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    review_on: Mapped[date | None]

    institution: Mapped[Institution] = relationship()
    versions: Mapped[list["ConceptVersion"]] = relationship(
        back_populates="concept", order_by="ConceptVersion.number"
    )
    units: Mapped[list["TeachingUnit"]] = relationship(
        back_populates="concept", order_by="TeachingUnit.id"
    )


class ConceptVersion(Base):
    """A dated picture of the concept's units; the units themselves live on."""

    __tablename__ = "concept_version"
    __table_args__ = (UniqueConstraint("concept_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    concept_id: Mapped[int] = mapped_column(ForeignKey("media_concept.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(default=VersionState.DRAFT)
    adopted_on: Mapped[date | None]
    picture: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    concept: Mapped[MediaConcept] = relationship(back_populates="versions")


class TeachingUnit(Base):
    """A planned unit (Unterrichtsvorhaben): subject, grade, and its weeks in the school year.

    Weeks are ISO week numbers, both included; a unit may run over New Year (50 to 3).
    """

    __tablename__ = "teaching_unit"
    __table_args__ = (
        CheckConstraint("grade BETWEEN 1 AND 13", name="grade"),
        CheckConstraint(
            "first_week BETWEEN 1 AND 53 AND last_week BETWEEN 1 AND 53", name="weeks"
        ),
        Index(None, "institution_id", "subject", "grade"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    concept_id: Mapped[int] = mapped_column(ForeignKey("media_concept.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(CODE_LENGTH))
    grade: Mapped[int]
    first_week: Mapped[int]
    last_week: Mapped[int]
    hours: Mapped[int | None]
    retired_on: Mapped[date | None]

    concept: Mapped[MediaConcept] = relationship(back_populates="units")
    competences: Mapped[list["UnitCompetence"]] = relationship(
        cascade="all, delete-orphan", order_by="UnitCompetence.code"
    )


class UnitCompetence(Base):
    """A competence or content field that a unit works on."""

    __tablename__ = "unit_competence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["scheme", "code"], ["curriculum_term.scheme", "curriculum_term.code"]
        ),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("teaching_unit.id"), primary_key=True)
    scheme: Mapped[Scheme] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
