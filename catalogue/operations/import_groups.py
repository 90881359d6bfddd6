"""Import a centre's own subject classification (EAF), a chunk at a time."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.changes import note_titles
from catalogue.formats.group_table import GroupRecord
from catalogue.models.curriculum_link import CurriculumLink
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.rules.imports import Outcome, Taken


def import_groups(session: Session, records: Sequence[GroupRecord]) -> list[Taken]:
    """Bring the groups to what their records say, and note the titles filed at or below them.

    The groups are the whole installation's. None is taken away, since titles may be filed there.

    Args:
        session: inside a unit of work.
        records: of one chunk, no code twice.

    Returns:
        One outcome a record, in order.
    """
    known = {term.code: term for term in _groups(session)}
    taken = [_take(session, record, known) for record in records]
    touched = {each.key for each in taken if each.outcome is not Outcome.SAME}
    if touched:
        session.flush()
        note_titles(session, _filed(session, _with_those_below(touched, known.values())))
    return taken


def _groups(session: Session) -> Iterable[CurriculumTerm]:
    return session.scalars(select(CurriculumTerm).where(CurriculumTerm.scheme == Scheme.GROUP))


def _take(session: Session, record: GroupRecord, known: dict[str, CurriculumTerm]) -> Taken:
    said = (record.parent or None, record.name_de, record.name_en)
    term = known.get(record.code)
    if term is None:
        term = CurriculumTerm(scheme=Scheme.GROUP, code=record.code)
        term.parent, term.name_de, term.name_en = said
        session.add(term)
        known[record.code] = term
        return Taken(record.number, record.code, Outcome.IMPORTED)
    if (term.parent, term.name_de, term.name_en) == said:
        return Taken(record.number, record.code, Outcome.SAME)
    term.parent, term.name_de, term.name_en = said
    return Taken(record.number, record.code, Outcome.CHANGED)


def _with_those_below(codes: Collection[str], groups: Collection[CurriculumTerm]) -> set[str]:
    found: set[str] = set()
    level = set(codes)
    while level:
        found |= level
        level = {each.code for each in groups if each.parent in level} - found
    return found


def _filed(session: Session, codes: Collection[str]) -> Iterable[int]:
    links = select(CurriculumLink.title_id).where(CurriculumLink.scheme == Scheme.GROUP)
    return session.scalars(links.where(CurriculumLink.code.in_(list(codes))).distinct())
