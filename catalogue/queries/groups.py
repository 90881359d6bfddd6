"""The groups of a subject classification (EAF) that was loaded; everybody's, like the subjects."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
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


def has_groups(session: Session) -> bool:
    """Say whether any group was loaded."""
    return bool(session.scalar(select(exists().where(CurriculumTerm.scheme == Scheme.GROUP))))


def known_groups(session: Session, codes: Collection[str]) -> frozenset[str]:
    """Return those codes that are groups."""
    return frozenset(each.code for each in groups_called(session, codes))


def groups_called(session: Session, codes: Collection[str]) -> tuple[GroupTerm, ...]:
    """Return the groups with these codes, by code; unknown codes are passed over."""
    if not codes:
        return ()
    rows = session.execute(
        select(
            CurriculumTerm.code,
            CurriculumTerm.parent,
            CurriculumTerm.name_de,
            CurriculumTerm.name_en,
        )
        .where(CurriculumTerm.scheme == Scheme.GROUP, CurriculumTerm.code.in_(list(codes)))
        .order_by(CurriculumTerm.code)
    )
    return tuple(GroupTerm(*row) for row in rows)
