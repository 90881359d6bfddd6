"""The groups of a subject classification (EAF) that was loaded; everybody's, like the subjects."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from schools.models.curriculum import CurriculumTerm, Scheme


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """A group; `parent` is the code of the one above it, which need not have been loaded."""

    code: str
    parent: str | None
    name_de: str
    name_en: str

    def name(self, locale: str) -> str:
        """Return the German or the English name."""
        return self.name_de if locale == "de" else self.name_en


def groups_around(session: Session, chosen: Collection[str]) -> tuple[GroupTerm, ...]:
    """Return what leads to some groups and on from them, in one statement, by code.

    That is every group at the top, and those chosen with all above them and what stands directly
    below either.
    """
    codes = select(CurriculumTerm.code, CurriculumTerm.parent).where(
        CurriculumTerm.scheme == Scheme.GROUP
    )
    path = codes.where(CurriculumTerm.code.in_(list(chosen))).cte("path", recursive=True)
    path = path.union(codes.where(CurriculumTerm.code == path.c.parent))
    on_path = select(path.c.code)
    return _terms(
        session,
        or_(
            CurriculumTerm.parent.is_(None),
            CurriculumTerm.code.in_(on_path),
            CurriculumTerm.parent.in_(on_path),
        ),
    )


def has_groups(session: Session) -> bool:
    """Say whether any group was loaded."""
    return bool(session.scalar(select(exists().where(CurriculumTerm.scheme == Scheme.GROUP))))


def known_groups(session: Session, codes: Collection[str]) -> frozenset[str]:
    """Return those codes that are groups."""
    return frozenset(each.code for each in groups_called(session, codes))


def groups_called(session: Session, codes: Collection[str]) -> tuple[GroupTerm, ...]:
    """Return the groups with these codes, by code; unknown codes are passed over."""
    return _terms(session, CurriculumTerm.code.in_(list(codes))) if codes else ()


def _terms(session: Session, condition: ColumnElement[bool]) -> tuple[GroupTerm, ...]:
    rows = session.execute(
        select(
            CurriculumTerm.code,
            CurriculumTerm.parent,
            CurriculumTerm.name_de,
            CurriculumTerm.name_en,
        )
        .where(CurriculumTerm.scheme == Scheme.GROUP, condition)
        .order_by(CurriculumTerm.code)
    )
    return tuple(GroupTerm(*row) for row in rows)
