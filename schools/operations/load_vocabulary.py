"""Bring the curriculum's terms and the districts of the store to what the tables say."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from schools.models.authority import District
from schools.models.curriculum import CurriculumTerm, Scheme
from schools.vocabularies.content_fields import content_fields
from schools.vocabularies.districts import districts
from schools.vocabularies.learning_competences import learning_competences
from schools.vocabularies.media_competences import media_competences
from schools.vocabularies.school_forms import school_forms
from schools.vocabularies.subjects import subjects

Term = tuple[Scheme, str, str | None, str, str]
"""Scheme, code, parent, German and English name."""


def load_vocabulary(session: Session) -> int:
    """Add and rename terms and districts; none is taken away, since links may point to it.

    Returns:
        How many rows were added or changed; 0 when the store knew all.
    """
    return _load_terms(session) + _load_districts(session)


def _load_terms(session: Session) -> int:
    known = {(term.scheme, term.code): term for term in session.scalars(select(CurriculumTerm))}
    touched = 0
    for scheme, code, parent, name_de, name_en in _terms():
        term = known.get((scheme, code))
        if term is None:
            session.add(
                CurriculumTerm(
                    scheme=scheme, code=code, parent=parent, name_de=name_de, name_en=name_en
                )
            )
        elif (term.parent, term.name_de, term.name_en) != (parent, name_de, name_en):
            term.parent, term.name_de, term.name_en = parent, name_de, name_en
        else:
            continue
        touched += 1
    return touched


def _terms() -> Iterator[Term]:
    for subject in subjects():
        yield Scheme.SUBJECT, subject.code, None, subject.name_de, subject.name_en
    for field in content_fields():
        yield Scheme.CONTENT_FIELD, field.code, field.subject, field.name_de, field.name_en
    for media in media_competences():
        names = (media.name_de, media.name_en)
        yield Scheme.MEDIA_COMPETENCE, media.code, media.area.code, *names
    for learning in learning_competences():
        names = (learning.name_de, learning.name_en)
        yield Scheme.LEARNING_COMPETENCE, learning.code, None, *names
    for form in school_forms():
        yield Scheme.SCHOOL_FORM, form.code, None, form.name_de, form.name_en


def _load_districts(session: Session) -> int:
    known = set(session.scalars(select(District.ags)))
    missing = [district for district in districts() if district.code not in known]
    session.add_all(
        District(
            ags=district.code,
            name=district.name,
            kind=district.kind,
            government=district.government,
            association=district.association,
        )
        for district in missing
    )
    return len(missing)
